"""Recorded callers ring the real product: carrier, web process, media process, engine."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from jiwer import wer
from pytest_django import Settings

from calls import services
from calls.engines.fake_realtime import FakeRealtime
from calls.enums import CallStatus, EndReason
from calls.models import Call, Utterance
from calls.sandbox.scenarios import all_scenarios
from calls.sandbox.script import AfterAgent, CallerScript, HangUp, Line
from calls.tests.live.conftest import Desk
from knowledge.processing import process_document
from knowledge.services import add_file
from knowledge.starter import DIRECTORY
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db(transaction=True)
ChangeBusiness = Callable[..., Awaitable[None]]

FACTS = [
    [
        "What financing do you have for a heat pump?",
        "There are three ways to pay. You can pay at once and get two percent off. You can take "
        "a loan over five, ten or fifteen years through our partner bank. Or you can lease it "
        "for a fixed amount each month, with service included.",
    ],
    [
        "How much is the monthly payment?",
        "Most customers pay between ninety and one hundred and forty dollars a month.",
    ],
]


@pytest.mark.slow
async def test_a_recorded_caller_interrupts_and_is_understood(
    desk: Desk, change_business: ChangeBusiness
) -> None:
    await change_business(engine="cascade", facts=FACTS, vocabulary=["financing", "heat pump"])
    carried = await desk.ring("barge-in")
    await carried.wait_ended()
    call = await desk.call_of(carried)
    assert (call.status, call.end_reason) == (
        CallStatus.COMPLETED,
        EndReason.AGENT_SAID_GOODBYE,
    )
    utterances = [u async for u in call.utterances.in_order().all()]
    assert_understood(utterances)
    cut = next(u for u in utterances if u.interrupted)
    assert cut.speaker == "agent"
    assert len(cut.text) < len(cut.metadata["full_text"])
    assert cut.metadata["full_text"].startswith(cut.text)
    payment = next(u for u in utterances if "ninety" in u.text)
    assert payment.sequence > cut.sequence


def assert_understood(utterances: list[Utterance]) -> None:
    said = " ".join(all_scenarios()["barge-in"].lines)
    heard = " ".join(u.text for u in utterances if u.speaker == "caller")
    assert wer(plain(said), plain(heard)) < 0.3


def plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum() or c == " ")


async def test_a_speech_to_speech_call_is_transcribed_on_both_sides(
    desk: Desk, change_business: ChangeBusiness, settings: Settings
) -> None:
    await change_business(engine="realtime")
    async with FakeRealtime("dialogue") as openai:
        set_realtime(settings, openai.base_url)
        carried = await desk.ring(CallerScript([line("solar-warranty", 1), hang_up()]))
        await carried.wait_ended()
    call = await desk.call_of(carried)
    assert (call.status, call.error) == (CallStatus.COMPLETED, "")
    speakers = [speaker for speaker, _ in await desk.lines_of(call)]
    assert speakers[:3] == ["agent", "caller", "agent"]
    assert await call.events.filter(kind="engine.usage").acount() >= 2


@pytest.fixture
def documents(business: Business, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for name in ("warranty-solar-panels.md", "warranty-inverter-battery.md", "price-list.md"):
        file = ContentFile((DIRECTORY / name).read_bytes(), name=name)
        process_document(add_file(business, file, by=None).pk)


@pytest.mark.slow
@pytest.mark.usefixtures("documents")
async def test_answers_come_from_documents_and_say_from_which(
    desk: Desk, change_business: ChangeBusiness
) -> None:
    await change_business(engine="cascade", greeting="Hello.", vocabulary=["inverter", "warranty"])
    script = CallerScript([line("solar-warranty", 1), line("solar-warranty", 2), hang_up()])
    carried = await desk.ring(script)
    await carried.wait_ended()
    call = await desk.call_of(carried)
    panels, inverter = [u async for u in call.utterances.filter(metadata__has_key="citations")]
    assert "twenty five year warranty" in panels.text
    assert cited(panels) == {"Warranty on solar panels"}
    assert "twelve years" in inverter.text
    assert cited(inverter) == {"Warranty on inverters, batteries and chargers"}
    assert isinstance(inverter.metadata["prefetched"], bool)
    assert 0 <= inverter.metadata["waited_ms"] <= inverter.metadata["retrieval_ms"]


def cited(utterance: Utterance) -> set[str]:
    return {citation["title"] for citation in utterance.metadata["citations"]}


@pytest.mark.slow
@pytest.mark.usefixtures("documents")
async def test_a_speech_to_speech_model_is_told_what_documents_say(
    desk: Desk, change_business: ChangeBusiness, settings: Settings
) -> None:
    await change_business(engine="realtime")
    async with FakeRealtime("function-call") as openai:
        set_realtime(settings, openai.base_url)
        carried = await desk.ring(CallerScript([line("solar-warranty", 1), hang_up()]))
        await carried.wait_ended()
    call = await desk.call_of(carried)
    [answer] = [u async for u in call.utterances.filter(metadata__has_key="citations")]
    assert all(title.startswith("Warranty on") for title in cited(answer))
    assert call.error == ""


async def test_an_engine_that_fails_ends_the_call_with_an_apology(
    desk: Desk, change_business: ChangeBusiness, settings: Settings
) -> None:
    await change_business(engine="realtime")
    set_realtime(settings, "http://127.0.0.1:9/v1")
    carried = await desk.ring("silent-caller")
    await carried.wait_ended()
    call = await desk.call_of(carried)
    assert (call.status, call.end_reason) == (CallStatus.FAILED, EndReason.ENGINE_FAILED)
    assert call.error
    assert "OpenAI" in call.error


async def test_a_manager_says_a_line_and_ends_the_call(
    desk: Desk, change_business: ChangeBusiness, manager: User
) -> None:
    await change_business(engine="cascade", greeting="Hello.")
    carried = await desk.ring("silent-caller")
    call = await until_live(desk, carried.sid)
    await sync_to_async(services.say_line)(call, "A colleague will call you back.", by=manager)
    await until(lambda: call.utterances.filter(text__startswith="A colleague").aexists())
    await sync_to_async(services.end_call)(call, by=manager)
    await carried.wait_ended()
    await until(lambda: call.media_streams.filter(ended_at__isnull=False).aexists())
    await call.arefresh_from_db()
    assert (call.status, call.end_reason) == (
        CallStatus.COMPLETED,
        EndReason.ENDED_BY_MANAGER,
    )


async def until_live(desk: Desk, sid: str) -> Call:
    await until(lambda: Utterance.objects.filter(call__sid=sid, speaker="agent").aexists())
    return await Call.objects.aget(sid=sid)


async def until(reached: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await reached():  # noqa: ASYNC110  # Postgres does not call back
            await asyncio.sleep(0.05)


def line(scenario: str, number: int) -> Line:
    step = all_scenarios()[scenario].script.steps[number]
    assert isinstance(step, Line)
    return step


def hang_up() -> HangUp:
    return HangUp(AfterAgent(pause_ms=300))


def set_realtime(settings: Settings, base_url: str) -> None:
    entry = settings.VOICE_ENGINES["realtime"]
    options = {**entry["OPTIONS"], "api_key": "sk-test", "base_url": base_url}
    settings.VOICE_ENGINES = {**settings.VOICE_ENGINES, "realtime": {**entry, "OPTIONS": options}}
