"""What a rep needs to know of the lead that they are about to call.

Rooms above leads add to it by the setting ``READY_BRIEF``: dotted paths of functions that take a
lead and give :class:`Section`, or nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from leads.models import Lead, LeadEvent, Reservation
from leads.outcomes.times import zone_of
from leads.priority.scoring import explain
from leads.priority.services import plain, scored_of, weights_of
from leads.priority.wording import in_words
from leads.visits.diaries import find_free
from leads.visits.scheduling import Slot
from leads.visits.wanted import NOTHING
from salesdesk.lib.errors import SalesdeskError

MOST_EVENTS = 6
MOST_REASONS = 4
LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the brief. ``lines`` are pairs of what it is (or nothing) and the words."""

    title: str
    lines: Sequence[tuple[str, str]]
    icon: str = "info"
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """``why`` are reasons in words, ``local_time`` is what the lead's clock shows now
    (naive)."""

    lead: Lead
    why: Sequence[str]
    local_time: datetime
    events: Sequence[LeadEvent]
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section] = field(default_factory=tuple)


Part = Callable[[Lead], Section | None]


def brief_of(reservation: Reservation) -> Brief:
    lead, now = reservation.lead, timezone.now()
    events = lead.events.select_related("by").order_by("-created_at", "-pk")[:MOST_EVENTS]
    return Brief(
        lead=lead,
        why=_why(reservation, now),
        local_time=now.astimezone(zone_of(lead)).replace(tzinfo=None),
        events=list(events),
        facts=_facts(lead),
        sections=[section for part in _parts() if (section := part(lead)) is not None],
    )


def slots_for(lead: Lead) -> list[Slot]:
    """Times that can be booked at once; none where no calendar answers."""
    try:
        return list(find_free(lead.business, NOTHING, timezone.now()).slots)
    except SalesdeskError:
        return []


def _why(reservation: Reservation, now: datetime) -> list[str]:
    """What the call was wanted for, then what speaks for this lead, the strongest first."""
    [scored] = scored_of([reservation.lead])
    weights = plain(weights_of(reservation.business))
    reasons = [each for each in explain(scored, weights, now).reasons if each.points > 0]
    words = [in_words(each, scored, now) for each in reasons[:MOST_REASONS]]
    return [reservation.wanted_for, *words] if reservation.wanted_for else words


def _facts(lead: Lead) -> list[tuple[str, str]]:
    known = [("Company", lead.company), ("Address", lead.address), ("E-mail", lead.email)]
    told = [(key.replace("_", " ").capitalize(), value) for key, value in lead.facts.items()]
    return [
        (name, str(value)[:LONGEST_LINE])
        for name, value in (*known, *told)
        if value not in ("", None) and not isinstance(value, dict | list)
    ]


@cache
def _parts() -> tuple[Part, ...]:
    return tuple(import_string(path) for path in settings.READY_BRIEF)
