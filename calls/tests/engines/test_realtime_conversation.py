from typing import Any

import pytest
from openai.types.realtime import RealtimeServerEvent

from calls.engines import realtime_protocol as protocol
from calls.engines.fake_realtime.checks import event_types, read_client_event
from calls.engines.realtime_conversation import Conversation
from calls.live.events import (
    AgentEnding,
    AgentItemDone,
    AgentText,
    AnswerTool,
    CallerFinal,
    CallerInterim,
    CancelResponse,
    EngineEvent,
    EngineFailed,
    EngineNotice,
    Instruct,
    PassDigits,
    Respond,
    ResponseDone,
    Say,
    SpeechStarted,
    SpeechStopped,
    ToolRequested,
    TruncateItem,
)
from calls.live.profile import Line

SERVER_EVENTS = event_types(RealtimeServerEvent)
FRAME = "/" * 214 + "=="
PROMPT = "You sell."
MESSAGE = {"type": "message", "role": "assistant", "content": []}


@pytest.fixture
def conversation() -> Conversation:
    return Conversation(PROMPT)


def tell(conversation: Conversation, kind: str, **fields: Any) -> list[EngineEvent]:
    """A server event, checked by the SDK's type."""
    event = SERVER_EVENTS[kind].model_validate({"type": kind, "event_id": "e", **fields})
    return conversation.understand(event)


def sent(conversation: Conversation) -> list[dict[str, Any]]:
    """What was put into ``outgoing`` since the last look, each a valid client event."""
    events = [dict(event) for event in conversation.outgoing]
    conversation.outgoing.clear()
    for event in events:
        read_client_event(event)
    return events


def begin_answer(conversation: Conversation, item_id: str = "item_a") -> dict[str, Any]:
    """Respond, and let the answer get as far as its first item; the ``response.create``."""
    conversation.carry_out(Respond())
    (create,) = sent(conversation)
    tell(conversation, "response.created", response={"id": "resp_1", "status": "in_progress"})
    where = {"response_id": "resp_1", "output_index": 0}
    item = {**MESSAGE, "id": item_id, "status": "in_progress"}
    tell(conversation, "response.output_item.added", **where, item=item)
    return create


def agent_says(conversation: Conversation, item_id: str, text: str) -> list[EngineEvent]:
    return tell(
        conversation,
        "response.output_audio_transcript.delta",
        response_id="resp_1",
        item_id=item_id,
        output_index=0,
        content_index=0,
        delta=text,
    )


def item_done(conversation: Conversation, item: dict[str, Any]) -> list[EngineEvent]:
    where = {"response_id": "resp_1", "output_index": 0}
    return tell(conversation, "response.output_item.done", **where, item=item)


def response_done(conversation: Conversation, status: str = "completed", **more: Any) -> Any:
    response = {"id": "resp_1", "status": status, **more}
    return tell(conversation, "response.done", response=response)


def refused(conversation: Conversation, code: str, event_id: str | None = None) -> Any:
    error = {"type": "invalid_request_error", "code": code, "message": "m", "event_id": event_id}
    return tell(conversation, "error", error=error)


def speak(conversation: Conversation, item_id: str = "item_c", at_ms: int = 100) -> Any:
    kind = "input_audio_buffer.speech_started"
    return tell(conversation, kind, item_id=item_id, audio_start_ms=at_ms)


def hush(conversation: Conversation, item_id: str = "item_c", at_ms: int = 900) -> Any:
    kind = "input_audio_buffer.speech_stopped"
    return tell(conversation, kind, item_id=item_id, audio_end_ms=at_ms)


def transcribed(conversation: Conversation, text: str, item_id: str = "item_c") -> Any:
    return tell(
        conversation,
        "conversation.item.input_audio_transcription.completed",
        item_id=item_id,
        content_index=0,
        transcript=text,
        usage={"type": "duration", "seconds": 1.5},
    )


def caller_said(conversation: Conversation, text: str, item_id: str = "item_c") -> None:
    speak(conversation, item_id)
    hush(conversation, item_id)
    tell(conversation, "input_audio_buffer.committed", item_id=item_id)
    transcribed(conversation, text, item_id)


def ask_for_tool(conversation: Conversation, call_id: str, **changes: Any) -> list[EngineEvent]:
    item = {
        "id": f"item_{call_id}",
        "type": "function_call",
        "call_id": call_id,
        "name": "search",
        "arguments": "{}",
        "status": "completed",
        **changes,
    }
    return item_done(conversation, item)


def messages(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Role and text of the messages among ``conversation.item.create`` events."""
    items = [event["item"] for event in events if event["type"] == "conversation.item.create"]
    return [(item["role"], item["content"][0]["text"]) for item in items if "role" in item]


# ---------------------------------------------------------------- the caller


def test_a_stretch_of_speech_becomes_events(conversation: Conversation) -> None:
    assert speak(conversation) == [SpeechStarted("item_c", 100)]
    assert hush(conversation) == [SpeechStopped("item_c", 900)]
    delta = "conversation.item.input_audio_transcription.delta"
    for piece, so_far in (("Good ", "Good "), ("day", "Good day")):
        assert tell(conversation, delta, item_id="item_c", content_index=0, delta=piece) == [
            CallerInterim("item_c", so_far)
        ]
    assert transcribed(conversation, " Good day. ") == [CallerFinal("item_c", "Good day.")]


def test_noise_is_an_empty_final(conversation: Conversation) -> None:
    speak(conversation)
    hush(conversation)
    assert transcribed(conversation, "  ") == [CallerFinal("item_c", "")]
    assert conversation.quiet


def test_confidence_is_the_mean_probability(conversation: Conversation) -> None:
    events = tell(
        conversation,
        "conversation.item.input_audio_transcription.completed",
        item_id="item_c",
        content_index=0,
        transcript="yes",
        usage={"type": "duration", "seconds": 1},
        logprobs=[
            {"token": "y", "logprob": -0.1, "bytes": []},
            {"token": "es", "logprob": -0.3, "bytes": []},
        ],
    )
    assert events == [CallerFinal("item_c", "yes", 0.819)]


def test_failed_transcription_is_empty_and_noted(conversation: Conversation) -> None:
    speak(conversation)
    hush(conversation)
    events = tell(
        conversation,
        "conversation.item.input_audio_transcription.failed",
        item_id="item_c",
        content_index=0,
        error={"type": "server_error", "code": "unintelligible", "message": "secret words"},
    )
    detail = {"type": "server_error", "code": "unintelligible"}
    assert events == [CallerFinal("item_c", ""), EngineNotice("transcription_failed", detail)]
    assert conversation.quiet


# ---------------------------------------------------------------- the agent


def test_respond_asks_for_an_answer(conversation: Conversation) -> None:
    conversation.carry_out(Respond())
    (create,) = sent(conversation)
    assert (create["type"], create["response"]) == ("response.create", {})


def test_respond_with_instructions_keeps_the_prompt(conversation: Conversation) -> None:
    conversation.carry_out(Respond("Be brief."))
    assert sent(conversation)[0]["response"] == {"instructions": "You sell.\n\nBe brief."}


def test_an_answer_becomes_events(conversation: Conversation) -> None:
    begin_answer(conversation)
    assert agent_says(conversation, "item_a", "We sell ") == [AgentText("item_a", "We sell ")]
    done = {**MESSAGE, "id": "item_a", "status": "completed"}
    assert item_done(conversation, done) == [AgentItemDone("item_a")]
    usage = {"total_tokens": 7, "input_tokens": 3, "output_tokens": 4}
    assert response_done(conversation, usage=usage) == [ResponseDone(usage)]
    assert conversation.quiet


def test_usage_carries_what_transcription_cost(conversation: Conversation) -> None:
    caller_said(conversation, "Hello")
    conversation.carry_out(Respond())
    counted = {"input_transcription": [{"type": "duration", "seconds": 1.5}]}
    assert response_done(conversation) == [ResponseDone(counted)]
    conversation.carry_out(Respond())
    assert response_done(conversation) == [ResponseDone({})]


def test_a_line_is_said_word_for_word_without_tools(conversation: Conversation) -> None:
    conversation.carry_out(Say("One moment."))
    params = sent(conversation)[0]["response"]
    assert protocol.line_to_say(params["instructions"]) == "One moment."
    assert params["tool_choice"] == "none"


def test_a_second_answer_waits_for_the_first(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.carry_out(Say("By the way."))
    assert sent(conversation) == []
    assert response_done(conversation) == [ResponseDone({})]
    (create,) = sent(conversation)
    assert protocol.line_to_say(create["response"]["instructions"]) == "By the way."
    assert not conversation.quiet


def test_waiting_to_respond_twice_is_waiting_once(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.carry_out(Respond())
    conversation.carry_out(Respond())
    response_done(conversation)
    assert len(sent(conversation)) == 1
    response_done(conversation)
    assert sent(conversation) == []


def test_an_answer_cut_by_the_provider_is_noted(conversation: Conversation) -> None:
    begin_answer(conversation)
    details = {"type": "incomplete", "reason": "max_output_tokens"}
    assert response_done(conversation, "incomplete", status_details=details) == [
        EngineNotice("answer_incomplete", {"reason": "max_output_tokens"}),
        ResponseDone({}),
    ]


def test_instructions_and_digits_become_system_messages(conversation: Conversation) -> None:
    conversation.carry_out(Instruct("Offer ten percent."))
    conversation.carry_out(PassDigits("12#"))
    assert messages(sent(conversation)) == [
        ("system", "Offer ten percent."),
        ("system", "The caller pressed these keys on the telephone: 1 2 #"),
    ]
    assert conversation.quiet


# ---------------------------------------------------------------- barge-in


def test_cancel_stops_the_answer_and_silences_the_rest(conversation: Conversation) -> None:
    begin_answer(conversation)
    assert conversation.lets_agent_be_heard()
    conversation.carry_out(CancelResponse())
    assert sent(conversation) == [{"type": "response.cancel", "response_id": "resp_1"}]
    assert not conversation.lets_agent_be_heard()
    assert agent_says(conversation, "item_a", "unheard") == []
    assert response_done(conversation, "cancelled") == [ResponseDone({})]
    assert conversation.lets_agent_be_heard()


def test_cancel_without_an_answer_sends_nothing(conversation: Conversation) -> None:
    conversation.carry_out(CancelResponse())
    assert sent(conversation) == []


def test_cancel_twice_is_sent_once(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.carry_out(CancelResponse())
    conversation.carry_out(CancelResponse())
    assert len(sent(conversation)) == 1


def test_each_cancellation_is_followed_by_one_done(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.carry_out(CancelResponse())
    conversation.carry_out(Respond())
    conversation.carry_out(CancelResponse())
    conversation.carry_out(Respond())
    sent(conversation)
    assert response_done(conversation, "cancelled") == [ResponseDone({}), ResponseDone({})]
    assert len(sent(conversation)) == 1


def test_a_cancelled_answer_that_fails_is_just_over(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.lets_agent_be_heard()
    conversation.carry_out(CancelResponse())
    details = {"type": "failed", "error": {"type": "server_error"}}
    assert response_done(conversation, "failed", status_details=details) == [ResponseDone({})]


def test_cancelling_too_late_is_a_notice(conversation: Conversation) -> None:
    detail = {
        "type": "invalid_request_error",
        "code": "response_cancel_not_active",
        "param": None,
    }
    assert refused(conversation, "response_cancel_not_active") == [
        EngineNotice("provider_error", detail)
    ]


def test_truncation_keeps_what_was_heard(conversation: Conversation) -> None:
    begin_answer(conversation)
    agent_says(conversation, "item_a", "We sell panels and heaters.")
    conversation.carry_out(TruncateItem("item_a", 420, "We sell"))
    assert sent(conversation) == [
        {
            "type": "conversation.item.truncate",
            "item_id": "item_a",
            "content_index": 0,
            "audio_end_ms": 420,
        }
    ]
    agent_says(conversation, "item_a", " And more.")
    response_done(conversation)
    conversation.restart(0)
    assert messages(sent(conversation)) == [("assistant", "We sell")]


def test_truncating_an_unknown_item_sends_nothing(conversation: Conversation) -> None:
    conversation.carry_out(TruncateItem("item_z", 420, "We sell"))
    assert sent(conversation) == []


# ---------------------------------------------------------------- tools


def test_a_tool_is_asked_for_and_its_answer_spoken(conversation: Conversation) -> None:
    begin_answer(conversation)
    assert ask_for_tool(conversation, "call_1") == [ToolRequested("call_1", "search", "{}")]
    usage = {"total_tokens": 7}
    assert response_done(conversation, usage=usage) == [EngineNotice("engine.usage", usage)]
    assert not conversation.quiet
    conversation.carry_out(AnswerTool("call_1", '{"years": 25}'))
    output, create = sent(conversation)
    assert output["item"]["call_id"] == "call_1"
    assert output["item"]["output"] == '{"years": 25}'
    assert create["type"] == "response.create"
    assert response_done(conversation) == [ResponseDone({})]


def test_a_tool_that_is_quick_is_spoken_about_in_the_same_turn(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    conversation.carry_out(AnswerTool("call_1", "{}"))
    assert [event["type"] for event in sent(conversation)] == ["conversation.item.create"]
    assert response_done(conversation) == []
    assert [event["type"] for event in sent(conversation)] == ["response.create"]
    assert response_done(conversation) == [ResponseDone({})]


def test_cancelling_while_a_tool_runs_is_followed_by_one_done(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    response_done(conversation)
    conversation.carry_out(CancelResponse())
    (cancel,) = sent(conversation)
    code = "response_cancel_not_active"
    assert refused(conversation, code, cancel["event_id"]) == [ResponseDone()]
    conversation.carry_out(AnswerTool("call_1", "{}"))
    assert [event["type"] for event in sent(conversation)][-1] == "response.create"
    assert response_done(conversation) == [ResponseDone({})]


def test_a_done_awaited_when_the_session_breaks_still_comes(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    response_done(conversation)
    conversation.carry_out(CancelResponse())
    assert conversation.restart(0) == [ResponseDone()]


def test_the_answer_waits_for_the_last_of_several_tools(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    ask_for_tool(conversation, "call_2")
    response_done(conversation)
    conversation.carry_out(AnswerTool("call_1", "{}"))
    assert [event["type"] for event in sent(conversation)] == ["conversation.item.create"]
    conversation.carry_out(AnswerTool("call_2", "{}"))
    assert [event["type"] for event in sent(conversation)] == [
        "conversation.item.create",
        "response.create",
    ]


def test_a_tools_answer_does_not_talk_over_the_caller(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    response_done(conversation)
    speak(conversation)
    conversation.carry_out(AnswerTool("call_1", "{}"))
    assert [event["type"] for event in sent(conversation)] == ["conversation.item.create"]
    hush(conversation)
    transcribed(conversation, "uh-huh")
    assert [event["type"] for event in sent(conversation)] == ["response.create"]


def test_the_callers_turn_takes_in_the_tools_answer(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    response_done(conversation)
    speak(conversation)
    conversation.carry_out(AnswerTool("call_1", "{}"))
    hush(conversation)
    conversation.carry_out(Respond())
    transcribed(conversation, "And the price?")
    creates = [event for event in sent(conversation) if event["type"] == "response.create"]
    assert len(creates) == 1


def test_cancelling_an_owed_answer_is_followed_by_one_done(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    ask_for_tool(conversation, "call_2")
    response_done(conversation)
    conversation.carry_out(AnswerTool("call_1", "{}"))
    sent(conversation)
    conversation.carry_out(CancelResponse())
    (cancel,) = sent(conversation)
    assert cancel["type"] == "response.cancel"
    code = "response_cancel_not_active"
    assert refused(conversation, code, cancel["event_id"]) == [ResponseDone()]


def test_a_tool_call_that_was_cut_is_not_run(conversation: Conversation) -> None:
    begin_answer(conversation)
    events = ask_for_tool(conversation, "call_1", status="incomplete", arguments='{"qu')
    assert events == [EngineNotice("tool_call_incomplete", {"name": "search"})]


def test_end_call_is_an_ending_and_answered_at_once(conversation: Conversation) -> None:
    begin_answer(conversation)
    arguments = '{"reason": "booked"}'
    events = ask_for_tool(conversation, "call_1", name="end_call", arguments=arguments)
    assert events == [AgentEnding("booked")]
    (output,) = sent(conversation)
    assert output["item"]["type"] == "function_call_output"
    response_done(conversation)
    assert conversation.quiet


# ---------------------------------------------------------------- faults


def fail(conversation: Conversation, kind: str, code: str | None = None) -> list[EngineEvent]:
    details = {"type": "failed", "error": {"type": kind, "code": code}}
    events: list[EngineEvent] = response_done(conversation, "failed", status_details=details)
    return events


def test_a_passing_fault_is_tried_once_more(conversation: Conversation) -> None:
    conversation.carry_out(Say("Hello."))
    (first,) = sent(conversation)
    detail = {"type": "server_error", "code": None}
    assert fail(conversation, "server_error") == [EngineNotice("answer_retried", detail)]
    (second,) = sent(conversation)
    assert second["response"] == first["response"]
    assert fail(conversation, "server_error") == [EngineFailed("OpenAI had a fault of its own.")]


def test_a_fault_after_audio_is_not_tried_again(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.lets_agent_be_heard()
    assert fail(conversation, "server_error") == [EngineFailed("OpenAI had a fault of its own.")]


def test_a_fault_that_stays_ends_at_once(conversation: Conversation) -> None:
    begin_answer(conversation)
    assert fail(conversation, "insufficient_quota") == [
        EngineFailed("The OpenAI account has no credit left.")
    ]


def test_a_refused_answer_ends_the_call(conversation: Conversation) -> None:
    conversation.carry_out(Respond())
    (create,) = sent(conversation)
    assert refused(conversation, "invalid_value", create["event_id"]) == [
        EngineFailed("OpenAI refused a request (invalid_value).")
    ]


def test_an_answer_refused_for_another_waits_for_it(conversation: Conversation) -> None:
    conversation.carry_out(Respond())
    (create,) = sent(conversation)
    code = "conversation_already_has_active_response"
    assert refused(conversation, code, create["event_id"]) == [EngineNotice("answer_delayed")]
    assert sent(conversation) == []
    response_done(conversation)
    assert [event["type"] for event in sent(conversation)] == ["response.create"]


def test_a_refused_api_key_ends_the_call(conversation: Conversation) -> None:
    assert refused(conversation, "invalid_api_key") == [EngineFailed("OpenAI refused the API key.")]


def test_an_expired_session_asks_to_be_replaced(conversation: Conversation) -> None:
    (notice,) = refused(conversation, "session_expired")
    assert isinstance(notice, EngineNotice)
    assert conversation.expired
    conversation.restart(0)
    assert not conversation.expired


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.output_item.added"},
        {"type": "response.output_item.done", "item": "text"},
        {"type": "input_audio_buffer.speech_started", "item_id": "i"},
        {"type": "input_audio_buffer.speech_started", "item_id": "i", "audio_start_ms": "soon"},
        {"type": "error"},
    ],
)
def test_an_event_of_another_shape_is_a_notice(
    conversation: Conversation, event: dict[str, Any]
) -> None:
    model = SERVER_EVENTS[event["type"]]
    assert conversation.understand(model.model_construct(**event)) == [
        EngineNotice("unreadable_event", {"type": event["type"]})
    ]
    assert conversation.quiet


@pytest.mark.parametrize("event", [None, [], 5, "text"])
def test_what_is_no_event_is_a_notice(conversation: Conversation, event: object) -> None:
    assert conversation.understand(event) == [EngineNotice("unreadable_event", {"type": ""})]


def test_unknown_events_mean_nothing(conversation: Conversation) -> None:
    assert tell(conversation, "rate_limits.updated", rate_limits=[]) == []


def test_a_done_without_a_response_still_ends_the_answer(conversation: Conversation) -> None:
    begin_answer(conversation)
    event = SERVER_EVENTS["response.done"].model_construct(type="response.done")
    assert conversation.understand(event) == [ResponseDone({})]
    assert conversation.quiet


# ---------------------------------------------------------------- another session takes over


def test_a_new_session_is_told_the_whole_conversation(conversation: Conversation) -> None:
    conversation.carry_out(Instruct("Offer ten percent."))
    caller_said(conversation, "How long is the warranty?")
    sent(conversation)
    begin_answer(conversation)
    agent_says(conversation, "item_a", "Twenty-five years.")
    ask_for_tool(conversation, "call_1")
    response_done(conversation)
    conversation.carry_out(AnswerTool("call_1", '{"found": 1}'))
    response_done(conversation)
    sent(conversation)
    assert conversation.restart(0) == []
    replayed = sent(conversation)
    assert messages(replayed) == [
        ("system", "Offer ten percent."),
        ("user", "How long is the warranty?"),
        ("assistant", "Twenty-five years."),
    ]
    calls = [event["item"] for event in replayed if "call_id" in event["item"]]
    assert [(item["type"], item["call_id"]) for item in calls] == [
        ("function_call", "call_1"),
        ("function_call_output", "call_1"),
    ]


def test_history_is_told_to_the_first_session() -> None:
    history = (Line("caller", "Hello?"), Line("agent", "Good day."))
    conversation = Conversation(PROMPT, history)
    conversation.restart(0)
    assert messages(sent(conversation)) == [("user", "Hello?"), ("assistant", "Good day.")]


def test_the_callers_clock_goes_on_over_sessions(conversation: Conversation) -> None:
    for _ in range(100):
        conversation.heard(FRAME)
    conversation.restart(resent_ms=500)
    assert speak(conversation, at_ms=700) == [SpeechStarted("item_c", 2_200)]


def test_a_carried_item_is_cut_by_writing_it_anew(conversation: Conversation) -> None:
    caller_said(conversation, "Hello")
    begin_answer(conversation)
    agent_says(conversation, "item_a", "We sell panels and heaters.")
    response_done(conversation)
    conversation.restart(0)
    sent(conversation)
    conversation.carry_out(TruncateItem("item_a", 420, "We sell"))
    delete, create = sent(conversation)
    assert delete == {"type": "conversation.item.delete", "item_id": "item_a"}
    assert create["previous_item_id"] == "item_c"
    assert messages([create]) == [("assistant", "We sell")]


def test_a_carried_item_of_which_nothing_was_heard_is_deleted(conversation: Conversation) -> None:
    begin_answer(conversation)
    agent_says(conversation, "item_a", "We sell panels.")
    response_done(conversation)
    conversation.restart(0)
    sent(conversation)
    conversation.carry_out(TruncateItem("item_a", 0, ""))
    assert [event["type"] for event in sent(conversation)] == ["conversation.item.delete"]


def test_an_answer_that_broke_off_is_carried_on(conversation: Conversation) -> None:
    begin_answer(conversation)
    agent_says(conversation, "item_a", "We sell panels and")
    conversation.lets_agent_be_heard()
    assert conversation.restart(0) == [AgentItemDone("item_a")]
    told, create = sent(conversation)
    assert messages([told]) == [("assistant", "We sell panels and")]
    assert protocol.CARRY_ON_INSTRUCTIONS in create["response"]["instructions"]
    assert create["response"]["instructions"].startswith(PROMPT)


def test_an_answer_that_broke_off_at_a_tool_waits_for_it(conversation: Conversation) -> None:
    begin_answer(conversation)
    ask_for_tool(conversation, "call_1")
    assert conversation.restart(0) == [AgentItemDone("item_a")]
    assert [event["item"]["type"] for event in sent(conversation)] == ["function_call"]
    conversation.carry_out(AnswerTool("call_1", "{}"))
    assert [event["type"] for event in sent(conversation)][-1] == "response.create"


def test_an_answer_not_yet_heard_is_asked_for_again(conversation: Conversation) -> None:
    conversation.carry_out(Say("Hello."))
    (first,) = sent(conversation)
    assert conversation.restart(0) == []
    (again,) = sent(conversation)
    assert again["response"] == first["response"]


def test_words_lost_before_the_answer_are_asked_for_again(conversation: Conversation) -> None:
    speak(conversation)
    hush(conversation)
    conversation.carry_out(Respond())
    sent(conversation)
    assert conversation.restart(0) == [CallerFinal("item_c", "")]
    (create,) = sent(conversation)
    assert protocol.ASK_AGAIN_INSTRUCTIONS in create["response"]["instructions"]


def test_a_break_while_the_caller_speaks_ends_their_turn(conversation: Conversation) -> None:
    conversation.heard(FRAME)
    speak(conversation)
    assert conversation.restart(0) == [SpeechStopped("item_c", 20), CallerFinal("item_c", "")]
    conversation.carry_out(Respond())
    (create,) = sent(conversation)
    assert protocol.ASK_AGAIN_INSTRUCTIONS in create["response"]["instructions"]
    response_done(conversation)
    conversation.carry_out(Respond())
    assert sent(conversation)[0]["response"] == {}


def test_a_break_during_barge_in_leaves_the_floor_to_the_caller(
    conversation: Conversation,
) -> None:
    begin_answer(conversation)
    conversation.lets_agent_be_heard()
    speak(conversation)
    assert conversation.restart(0) == [
        AgentItemDone("item_a"),
        ResponseDone({}),
        SpeechStopped("item_c", 0),
        CallerFinal("item_c", ""),
    ]
    assert sent(conversation) == []


def test_a_cancelled_answer_is_over_with_its_session(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.carry_out(CancelResponse())
    assert conversation.restart(0) == [AgentItemDone("item_a"), ResponseDone({})]
    assert sent(conversation) == []
    assert conversation.quiet


def test_a_line_that_waits_is_said_on_the_new_session(conversation: Conversation) -> None:
    begin_answer(conversation)
    conversation.carry_out(CancelResponse())
    conversation.carry_out(Say("One moment."))
    conversation.restart(0)
    (create,) = sent(conversation)
    assert protocol.line_to_say(create["response"]["instructions"]) == "One moment."
