"""What `simulate_call --scenario voicemail` asks of the product, without the carrier."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError

from calls.management import machine
from calls.management.machine import MachineCall, number_to_call
from calls.management.sandbox_client import SandboxClient
from leads.models import Consent, DialRules
from leads.services import find_lead
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("hour", range(24))
def test_somebody_may_be_called_at_any_hour(
    business: Business, monkeypatch: pytest.MonkeyPatch, hour: int
) -> None:
    thursday = datetime(2026, 11, 19, hour, 30, tzinfo=UTC)
    monkeypatch.setattr("leads.gate.clock.now", lambda: thursday)
    assert number_to_call(business).startswith("+")


def test_the_gates_reasons_are_told(business: Business, daytime: None) -> None:
    DialRules.objects.create(business=business, is_paused=True)
    with pytest.raises(CommandError, match="All dialling of the business is paused"):
        number_to_call(business)


def test_who_is_called_has_agreed_to_an_ai_voice(
    business: Business, daytime: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind: dict[str, Any] = {}
    monkeypatch.setattr(SandboxClient, "put_behind", lambda _, *who: behind.update([who]))
    monkeypatch.setattr(machine, "PLACED_WITHIN_S", 0.0)
    with pytest.raises(CommandError, match="worker"):
        MachineCall(business).place(SandboxClient("http://127.0.0.1:9"))

    [(number, scenario)] = behind.items()
    assert scenario == "voicemail"
    assert Consent.objects.get().lead == find_lead(business, phone=number)
