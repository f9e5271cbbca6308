"""Leads that wait for a call, at a time at which calls are allowed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.enums import LeadSource
from leads.models import Lead, ReadySession
from leads.ready import sessions
from leads.ready.wanting import want_call
from leads.services import create_lead
from salesdesk.accounts.enums import CallBy, Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user, change_rep, give_role, rep_of
from salesdesk.businesses.models import Business

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""Friday: noon in New York, nine in San Francisco."""
REP_PHONE = "+14155550177"

AddLead = Callable[..., Lead]


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.gate.clock.now", lambda: NOON)


@pytest.fixture
def add_lead(business: Business) -> AddLead:
    """``add_lead("Ana", minutes=-5, rank=2.0, rep=None)``: due since so many minutes."""

    def add(name: str, *, minutes: int = -5, rank: float = 0.0, rep: User | None = None) -> Lead:
        number = f"+1415555{200 + Lead.objects.count():04d}"
        lead = create_lead(business, source=LeadSource.WEB_FORM, first_name=name, phone=number)
        want_call(lead, timezone.now() + timedelta(minutes=minutes), rep=rep, why="New lead")
        Lead.objects.filter(pk=lead.pk).update(rank=rank)
        lead.rank = rank
        return lead

    return add


@pytest.fixture
def rita(business: Business) -> User:
    """A second rep."""
    user = add_user("rita@example.com", name="Rita")
    give_role(user, business_id=business.pk, role=Role.REP)
    return user


@pytest.fixture
def session(rep: User, business: Business) -> ReadySession:
    """The rep is ready, with a phone."""
    change_rep(rep_of(rep, business.pk), phone=REP_PHONE, call_by=CallBy.BRIDGE)
    return sessions.start(rep, business)


def ago(**length: Any) -> datetime:
    return timezone.now() - timedelta(**length)


@pytest.fixture
def many_sessions(business: Business) -> Callable[[int], list[ReadySession]]:
    """``many_sessions(8)``: so many reps who are ready."""

    def make(count: int) -> list[ReadySession]:
        users = [add_user(f"rep{number}@example.com") for number in range(count)]
        for user in users:
            give_role(user, business_id=business.pk, role=Role.REP)
        return [sessions.start(user, business) for user in users]

    return make
