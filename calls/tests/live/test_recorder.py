import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.db import DataError, OperationalError

from calls import push, services
from calls.live import recorder as rules
from calls.live.events import RecordEvent, RecordInterim, RecordUtterance, Speaker
from calls.live.recorder import Recorder, RecorderFailed
from calls.models import Call

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def recorder(call: Call) -> AsyncIterator[Recorder]:
    recorder = Recorder(call, get_channel_layer())
    running = asyncio.create_task(recorder.run())
    yield recorder
    running.cancel()
    await asyncio.wait([running])


@pytest.fixture
async def news(call: Call) -> AsyncIterator[list[dict[str, Any]]]:
    """What browsers that watch the call are told, as it comes."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(push.news_group(call.public_id), channel)
    heard: list[dict[str, Any]] = []

    async def listen() -> None:
        while True:
            heard.append(await layer.receive(channel))

    listening = asyncio.create_task(listen())
    yield heard
    listening.cancel()
    await asyncio.wait([listening])


def spoken(sequence: int, text: str = "Hello") -> RecordUtterance:
    return RecordUtterance(sequence, Speaker.CALLER, text, 0, 500)


async def until(reached: Any) -> None:
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110  # the channel layer's receiver does not call back
            await asyncio.sleep(0.02)


async def test_what_was_put_is_stored_in_order(recorder: Recorder, call: Call) -> None:
    for sequence in range(1, 21):
        recorder.put(spoken(sequence, f"line {sequence}"))
    recorder.put(RecordEvent("engine.usage", {"tokens": 3}))
    await recorder.drained()
    rows = [u async for u in call.utterances.order_by("version")]
    assert [u.text for u in rows] == [f"line {n}" for n in range(1, 21)]
    event = await call.events.aget(kind="engine.usage")
    assert event.detail == {"tokens": 3}


async def test_of_one_sequence_the_last_is_stored(recorder: Recorder, call: Call) -> None:
    recorder.put(spoken(1, "first"))
    recorder.put(spoken(2, "second"))
    recorder.put(spoken(1, "first, cut"))
    await recorder.drained()
    rows = [(u.sequence, u.text) async for u in call.utterances.order_by("sequence")]
    assert rows == [(1, "first, cut"), (2, "second")]


async def test_interim_text_reaches_browsers_and_is_never_stored(
    recorder: Recorder, call: Call, news: list[dict[str, Any]]
) -> None:
    recorder.put(RecordInterim(1, Speaker.CALLER, "Hel"))
    recorder.put(RecordInterim(1, Speaker.CALLER, "Hello the"))
    await until(lambda: news)
    assert [message["text"] for message in news] == ["Hello the"]
    assert not await call.utterances.aexists()


async def test_a_finished_utterance_takes_its_interim_text_back(
    recorder: Recorder, news: list[dict[str, Any]]
) -> None:
    recorder.put(RecordInterim(1, Speaker.CALLER, "Hel"))
    recorder.put(spoken(1))
    await until(lambda: news)
    assert [message["event"] for message in news] == ["interaction.added"]


async def test_a_database_that_comes_back_loses_nothing(
    recorder: Recorder, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = services.record_all
    failures = iter([OperationalError("restarting"), OperationalError("restarting")])

    def flaky(call: Call, records: list[RecordUtterance]) -> None:
        if error := next(failures, None):
            raise error
        store(call, records)

    monkeypatch.setattr(services, "record_all", flaky)
    monkeypatch.setattr(rules, "RETRY_SECONDS", (0.01, 0.01, 0.01))
    recorder.put(spoken(1))
    recorder.put(spoken(2))
    await recorder.drained()
    assert await call.utterances.acount() == 2


@pytest.mark.parametrize("error", [OperationalError("gone"), DataError("refused")])
async def test_a_recorder_that_cannot_store_says_so(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(call: Call, records: list[RecordUtterance]) -> None:
        raise error

    monkeypatch.setattr(services, "record_all", broken)
    monkeypatch.setattr(rules, "RETRY_SECONDS", (0.01,))
    recorder = Recorder(call, get_channel_layer())
    recorder.put(spoken(1))
    with pytest.raises(RecorderFailed):
        await recorder.run()


async def test_too_many_waiting_records_are_refused_but_interim_text_never(call: Call) -> None:
    recorder = Recorder(call, get_channel_layer())
    for sequence in range(rules.MOST_WAITING):
        recorder.put(spoken(sequence))
    recorder.put(RecordInterim(1, Speaker.CALLER, "still fine"))
    with pytest.raises(RecorderFailed):
        recorder.put(spoken(5_000))
