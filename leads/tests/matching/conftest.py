"""Leads of two sources, and a change that is taken down but not begun."""

from collections.abc import Callable
from typing import Any

import pytest

from leads.bulk import Wish
from leads.enums import BulkAction, LeadSource
from leads.matching import services, tasks
from leads.models import BulkChange, Lead
from leads.services import create_lead
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

WEB_FORM = "source=web_form"
TO_CONTACTED = Wish(BulkAction.STAGE, stage="contacted")
TakeDown = Callable[..., BulkChange]


def arrived(business: Business, number: int, source: LeadSource = LeadSource.WEB_FORM) -> Lead:
    return create_lead(business, source=source, phone=f"+1212555{number:04}")


@pytest.fixture
def leads(business: Business) -> list[Lead]:
    """Three of the web form, one of a program."""
    three = [arrived(business, number) for number in range(100, 103)]
    return [*three, arrived(business, 109, LeadSource.API)]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys of what workers are asked for; nobody does it."""
    keys: list[int] = []
    monkeypatch.setattr(tasks.work_on_change, "delay", keys.append)
    return keys


@pytest.fixture
def take_down(
    business: Business,
    leads: list[Lead],
    rep: User,
    queued: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> TakeDown:
    """``take_down(wish)``: Ray wishes it for the three of the web form; a worker is to do it."""

    def take(wish: Wish = TO_CONTACTED, **others: Any) -> BulkChange:
        monkeypatch.setattr(services, "AT_ONCE", 0)
        told = {"by": rep, "seen": 3, **others}
        return services.begin(business, WEB_FORM, wish, **told)

    return take
