"""What a rep did today, where today is the day at the business."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.utils import timezone

from leads.models import Outcome, Reservation
from leads.outcomes.defaults import APPOINTMENT
from leads.outcomes.services import REACHED
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business


@dataclass(frozen=True, slots=True)
class DayOfRep:
    """``calls`` were placed and ``reached`` were answered by somebody; ``outcomes`` are pairs of
    label and count, the most frequent first. Undone ones do not count."""

    calls: int
    reached: int
    talk_seconds: int
    appointments: int
    outcomes: Sequence[tuple[str, int]]

    @property
    def talk(self) -> str:
        """Hours and minutes, or minutes and seconds: ``1:05 h``, ``4:07 min``."""
        minutes, seconds = divmod(self.talk_seconds, 60)
        hours, rest = divmod(minutes, 60)
        return f"{hours}:{rest:02d} h" if hours else f"{minutes}:{seconds:02d} min"


def day_of(user: User, business: Business) -> DayOfRep:
    """Two queries, whatever happened today."""
    began = _midnight(business)
    counts = _counts(user, business, began)
    outcomes = Outcome.objects.filter(
        business=business, user=user, created_at__gte=began, undone_at=None
    )
    rows = outcomes.values("disposition__key", "disposition__label", "behaviour").annotate(
        count=Count("pk")
    )
    listed = sorted(rows, key=lambda row: (-row["count"], row["disposition__label"]))
    return DayOfRep(
        calls=counts["calls"],
        reached=sum(row["count"] for row in listed if row["behaviour"] in REACHED),
        talk_seconds=int((counts["talked"] or timedelta()).total_seconds()),
        appointments=sum(row["count"] for row in listed if row["disposition__key"] == APPOINTMENT),
        outcomes=[(row["disposition__label"], row["count"]) for row in listed],
    )


def _counts(user: User, business: Business, began: datetime) -> dict[str, Any]:
    talked = ExpressionWrapper(F("ended_at") - F("answered_at"), output_field=DurationField())
    mine = Reservation.objects.filter(user=user, business=business, created_at__gte=began)
    return mine.aggregate(calls=Count("pk", filter=Q(called_at__isnull=False)), talked=Sum(talked))


def _midnight(business: Business) -> datetime:
    now = timezone.now().astimezone(business.tz)
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
