"""The sandbox as a process of its own."""

import json
import subprocess
import sys

import pytest

from calls.sandbox.app import application, carrier_from
from calls.sandbox.control import Rejected


def test_the_environment_names_account_and_numbers() -> None:
    number = {"number": "+14155550100", "voice_url": "http://localhost:8000/twilio/voice/"}
    carrier = carrier_from(
        {
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": "token",
            "SANDBOX_NUMBERS": json.dumps([number]),
        }
    )
    assert (carrier.account_sid, carrier.auth_token) == ("AC1", "token")
    assert carrier.numbers["+14155550100"].voice.url == number["voice_url"]


def test_it_runs_without_any_environment() -> None:
    carrier = carrier_from({})
    assert carrier.numbers == {}
    assert carrier.default_callee.script.steps


@pytest.mark.parametrize("numbers", ['[{"number": "12"}]', '[{"number": "+14155550100"}]'])
def test_wrong_numbers_stop_it_with_a_sentence(numbers: str) -> None:
    with pytest.raises(Rejected, match="must be"):
        carrier_from({"SANDBOX_NUMBERS": numbers})


def test_the_application_has_both_apis() -> None:
    paths = [getattr(route, "path", "") for route in application.routes]
    assert "/sandbox" in paths
    assert "/2010-04-01/Accounts/{account_sid}" in paths


def test_the_sandbox_stands_apart_from_the_product() -> None:
    code = "import sys, calls.sandbox.app; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    imported = set(ran.stdout.split())
    assert "calls.sandbox.app" in imported
    assert imported.isdisjoint({"django", "calls.models", "calls.live", "calls.engines"})
