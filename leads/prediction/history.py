"""What was known of leads at a moment in the past, read from what has been kept.

Nothing that happened after the moment enters: counts take rows up to it, and the lead's own fields
are put back, change by change, to what they were then. What was changed behind the services (by
hand in the database) left no trace and cannot be put back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from leads.enums import DialResult, LeadEventKind, LeadStage
from leads.models import Appointment, Dial, Lead, LeadEvent, Suppression
from leads.prediction.features import Snapshot
from salesdesk.businesses.models import Business

REWOUND = ("stage", "value", "phone", "email", "address", "company")
"""The fields of a lead that are looked at as they were."""


@dataclass
class Trail:
    """All that is kept of what happened to one lead, in no order."""

    changes: list[tuple[datetime, Mapping[str, Any]]] = field(default_factory=list)
    replies: list[datetime] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    reached: list[datetime] = field(default_factory=list)
    appointments: list[datetime] = field(default_factory=list)
    suppressed: list[datetime] = field(default_factory=list)


def trails_of(business: Business, leads: Sequence[Lead]) -> dict[int, Trail]:
    """By the key of each lead; in four queries, however many leads there are."""
    trails = {lead.pk: Trail() for lead in leads}
    _read_events(trails)
    _read_dials(trails)
    booked = Appointment.objects.filter(lead__in=trails).values_list("lead_id", "created_at")
    for key, at in booked:
        trails[key].appointments.append(at)
    _read_suppressions(business, leads, trails)
    return trails


def _read_events(trails: Mapping[int, Trail]) -> None:
    kinds = (LeadEventKind.CHANGED, LeadEventKind.CONVERSATION)
    events = LeadEvent.objects.filter(lead__in=trails, kind__in=kinds).order_by("pk")
    for key, kind, data, at in events.values_list("lead_id", "kind", "data", "created_at"):
        if kind == LeadEventKind.CONVERSATION:
            trails[key].replies.append(at)
        else:
            trails[key].changes.append((at, data))


def _read_dials(trails: Mapping[int, Trail]) -> None:
    """A call that was answered counts as such from its end on: earlier nobody may have noted it."""
    placed = Dial.objects.filter(lead__in=trails, placed_at__isnull=False)
    for key, at, over, result in placed.values_list("lead_id", "placed_at", "ended_at", "result"):
        if key is not None and at is not None:
            trails[key].calls.append(at)
            if over is not None and result == DialResult.ANSWERED:
                trails[key].reached.append(over)


def _read_suppressions(
    business: Business, leads: Sequence[Lead], trails: Mapping[int, Trail]
) -> None:
    of_phone: dict[str, list[int]] = defaultdict(list)
    for lead in leads:
        of_phone[lead.phone].append(lead.pk)
    of_phone.pop("", None)
    rows = Suppression.objects.filter(business=business, phone__in=of_phone)
    for phone, at in rows.values_list("phone", "created_at"):
        for key in of_phone[phone]:
            trails[key].suppressed.append(at)


def snapshot_of(business: Business, lead: Lead, trail: Trail, at: datetime) -> Snapshot:
    """The lead as it was at ``at``; a moment before it arrived counts as that of its arrival."""
    at = max(at, lead.created_at)
    then, facts = _rewound(lead, trail, at)
    return Snapshot(
        arrived_at=lead.created_at.astimezone(business.tz),
        at=at,
        source=lead.source,
        stage=then["stage"] or LeadStage.NEW,
        value=_number(then["value"]),
        calls=_until(trail.calls, at),
        reached=_until(trail.reached, at),
        replies=_until(trail.replies, at),
        appointments=_until(trail.appointments, at),
        facts=facts,
        has_phone=bool(then["phone"]),
        has_email=bool(then["email"]),
        has_address=bool(then["address"]),
        has_company=bool(then["company"]),
        is_suppressed=bool(_until(trail.suppressed, at)),
    )


def _until(moments: Iterable[datetime], at: datetime) -> int:
    return sum(moment <= at for moment in moments)


def _rewound(lead: Lead, trail: Trail, at: datetime) -> tuple[dict[str, Any], int]:
    """The lead's fields, and how many facts were known of it, at ``at``.

    A change names fields and facts alike, ``{name: [before, after]}``: it is the field's where the
    field has what it became, else the fact's.
    """
    fields = {name: _plain(getattr(lead, name)) for name in REWOUND}
    facts = dict(lead.facts)
    later = [change for change in trail.changes if change[0] > at]
    for _, change in sorted(later, key=lambda one: one[0], reverse=True):
        for name, (before, after) in change.items():
            if name in fields and fields[name] == (_plain(after)):
                fields[name] = _plain(before)
            elif name in facts:
                facts[name] = before
    return fields, sum(value not in (None, "") for value in facts.values())


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _number(text: str) -> float | None:
    try:
        return float(Decimal(text)) if text else None
    except InvalidOperation:
        return None
