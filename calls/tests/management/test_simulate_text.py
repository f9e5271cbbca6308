"""The command that lets somebody write, as on the demo."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from calls.sandbox.server import Sandbox
from conftest import BUSINESS_NUMBER, CUSTOMER_NUMBER
from leads.models import Lead
from leads.services import is_suppressed
from salesdesk.businesses.models import Business
from salesdesk.notifications.delivering import attempt, tasks
from salesdesk.tests.browser import Server, do

ACCOUNT, TOKEN = "AC" + "c" * 32, "very-secret-token"


def simulate(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("simulate_text", *arguments, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def send_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no worker in tests."""
    monkeypatch.setattr(tasks.deliver, "delay", lambda key: attempt.deliver(key, timezone.now()))


@pytest.mark.django_db(transaction=True)
async def test_a_stop_by_the_sandbox_is_confirmed_and_holds(
    business: Business, server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_at_once(monkeypatch)
    async with Sandbox(account_sid=ACCOUNT, auth_token=TOKEN) as sandbox:
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_API_BASE_URL, settings.PUBLIC_URL = sandbox.url, server.url
        told = await do(simulate, "STOP", "--from", CUSTOMER_NUMBER)

    assert told["errors"] == []
    assert told["product"] == {"meaning": "stop", "lead": None, "suppressed": True}
    assert [each.startswith("Bright Solar: you have opted out") for each in told["answers"]] == [
        True
    ]
    assert await do(is_suppressed, business, CUSTOMER_NUMBER)
    assert not await do(Lead.objects.exists)


def test_without_a_sandbox_it_says_so(settings: Settings) -> None:
    settings.TWILIO_API_BASE_URL = ""
    with pytest.raises(CommandError, match="bin/demo starts one"):
        call_command("simulate_text", "STOP", "--to", BUSINESS_NUMBER)
