import asyncio
import base64
import dataclasses
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from calls.audio import mulaw_ms
from calls.engines import realtime_protocol as protocol
from calls.engines.fake_realtime import SCRIPTS, FakeRealtime, Script, ToolCall, Turn
from calls.engines.fake_realtime.script import spoken_audio
from calls.engines.realtime import RealtimeEngine
from calls.live.events import (
    AgentAudio,
    AgentEnding,
    AgentItemDone,
    AgentText,
    AnswerTool,
    CallerFinal,
    CancelResponse,
    EngineFailed,
    EngineNotice,
    HearCaller,
    Instruct,
    PassDigits,
    Rebrief,
    Respond,
    ResponseDone,
    Say,
    SpeechStarted,
    SpeechStopped,
    ToolRequested,
    TruncateItem,
)
from calls.live.profile import CallProfile, Line
from calls.tests.engines.listener import LOUD, QUIET, Listener
from salesdesk.lib.errors import ProviderError

KEY = "sk-test"
PROFILE = CallProfile(
    call_id="call",
    business_name="Sunny Solar",
    engine="realtime",
    greeting="Hello, this is Sunny Solar.",
    prompt="You sell solar panels.",
)
ANSWER = "Panels carry a long warranty."
ONE_ANSWER = Script(turns=(Turn(ANSWER),), caller=("How long is the warranty?",))
LONG_ANSWER = Script(turns=(Turn(f"{ANSWER} " * 20), Turn(ANSWER)), pace=1)


def engine_for(server: FakeRealtime, **changes: Any) -> RealtimeEngine:
    options = {"api_key": KEY, "base_url": server.base_url, **changes}
    return RealtimeEngine(options.pop("profile", PROFILE), **options)


def lines_told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Role and text of the messages that were put into a session."""
    items = [event["item"] for event in events if event["type"] == "conversation.item.create"]
    return [(item["role"], item["content"][0]["text"]) for item in items if "role" in item]


def appended(events: list[dict[str, Any]]) -> list[str]:
    return [event["audio"] for event in events if event["type"] == "input_audio_buffer.append"]


def refusals(listener: Listener) -> list[EngineNotice]:
    return [notice for notice in listener.seen_of(EngineNotice) if notice.kind == "provider_error"]


@pytest.fixture
async def dialogue() -> AsyncIterator[tuple[FakeRealtime, Listener]]:
    async with (
        FakeRealtime(ONE_ANSWER, api_key=KEY) as server,
        Listener(engine_for(server)) as listener,
    ):
        yield server, listener


# ---------------------------------------------------------------- talking


async def test_open_configures_the_session(dialogue: tuple[FakeRealtime, Listener]) -> None:
    server, _ = dialogue
    (update,) = server.received
    assert update["type"] == "session.update"
    assert update["session"]["instructions"] == PROFILE.prompt
    assert update["session"]["audio"]["output"]["voice"] == PROFILE.voice


async def test_the_greeting_is_spoken_word_for_word(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    _, listener = dialogue
    await listener.engine.send(Say(PROFILE.greeting))
    done = await listener.next(AgentItemDone)
    await listener.next(ResponseDone)
    assert listener.agent_text(done.item_id) == PROFILE.greeting
    spoken = b"".join(spoken_audio(f"{word} ") for word in PROFILE.greeting.split())
    assert listener.agent_audio() == spoken


async def test_text_comes_before_its_audio(dialogue: tuple[FakeRealtime, Listener]) -> None:
    _, listener = dialogue
    await listener.engine.send(Respond())
    await listener.next(ResponseDone)
    kinds = [type(event) for event in listener.seen]
    assert kinds.index(AgentText) < kinds.index(AgentAudio)


async def test_a_turn_of_the_caller_is_heard_and_answered(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    _, listener = dialogue
    await listener.hear(QUIET, 50)
    await listener.speak(frames=20, silence=25)
    started = await listener.next(SpeechStarted)
    stopped = await listener.next(SpeechStopped)
    assert (started.at_ms, stopped.at_ms) == (1_000 - 300, 1_900)
    final = await listener.next(CallerFinal)
    assert final == CallerFinal(started.item_id, "How long is the warranty?")
    await listener.engine.send(Respond())
    done = await listener.next(AgentItemDone)
    assert listener.agent_text(done.item_id) == ANSWER
    assert (await listener.next(ResponseDone)).usage["total_tokens"] == 30


async def test_frames_go_through_unchanged_and_in_order(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    server, listener = dialogue
    payloads = [base64.b64encode(bytes([number]) * 160).decode() for number in range(100)]
    for payload in payloads:
        await listener.engine.send(HearCaller(payload))
    await server.until_received("input_audio_buffer.append", 100)
    assert appended(server.received) == payloads


async def test_a_second_answer_waits_for_the_first(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    _, listener = dialogue
    await listener.engine.send(Respond())
    await listener.engine.send(Say("One more thing."))
    first = await listener.next(AgentItemDone)
    await listener.next(ResponseDone)
    second = await listener.next(AgentItemDone)
    await listener.next(ResponseDone)
    assert listener.agent_text(first.item_id) == ANSWER
    assert listener.agent_text(second.item_id) == "One more thing."
    assert refusals(listener) == []


async def test_the_agent_is_told_without_being_heard(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    server, listener = dialogue
    await listener.engine.send(Instruct("Offer ten percent."))
    await listener.engine.send(PassDigits("1#"))
    told = await server.until_received("conversation.item.create", 2)
    assert [role for role, _ in lines_told(told)] == ["system", "system"]
    await listener.engine.send(Respond())
    await listener.next(ResponseDone)
    assert refusals(listener) == []


async def test_a_resumed_call_begins_with_its_history() -> None:
    resumed = dataclasses.replace(
        PROFILE, history=(Line("caller", "Hello?"), Line("agent", "Good day."))
    )
    async with (
        FakeRealtime(ONE_ANSWER) as server,
        Listener(engine_for(server, profile=resumed)),
    ):
        told = await server.until_received("conversation.item.create", 2)
        assert lines_told(told) == [("user", "Hello?"), ("assistant", "Good day.")]


async def test_what_comes_before_the_connection_is_not_lost() -> None:
    async with FakeRealtime(ONE_ANSWER) as server:
        engine = engine_for(server)
        await engine.send(Say(PROFILE.greeting))
        for _ in range(40):
            await engine.send(HearCaller(LOUD))
        async with Listener(engine) as listener:
            done = await listener.next(AgentItemDone)
            assert listener.agent_text(done.item_id) == PROFILE.greeting
            await listener.hear(QUIET, 25)
            assert (await listener.next(SpeechStarted)).at_ms == 0
            assert (await listener.next(SpeechStopped)).at_ms == 65 * 20


# ---------------------------------------------------------------- barge-in


async def test_barge_in_truncates_to_heard_audio() -> None:
    async with (
        FakeRealtime(LONG_ANSWER) as server,
        Listener(engine_for(server)) as listener,
    ):
        await listener.engine.send(Respond())
        heard = await listener.next(AgentAudio)
        await listener.speak()
        await listener.next(SpeechStarted)
        await listener.engine.send(CancelResponse())
        await listener.engine.send(TruncateItem(heard.item_id, 60, "Panels"))
        await listener.next(SpeechStopped)
        await listener.engine.send(Respond())
        await listener.next(ResponseDone)
        cancelled_audio = listener.agent_audio()
        done = await listener.next(AgentItemDone)
        assert listener.agent_text(done.item_id) == ANSWER
        assert mulaw_ms(cancelled_audio) < mulaw_ms(spoken_audio(LONG_ANSWER.turns[0].text)) / 4
        (truncated,) = server.received_of("conversation.item.truncate")
        assert (truncated["item_id"], truncated["audio_end_ms"]) == (heard.item_id, 60)
        assert refusals(listener) == []


async def test_truncating_beyond_the_audio_is_a_notice(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    _, listener = dialogue
    await listener.engine.send(Respond())
    done = await listener.next(AgentItemDone)
    await listener.next(ResponseDone)
    await listener.engine.send(TruncateItem(done.item_id, 60_000, ANSWER))
    notice = await listener.next(EngineNotice)
    assert notice.detail["code"] == "invalid_value"


# ---------------------------------------------------------------- tools


async def test_a_tool_is_asked_answered_and_spoken_about() -> None:
    async with (
        FakeRealtime("function-call") as server,
        Listener(engine_for(server)) as listener,
    ):
        await listener.engine.send(Respond())
        asked = await listener.next(ToolRequested)
        assert (asked.name, asked.arguments) == ("search_knowledge", '{"query": "warranty"}')
        await listener.engine.send(AnswerTool(asked.request_id, '{"years": 25}'))
        done = await listener.next(AgentItemDone)
        assert listener.agent_text(done.item_id) == SCRIPTS["function-call"].turns[1].text
        await listener.next(ResponseDone)
        assert len(listener.seen_of(ResponseDone)) == 1
        assert refusals(listener) == []


async def test_the_agent_ends_the_call() -> None:
    goodbye = Script(turns=(Turn("Goodbye!", tool=ToolCall("end_call", '{"reason": "done"}')),))
    async with (
        FakeRealtime(goodbye) as server,
        Listener(engine_for(server)) as listener,
    ):
        await listener.engine.send(Respond())
        assert (await listener.next(AgentEnding)).reason == "done"
        assert listener.seen_of(AgentItemDone)
        await listener.next(ResponseDone)
        await server.until_received("conversation.item.create")
        assert refusals(listener) == []


# ---------------------------------------------------------------- faults


async def test_a_fault_that_stays_fails_the_engine() -> None:
    async with (
        FakeRealtime("error") as server,
        Listener(engine_for(server)) as listener,
    ):
        await listener.engine.send(Respond())
        assert (await listener.next(EngineFailed)).message == "OpenAI had a fault of its own."
        await listener.ended.wait()
        assert len(server.received_of("response.create")) == 2


async def test_a_fault_that_passes_is_not_noticed() -> None:
    script = dataclasses.replace(
        SCRIPTS["error"], turns=(*SCRIPTS["error"].turns, Turn(ANSWER)), failures=1
    )
    async with (
        FakeRealtime(script) as server,
        Listener(engine_for(server)) as listener,
    ):
        await listener.engine.send(Respond())
        done = await listener.next(AgentItemDone)
        assert listener.agent_text(done.item_id) == ANSWER


async def test_a_slow_answer_is_waited_for() -> None:
    slow = Script(turns=(Turn(ANSWER, after_ms=80),))
    async with (
        FakeRealtime(slow) as server,
        Listener(engine_for(server)) as listener,
    ):
        loop = asyncio.get_running_loop()
        began = loop.time()
        await listener.engine.send(Respond())
        await listener.next(AgentText)
        assert loop.time() - began >= 0.08
        await listener.next(ResponseDone)


@pytest.mark.parametrize(
    "message",
    ["{", "[]", "5", "null", '{"no": "type"}', '{"type": "response.output_item.added"}', "[" * 99],
)
async def test_what_the_server_garbles_is_noted_and_survived(
    dialogue: tuple[FakeRealtime, Listener], message: str
) -> None:
    server, listener = dialogue
    await server.sessions[0].wire.push(message)
    assert (await listener.next(EngineNotice)).kind == "unreadable_event"
    await listener.engine.send(Respond())
    await listener.next(ResponseDone)


async def test_unknown_events_are_passed_over(dialogue: tuple[FakeRealtime, Listener]) -> None:
    server, listener = dialogue
    await server.sessions[0].wire.push(json.dumps({"type": "response.hologram.delta"}))
    await listener.engine.send(Respond())
    await listener.next(ResponseDone)
    assert listener.seen_of(EngineNotice) == []


# ---------------------------------------------------------------- reconnecting


async def test_a_sentence_that_breaks_off_is_carried_on() -> None:
    breaking = Script(turns=(Turn(f"{ANSWER} " * 3, drop_after_ms=1_000), Turn("As I said.")))
    async with (
        FakeRealtime(breaking) as server,
        Listener(engine_for(server)) as listener,
    ):
        await listener.engine.send(Respond())
        notice = await listener.next(EngineNotice)
        assert notice.kind == "engine_reconnected"
        cut = (await listener.next(AgentItemDone)).item_id
        heard_before = listener.agent_text(cut)
        carried_on = await listener.next(AgentItemDone)
        await listener.next(ResponseDone)
        assert carried_on.item_id != cut
        _, second = server.sessions
        assert lines_told(second.received) == [("assistant", f"{heard_before} ")]
        (create,) = [event for event in second.received if event["type"] == "response.create"]
        assert protocol.CARRY_ON_INSTRUCTIONS in create["response"]["instructions"]
        assert refusals(listener) == []


async def test_audio_of_the_gap_reaches_the_new_session(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    server, listener = dialogue
    frames = [base64.b64encode(bytes([number]) * 160).decode() for number in range(50)]
    for payload in frames[:30]:
        await listener.engine.send(HearCaller(payload))
    await server.until_received("input_audio_buffer.append", 30)
    server.sessions[0].wire.drop()
    for payload in frames[30:49]:
        await listener.engine.send(HearCaller(payload))
    await listener.next(EngineNotice)
    await listener.engine.send(HearCaller(frames[49]))
    _, second = server.sessions
    await server.until(lambda: frames[49] in appended(second.received))
    got = appended(second.received)
    assert set(frames[30:]) <= set(got)
    assert got == frames[frames.index(got[0]) :]


async def test_time_goes_on_over_a_break(dialogue: tuple[FakeRealtime, Listener]) -> None:
    server, listener = dialogue
    await listener.hear(QUIET, 100)
    await server.until_received("input_audio_buffer.append", 100)
    server.sessions[0].wire.drop()
    await listener.next(EngineNotice)
    await listener.hear(QUIET, 50)
    await listener.speak()
    assert (await listener.next(SpeechStarted)).at_ms == 150 * 20 - 300


async def test_a_caller_cut_off_while_speaking_is_asked_again(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    server, listener = dialogue
    await listener.hear(LOUD, 20)
    started = await listener.next(SpeechStarted)
    server.sessions[0].wire.drop()
    assert (await listener.next(SpeechStopped)).item_id == started.item_id
    assert (await listener.next(CallerFinal)).item_id == started.item_id
    await listener.engine.send(Respond())
    (create,) = await server.until_received("response.create")
    assert protocol.ASK_AGAIN_INSTRUCTIONS in create["response"]["instructions"]


async def test_an_expired_session_is_replaced(dialogue: tuple[FakeRealtime, Listener]) -> None:
    server, listener = dialogue
    error = {"type": "invalid_request_error", "code": "session_expired", "message": "60 minutes"}
    event = {"type": "error", "event_id": "e", "error": error}
    await server.sessions[0].wire.push(json.dumps(event))
    assert (await listener.next(EngineNotice)).kind == "provider_error"
    assert (await listener.next(EngineNotice)).kind == "engine_reconnected"
    await listener.engine.send(Respond())
    await listener.next(ResponseDone)


async def test_a_second_break_fails_the_engine(dialogue: tuple[FakeRealtime, Listener]) -> None:
    server, listener = dialogue
    server.sessions[0].wire.drop()
    await listener.next(EngineNotice)
    server.sessions[1].wire.drop()
    failed = await listener.next(EngineFailed)
    assert failed.message == "The connection to OpenAI broke twice within a minute."
    await listener.ended.wait()


async def test_a_server_that_has_gone_fails_the_engine() -> None:
    async with FakeRealtime(ONE_ANSWER) as server:
        listener = Listener(engine_for(server))
        await listener.__aenter__()
    async with asyncio.timeout(5):
        failed = await listener.next(EngineFailed)
    assert failed.message == "The connection to OpenAI broke. OpenAI cannot be reached."
    await listener.engine.close()


CALENDAR = Rebrief("You book visits.", ({"name": "find_slots"},))


def briefings(server: FakeRealtime, session: int) -> list[str]:
    """The instructions that this session was given, one after the other."""
    events = server.sessions[session].received
    updates = [event for event in events if event["type"] == "session.update"]
    return [update["session"]["instructions"] for update in updates]


async def test_the_agent_that_took_over_goes_on_after_a_break(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    server, listener = dialogue
    await listener.engine.send(CALENDAR)
    await server.until(lambda: len(briefings(server, 0)) == 2)
    server.sessions[0].wire.drop()
    assert (await listener.next(EngineNotice)).kind == "engine_reconnected"
    assert briefings(server, 1) == [CALENDAR.prompt]
    tools = server.sessions[1].received[0]["session"]["tools"]
    assert [tool["name"] for tool in tools] == ["find_slots", "end_call"]


async def test_an_agent_that_takes_over_during_a_break_is_not_forgotten(
    dialogue: tuple[FakeRealtime, Listener],
) -> None:
    server, listener = dialogue
    await listener.engine.send(Say(PROFILE.greeting))
    await listener.next(ResponseDone)
    server.sessions[0].wire.drop()
    await server.until(lambda: len(server.sessions) == 2 and bool(briefings(server, 1)))
    await listener.engine.send(CALENDAR)
    assert (await listener.next(EngineNotice)).kind == "engine_reconnected"
    await server.until(lambda: bool(lines_told(server.sessions[1].received)))
    assert briefings(server, 1) == [PROFILE.prompt, CALENDAR.prompt]


# ---------------------------------------------------------------- rollover


async def test_an_old_session_is_replaced_and_told_everything() -> None:
    async with (
        FakeRealtime(ONE_ANSWER) as server,
        Listener(engine_for(server, session_limit_ms=200)) as listener,
    ):
        await listener.engine.send(Say(PROFILE.greeting))
        await listener.next(ResponseDone)
        await listener.speak()
        await listener.next(CallerFinal)
        notice = await listener.next(EngineNotice)
        assert notice.kind == "session_rolled_over"
        await server.until(lambda: len(lines_told(server.sessions[1].received)) == 2)
        assert lines_told(server.sessions[1].received) == [
            ("assistant", PROFILE.greeting),
            ("user", "How long is the warranty?"),
        ]
        await listener.engine.send(Respond())
        done = await listener.next(AgentItemDone)
        assert listener.agent_text(done.item_id) == ANSWER
        assert refusals(listener) == []


async def test_words_spoken_into_the_rollover_are_heard_once() -> None:
    async with (
        FakeRealtime(ONE_ANSWER) as server,
        Listener(engine_for(server, session_limit_ms=100)) as listener,
    ):
        await listener.hear(QUIET, 100)
        await listener.next(EngineNotice)
        await listener.speak()
        started = await listener.next(SpeechStarted)
        await listener.next(CallerFinal)
        assert started.at_ms == 100 * 20 - 300
        assert len(listener.seen_of(SpeechStarted)) == 1
        first, second = (appended(session.received) for session in server.sessions[:2])
        assert len(first) == 100
        assert second[:25] == [QUIET] * 25


async def test_a_session_is_not_replaced_while_the_agent_speaks() -> None:
    script = Script(turns=(Turn(ANSWER * 5),), pace=20)
    async with (
        FakeRealtime(script) as server,
        Listener(engine_for(server, session_limit_ms=20)) as listener,
    ):
        await listener.engine.send(Respond())
        await listener.next(ResponseDone)
        assert len(server.sessions[0].received) == 2
        assert listener.seen_of(EngineNotice) == []
        assert (await listener.next(EngineNotice)).kind == "session_rolled_over"


# ---------------------------------------------------------------- opening and closing


async def test_a_refused_key_is_a_sentence() -> None:
    async with FakeRealtime(ONE_ANSWER, api_key="sk-other") as server:
        with pytest.raises(ProviderError, match=r"^OpenAI refused the API key\.$"):
            await engine_for(server).open()


async def test_without_a_key_nothing_is_tried() -> None:
    async with FakeRealtime(ONE_ANSWER) as server:
        with pytest.raises(ProviderError, match="No OpenAI API key"):
            await engine_for(server, api_key="").open()
        assert server.sessions == []


async def test_closing_ends_the_events_and_can_be_repeated() -> None:
    async with FakeRealtime(ONE_ANSWER) as server:
        listener = Listener(engine_for(server))
        async with listener:
            await listener.engine.close()
            await listener.ended.wait()
        await listener.engine.close()
        await listener.engine.send(HearCaller(LOUD))
        await listener.engine.send(Respond())
        assert listener.seen == []
        await server.until(lambda: server.live_connections == 0)


async def test_closing_before_opening_is_harmless() -> None:
    async with FakeRealtime(ONE_ANSWER) as server:
        await engine_for(server).close()
        assert server.sessions == []
