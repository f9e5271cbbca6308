"""What the pages and the API show of cadences: reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from leads.cadences.forms import in_units
from leads.cadences.openings import office, zones_of_lead
from leads.cadences.timing import BY_DAY, Opening, planned
from leads.models import Cadence, CadenceStep, Enrollment, Lead, Touch
from leads.models.cadences import OPEN
from salesdesk.businesses.models import Business

MOST_TOUCHES = 20


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """``at`` by the clock of the lead and of the business; nothing where there never is a time."""

    step: CadenceStep
    at: datetime | None
    here: datetime | None

    @property
    def wait(self) -> str:
        return waited(self.step.wait_minutes)


@dataclass(frozen=True, slots=True)
class CadencePanel:
    """What a lead's page shows: where it is in a cadence, or was last."""

    lead: Lead
    enrollment: Enrollment | None
    touches: Sequence[Touch]
    zone: ZoneInfo
    cadences: Sequence[Cadence]
    may_change: bool = False

    @property
    def is_open(self) -> bool:
        return self.enrollment is not None and self.enrollment.status in OPEN


def cadences_of(business: Business) -> QuerySet[Cadence]:
    """With ``under_way`` and ``step_count``, the one for new leads first."""
    return business.cadences.annotate(
        under_way=Count("enrollments", filter=Q(enrollments__status__in=OPEN), distinct=True),
        step_count=Count("steps", distinct=True),
    ).order_by("-is_default", "name")


def preview(cadence: Cadence, arrives: datetime, zone: ZoneInfo) -> list[PlannedStep]:
    """When each step would be, if every attempt is over at once and nobody is reached."""
    steps = list(cadence.steps.order_by("position", "pk"))
    waits = [timedelta(minutes=step.wait_minutes) for step in steps]
    openings = [office(cadence), Opening(zone, BY_DAY)]
    moments = planned(arrives, waits, openings)
    return [
        PlannedStep(
            step,
            moment and moment.astimezone(zone),
            moment and moment.astimezone(cadence.business.tz),
        )
        for step, moment in zip(steps, moments, strict=True)
    ]


def panel_of(lead: Lead, *, may_change: bool = False) -> CadencePanel:
    enrollments = lead.enrollments.select_related("cadence", "by")
    enrollment = enrollments.order_by("-started_at", "-pk").first()
    touches = Touch.objects.filter(enrollment=enrollment).order_by("due_at", "pk")
    return CadencePanel(
        lead,
        enrollment,
        list(touches[:MOST_TOUCHES]) if enrollment else [],
        zones_of_lead(lead)[0],
        list(lead.business.cadences.order_by("-is_default", "name")) if may_change else [],
        may_change,
    )


def waited(minutes: int) -> str:
    """``90`` → ``90 minutes``, ``60`` → ``1 hour``, ``0`` → ``at once``."""
    count, unit = in_units(minutes)
    if not count:
        return "at once"
    return f"{count} {unit.removesuffix('s') if count == 1 else unit}"
