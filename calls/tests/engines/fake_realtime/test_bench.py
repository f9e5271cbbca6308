import base64
import json
import time

import pytest
from openai.types.realtime import RealtimeServerEvent
from picows.websockets import connect

from calls.engines.fake_realtime import BenchRealtime
from calls.engines.fake_realtime.bench import (
    FRAMES_PER_ITEM,
    HUSH_FRAME,
    QUIET_FRAME,
    SPEECH_FRAME,
    read_ready_frame,
    ready_frame,
)
from calls.engines.fake_realtime.checks import event_types
from calls.engines.realtime import RealtimeEngine
from calls.engines.realtime_protocol import append_message
from calls.live.events import (
    AgentAudio,
    AgentItemDone,
    CallerFinal,
    CancelResponse,
    EngineNotice,
    HearCaller,
    Respond,
    ResponseDone,
    Say,
    SpeechStarted,
    SpeechStopped,
)
from calls.tests.engines.listener import LOUD, Listener
from calls.tests.engines.test_realtime import PROFILE

SERVER_EVENTS = event_types(RealtimeServerEvent)


def engine_for(server: BenchRealtime) -> RealtimeEngine:
    return RealtimeEngine(PROFILE, api_key="any", base_url=server.base_url)


async def test_each_frame_comes_back_as_it_went() -> None:
    async with BenchRealtime() as server, Listener(engine_for(server)) as listener:
        await listener.engine.send(Say("Hello."))
        assert read_ready_frame((await listener.next(AgentAudio)).payload) == 0
        payloads = [base64.b64encode(bytes([number]) * 160).decode() for number in range(2, 200)]
        for payload in payloads:
            await listener.engine.send(HearCaller(payload))
        echoed = [(await listener.next(AgentAudio)).payload for _ in payloads]
        assert echoed == payloads


async def test_signals_begin_and_end_the_callers_speech() -> None:
    async with BenchRealtime() as server, Listener(engine_for(server)) as listener:
        began_ns = time.monotonic_ns()
        await listener.engine.send(HearCaller(SPEECH_FRAME))
        await listener.next(SpeechStarted)
        started_ns = time.monotonic_ns()
        await listener.engine.send(HearCaller(HUSH_FRAME))
        await listener.next(SpeechStopped)
        assert (await listener.next(CallerFinal)).text
        await listener.engine.send(Respond())
        reported_ns = read_ready_frame((await listener.next(AgentAudio)).payload)
        assert reported_ns is not None
        assert began_ns <= reported_ns <= started_ns


async def test_it_can_be_interrupted_and_asked_again() -> None:
    async with BenchRealtime() as server, Listener(engine_for(server)) as listener:
        await listener.engine.send(Respond())
        first = await listener.next(AgentAudio)
        await listener.engine.send(CancelResponse())
        await listener.next(ResponseDone)
        await listener.engine.send(Respond())
        second = await listener.next(AgentAudio)
        assert second.item_id != first.item_id
        assert listener.seen_of(EngineNotice) == []


async def test_there_are_words_and_items_to_record() -> None:
    async with BenchRealtime() as server, Listener(engine_for(server)) as listener:
        await listener.engine.send(Respond())
        await listener.next(AgentAudio)
        await listener.hear(LOUD, FRAMES_PER_ITEM)
        done = await listener.next(AgentItemDone)
        assert "word word" in listener.agent_text(done.item_id)


async def test_its_events_are_those_of_the_api() -> None:
    audio = {"input": {"turn_detection": {"type": "server_vad", "create_response": False}}}
    session = {"type": "realtime", "audio": audio}
    frames = [LOUD] * FRAMES_PER_ITEM + [SPEECH_FRAME, HUSH_FRAME]
    async with BenchRealtime() as server:
        url = server.base_url.replace("http", "ws")
        async with connect(f"{url}/realtime?model=m", compression=None) as socket:
            await socket.send(json.dumps({"type": "session.update", "session": session}))
            await socket.send(json.dumps({"type": "response.create"}))
            for payload in frames:
                await socket.send(append_message(payload))
            await socket.send(json.dumps({"type": "response.cancel"}))
            kinds: list[str] = []
            while "response.done" not in kinds:
                event = json.loads(await socket.recv())
                SERVER_EVENTS[event["type"]].model_validate(event)
                kinds.append(event["type"])
    assert kinds.count("response.output_audio.delta") >= FRAMES_PER_ITEM
    assert "input_audio_buffer.speech_stopped" in kinds


@pytest.mark.parametrize("payload", [QUIET_FRAME, SPEECH_FRAME, HUSH_FRAME, LOUD])
def test_no_other_frame_is_a_ready_frame(payload: str) -> None:
    assert read_ready_frame(payload) is None


def test_a_ready_frame_tells_its_time_and_is_base64_mulaw() -> None:
    frame = ready_frame(1_234_567_890_123)
    assert read_ready_frame(frame) == 1_234_567_890_123
    assert len(base64.b64decode(frame, validate=True)) == 160
