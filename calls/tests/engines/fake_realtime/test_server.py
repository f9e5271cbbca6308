"""The fake as the official SDK's own client sees it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import RealtimeServerEvent
from websockets.exceptions import InvalidStatus

from calls.engines.fake_realtime import FakeRealtime, Script, Turn
from calls.engines.fake_realtime.checks import event_types
from calls.tests.engines.listener import LOUD, QUIET

SERVER_EVENTS = event_types(RealtimeServerEvent)
SCRIPT = Script(turns=(Turn("Good day."), Turn("As I said.")), caller=("Hello?", None))
MULAW = {"format": {"type": "audio/pcmu"}}
WAIT_S = 10


class Client:
    """The SDK's connection; every event is checked by the SDK's type for it."""

    def __init__(self, connection: AsyncRealtimeConnection) -> None:
        self.connection = connection

    async def send(self, **event: Any) -> None:
        await self.connection.send(event)  # type: ignore[arg-type]

    async def next(self, kind: str) -> Any:
        async with asyncio.timeout(WAIT_S):
            while True:
                event = await self.connection.recv()
                SERVER_EVENTS[event.type].model_validate(event.model_dump(exclude_unset=True))
                if event.type == kind:
                    return event

    async def configure(self, **detection: Any) -> None:
        turn_detection = {"type": "server_vad", **detection}
        audio = {"input": {**MULAW, "turn_detection": turn_detection}, "output": MULAW}
        await self.send(type="session.update", session={"type": "realtime", "audio": audio})
        await self.next("session.updated")

    async def append(self, payload: str, frames: int) -> None:
        for _ in range(frames):
            await self.connection.input_audio_buffer.append(audio=payload)

    async def error_code(self) -> str | None:
        error = (await self.next("error")).error
        code: str | None = error.code
        return code


@contextlib.asynccontextmanager
async def client_of(server: FakeRealtime) -> AsyncIterator[Client]:
    openai = AsyncOpenAI(api_key="sk-test", base_url=server.base_url)
    async with openai.realtime.connect(model="m") as connection:
        yield Client(connection)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with FakeRealtime(SCRIPT) as server, client_of(server) as client:
        await client.next("session.created")
        yield client


async def test_by_default_it_answers_each_turn_as_the_api_does(client: Client) -> None:
    await client.configure()
    await client.append(LOUD, 20)
    started = await client.next("input_audio_buffer.speech_started")
    await client.append(QUIET, 25)
    stopped = await client.next("input_audio_buffer.speech_stopped")
    assert started.item_id == stopped.item_id
    await client.next("conversation.item.input_audio_transcription.completed")
    done = await client.next("response.done")
    (item,) = done.response.output
    assert item.content[0].transcript == "Good day."


async def test_speech_interrupts_by_default() -> None:
    slow = Script(turns=(Turn("word " * 100),), pace=1)
    async with FakeRealtime(slow) as server, client_of(server) as client:
        await client.configure()
        await client.send(type="response.create")
        await client.next("response.output_audio.delta")
        await client.append(LOUD, 5)
        done = await client.next("response.done")
        assert done.response.status == "cancelled"


async def test_a_second_answer_is_refused() -> None:
    slow = Script(turns=(Turn("word " * 100),), pace=1)
    async with FakeRealtime(slow) as server, client_of(server) as client:
        await client.send(type="response.create")
        await client.send(type="response.create", event_id="mine")
        error = (await client.next("error")).error
        assert error.code == "conversation_already_has_active_response"
        assert error.event_id == "mine"
        await client.send(type="response.cancel")
        await client.next("response.done")
        await client.send(type="response.create")
        await client.next("response.created")


async def test_cancelling_nothing_is_refused(client: Client) -> None:
    await client.send(type="response.cancel")
    assert await client.error_code() == "response_cancel_not_active"


async def test_failed_recognition(client: Client) -> None:
    await client.configure(create_response=False)
    for _ in range(2):
        await client.append(LOUD, 20)
        await client.append(QUIET, 25)
    failed = await client.next("conversation.item.input_audio_transcription.failed")
    assert failed.error.code == "audio_unintelligible"


async def test_items_are_kept_in_a_conversation(client: Client) -> None:
    part = {"type": "input_text", "text": "Hi"}
    item = {"id": "mine", "type": "message", "role": "user", "content": [part]}
    create = {"type": "conversation.item.create", "item": item}
    await client.send(**create)
    assert (await client.next("conversation.item.done")).item.id == "mine"
    await client.send(**create)
    assert await client.error_code() == "invalid_value"
    await client.send(type="conversation.item.delete", item_id="mine")
    assert (await client.next("conversation.item.deleted")).item_id == "mine"
    await client.send(type="conversation.item.delete", item_id="mine")
    assert await client.error_code() == "item_delete_invalid_item_id"


@pytest.mark.parametrize(
    ("item", "previous", "code"),
    [
        ({"type": "function_call_output", "call_id": "c", "output": ""}, None, "invalid_tool_"),
        ({"type": "message", "role": "system", "content": []}, "nobody", "invalid_value"),
        (
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_audio", "audio": "AAAA"}],
            },
            None,
            "invalid_value",
        ),
    ],
)
async def test_items_that_do_not_fit_are_refused(
    client: Client, item: dict[str, Any], previous: str | None, code: str
) -> None:
    await client.send(type="conversation.item.create", item=item, previous_item_id=previous)
    assert str(await client.error_code()).startswith(code)


async def test_only_spoken_audio_is_truncated(client: Client) -> None:
    await client.send(type="response.create")
    item_id = (await client.next("response.output_item.done")).item.id
    truncate = {"type": "conversation.item.truncate", "content_index": 0}
    await client.send(**truncate, item_id=item_id, audio_end_ms=60)
    assert (await client.next("conversation.item.truncated")).audio_end_ms == 60
    await client.send(**truncate, item_id=item_id, audio_end_ms=61)
    assert "already shorter" in (await client.next("error")).error.message
    await client.send(**truncate, item_id="nobody", audio_end_ms=0)
    assert await client.error_code() == "invalid_value"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "input_audio_buffer.commit"},
        {"type": "session.update", "session": {"type": "realtime"}},
        {"type": "session.update", "session": {"type": "transcription"}},
        {"type": "input_audio_buffer.append", "audio": "no base64"},
    ],
)
async def test_what_it_cannot_do_is_refused_and_the_session_goes_on(
    client: Client, event: dict[str, Any]
) -> None:
    await client.send(**event)
    assert await client.error_code() == "invalid_value"
    await client.configure()


@pytest.mark.parametrize(
    ("path", "key", "status"), [("/v2", "sk-test", 404), ("/v1", "sk-other", 401)]
)
async def test_other_paths_and_keys_are_refused(path: str, key: str, status: int) -> None:
    async with FakeRealtime(SCRIPT, api_key="sk-test") as server:
        openai = AsyncOpenAI(api_key=key, base_url=server.base_url.replace("/v1", path))
        with pytest.raises(InvalidStatus) as refused:
            await openai.realtime.connect(model="m").enter()
    assert refused.value.response.status_code == status


async def test_waiting_for_what_does_not_come_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.engines.fake_realtime.server.WAIT_S", 0.01)
    async with FakeRealtime(SCRIPT) as server:
        with pytest.raises(TimeoutError):
            await server.until_received("response.create")
