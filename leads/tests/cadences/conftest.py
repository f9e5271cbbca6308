"""A cadence of two calls and a message, and a clock that tests move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.enums import StepCondition, TouchChannel
from leads.models import Cadence, CadenceStep, Lead, Touch
from salesdesk.businesses.models import Business

MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York, where the business is; seven in California."""

MakeCadence = Callable[..., Cadence]


class Clock:
    """What ``timezone.now`` says."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(timezone, "now", moved)
    return moved


@pytest.fixture
def make_cadence(business: Business) -> MakeCadence:
    """``make_cadence((10, "rep_call"), (30, "sms", "voicemail"), name=…)``"""

    def make(*steps: tuple[Any, ...], name: str = "Tries", **values: Any) -> Cadence:
        cadence = Cadence.objects.create(business=business, name=name, **values)
        for position, (minutes, channel, *rest) in enumerate(steps):
            CadenceStep.objects.create(
                cadence=cadence,
                position=position,
                wait_minutes=minutes,
                channel=TouchChannel(channel),
                condition=rest[0] if rest else StepCondition.NOT_REACHED,
                subject="From {{ business }}",
                text="Hello {{ first_name }}.",
            )
        return cadence

    return make


@pytest.fixture
def here(lead: Lead) -> Lead:
    """Maria, at home where the business is."""
    lead.time_zone = "America/New_York"
    lead.email = "maria@example.com"
    lead.save()
    return lead


def touches(lead: Lead) -> list[tuple[str, str, str]]:
    """Channel, status and result, the first planned first."""
    rows = Touch.objects.filter(lead=lead).order_by("due_at", "pk")
    return list(rows.values_list("channel", "status", "result"))


def only(lead: Lead) -> Touch:
    """The touch that is not settled."""
    return Touch.objects.select_related("lead__business").get(
        lead=lead, status__in=("planned", "paused", "claimed", "waiting")
    )
