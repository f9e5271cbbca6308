"""The command against a sandbox in another thread, as it meets one in another process."""

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from calls.enums import CallStatus
from calls.management.sandbox_client import SandboxClient
from calls.models import Call
from calls.sandbox.carrier import OwnNumber
from calls.sandbox.server import Sandbox
from calls.sandbox.stage import Source
from calls.tests.sandbox.product import ACCOUNT_SID, AUTH_TOKEN, Product, voice
from conftest import BUSINESS_NUMBER, MakeCall
from salesdesk.businesses.models import Business

KNOWN_NUMBER = "+12125550100"
FULL_ANSWER = "There are three ways to pay, and all of them are good."
HEARD_ANSWER = "There are three"
CITATION = {"document": "d1", "title": "Paying", "heading": "The loan", "page": None}


class Carrier:
    """A sandbox and the product it calls, both in a thread."""

    def __init__(self) -> None:
        self.url = ""
        self.product_url = ""
        self.numbers: dict[str, OwnNumber] = {}
        self._ready = threading.Event()
        self._over: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    @contextmanager
    def running(self) -> Iterator["Carrier"]:
        self._thread.start()
        assert self._ready.wait(20)
        try:
            yield self
        finally:
            assert self._loop is not None
            assert self._over is not None
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(20)

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with Product() as product:
            product.answer_with("<Say>Hello, this is a machine</Say>")
            product.answer_with("<Say>Hello</Say>", "/twilio/voice/")
            numbers = {KNOWN_NUMBER: OwnNumber(Source(f"{product.url}/voice/"))}
            sandbox = Sandbox(
                account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, numbers=numbers, speech=voice
            )
            async with sandbox:
                self.url, self.product_url, self.numbers = sandbox.url, product.url, sandbox.numbers
                self._ready.set()
                await self._over.wait()


@pytest.fixture
def carrier(settings: Settings) -> Iterator[Carrier]:
    with Carrier().running() as carrier:
        settings.TWILIO_API_BASE_URL = carrier.url
        settings.PUBLIC_URL = carrier.product_url
        yield carrier


@pytest.fixture
def stored(business: Business, make_call: MakeCall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product has every call that rings, with a transcript of an interrupted answer."""
    ring = SandboxClient.ring

    def ring_and_store(self: SandboxClient, *, to: str, from_: str, scenario: str) -> str:
        sid = ring(self, to=to, from_=from_, scenario=scenario)
        said = [("caller", "How can I pay?"), ("agent", HEARD_ANSWER)]
        call = make_call(business, status=CallStatus.COMPLETED, said=said, sid=sid)
        call.utterances.filter(speaker="agent").update(
            interrupted=True,
            metadata={"full_text": FULL_ANSWER, "citations": [CITATION], "retrieval_ms": 20},
        )
        return sid

    monkeypatch.setattr(SandboxClient, "ring", ring_and_store)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("simulate_call", *arguments, stdout=out)
    return out.getvalue()


def test_scenarios_are_listed(carrier: Carrier) -> None:
    lines = run("--list").splitlines()
    assert len(lines) == 11
    assert any(line.startswith("barge-in") and "interrupts" in line for line in lines)


def test_json_is_one_line_with_measures_and_transcript(carrier: Carrier, stored: None) -> None:
    (line,) = run("--scenario", "silent-caller", "--to", KNOWN_NUMBER, "--json").splitlines()
    result = json.loads(line)
    call = Call.objects.get(sid=result["call"])
    assert (result["scenario"], result["status"]) == ("silent-caller", "completed")
    assert result["product"]["call"] == call.public_id
    assert len(result["agent"]) == 1
    assert (result["lines"], result["first_answer_ms"], result["errors"]) == ([], None, [])
    caller, agent = result["utterances"]
    assert (caller["speaker"], caller["interrupted"]) == ("caller", False)
    assert not caller.keys() & {"full_text", "citations"}
    assert (agent["text"], agent["full_text"]) == (HEARD_ANSWER, FULL_ANSWER)
    assert agent["interrupted"] is True
    assert (agent["citations"], agent["retrieval_ms"]) == ([CITATION], 20)


def test_people_see_what_happens_and_the_transcript(carrier: Carrier, stored: None) -> None:
    told = run("--scenario", "silent-caller", "--to", KNOWN_NUMBER)
    assert "the call is in-progress" in told
    assert "agent speaks" in told
    assert "hung up by agent" in told
    assert f"agent: {HEARD_ANSWER}  (interrupted)" in told
    assert "[Paying › The loan]" in told


def test_the_businesss_number_is_dialled_and_made_known(carrier: Carrier, stored: None) -> None:
    result = json.loads(run("--scenario", "silent-caller", "--json"))
    assert result["status"] == "completed"
    number = carrier.numbers[BUSINESS_NUMBER]
    assert number.voice.url == f"{carrier.product_url}/twilio/voice/"
    assert number.callbacks.url == f"{carrier.product_url}/twilio/status/"


def test_a_call_that_the_product_does_not_know_is_said_so(
    carrier: Carrier, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.management.commands.simulate_call.SETTLE_S", 0.0)
    told = run("--scenario", "silent-caller", "--to", KNOWN_NUMBER)
    assert "does not know this call" in told


@pytest.mark.usefixtures("db")
def test_without_a_business_a_number_must_be_given(carrier: Carrier) -> None:
    with pytest.raises(CommandError, match="--to"):
        run("--scenario", "silent-caller")


@pytest.mark.usefixtures("db")
def test_an_unknown_scenario_is_refused_with_the_known_ones(carrier: Carrier) -> None:
    with pytest.raises(CommandError, match="barge-in"):
        run("--scenario", "nonsense", "--to", KNOWN_NUMBER)


def test_without_a_sandbox_nothing_can_ring(settings: Settings) -> None:
    settings.TWILIO_API_BASE_URL = ""
    with pytest.raises(CommandError, match="TWILIO_API_BASE_URL"):
        run("--list")


def test_a_sandbox_that_does_not_answer_is_said_so(settings: Settings) -> None:
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="does not answer"):
        run("--list")
