"""Tables: what happens on a call, and exactly what is to be done about it."""

import base64
from collections.abc import Iterable
from dataclasses import replace

import pytest

from calls.live import session as rules
from calls.live.events import (
    AgentAudio,
    AgentEnding,
    AgentItemDone,
    AgentText,
    AnswerTool,
    CallerAudio,
    CallerFinal,
    CallerInterim,
    CancelResponse,
    ClearPlayback,
    Command,
    DigitPressed,
    EngineFailed,
    EngineNotice,
    Event,
    Hangup,
    HangupRequested,
    HearCaller,
    Instruct,
    InstructRequested,
    MarkPlayed,
    PassDigits,
    PauseRequested,
    PlayAudio,
    Rebrief,
    RecordEvent,
    RecordInterim,
    RecordUtterance,
    Respond,
    ResponseDone,
    ResumeRequested,
    RunTool,
    Say,
    SayRequested,
    SendMark,
    Speaker,
    SpeechStarted,
    SpeechStopped,
    StartTimer,
    StopTimer,
    StreamLost,
    StreamStarted,
    StreamStopped,
    TimerFired,
    ToolAnswered,
    ToolRequested,
    TruncateItem,
)
from calls.live.profile import CallProfile, Line
from calls.live.session import CallSession
from calls.live.turns import TRANSCRIPT_WAIT_MS, UNDECIDED_MS
from salesdesk.lib.sources import Sources

GREETING = "Hello, how can I help?"
PROFILE = CallProfile(
    call_id="abc", business_name="Bright", engine="cascade", greeting=GREETING, prompt="Sell."
)
START = StreamStarted("MZ1", "CA1")


def audio(ms: int) -> str:
    return base64.b64encode(b"\x7f" * (ms * 8)).decode()


def clock(ms: int) -> CallerAudio:
    return CallerAudio("fw==", ms)


def play(session: CallSession, events: Iterable[Event]) -> list[Command]:
    """The commands of the last event."""
    commands: list[Command] = []
    for event in events:
        commands = session.handle(event)
    return commands


def said(item: str, text: str, ms: int) -> list[Event]:
    return [AgentText(item, text, aligned=True), AgentAudio(item, audio(ms)), AgentItemDone(item)]


def in_conversation(profile: CallProfile = PROFILE) -> CallSession:
    """A session whose greeting (one second) was heard; it is second 1 of the call."""
    session = CallSession(profile)
    play(session, [START, *said("greeting", GREETING, 1_000), ResponseDone(), clock(1_000)])
    play(session, [MarkPlayed("0.1000")])
    return session


def answering(ms: int = 4_000) -> CallSession:
    """At second 3 the agent begins an answer of four seconds, all of which was sent."""
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), clock(3_000), SpeechStopped("c1", 2_500)])
    play(session, [CallerFinal("c1", "How much is it?", 0.9)])
    play(
        session,
        [
            AgentText("a1", "That depends on the roof. ", aligned=True),
            AgentAudio("a1", audio(ms // 2)),
            AgentText("a1", "Most homes pay twenty thousand.", aligned=True),
            AgentAudio("a1", audio(ms // 2)),
            AgentItemDone("a1"),
            ResponseDone(),
        ],
    )
    return session


# ---------------------------------------------------------------- beginning


def test_an_inbound_call_is_greeted_at_once() -> None:
    assert CallSession(PROFILE).handle(START) == [
        StartTimer("longest", 1_800_000),
        StopTimer("greet"),
        StopTimer("no_input"),
        Say(GREETING),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
    ]


def test_on_an_outbound_call_the_other_side_speaks_first() -> None:
    session = CallSession(replace(PROFILE, direction="outbound"))
    assert session.handle(START) == [
        StartTimer("longest", 1_800_000),
        StartTimer("greet", rules.GREET_AFTER_MS),
    ]
    play(session, [clock(600), SpeechStarted("c1", 500), clock(1_400)])
    assert session.handle(SpeechStopped("c1", 1_300)) == [
        StopTimer("greet"),
        StopTimer("no_input"),
        Say(GREETING),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
    ]


def test_who_says_nothing_on_an_outbound_call_is_greeted_after_a_moment() -> None:
    session = CallSession(replace(PROFILE, direction="outbound"))
    session.handle(START)
    assert Say(GREETING) in session.handle(TimerFired("greet"))


def test_a_call_that_is_taken_up_again_is_not_greeted_again() -> None:
    profile = replace(PROFILE, history=(Line("agent", GREETING),), next_sequence=2)
    assert CallSession(profile).handle(START) == [
        StartTimer("longest", 1_800_000),
        StartTimer("no_input", 15_000),
    ]


def test_the_callers_audio_goes_through_as_it_came() -> None:
    assert in_conversation().handle(CallerAudio("f39/", 1_020)) == [HearCaller("f39/")]


# ---------------------------------------------------------------- a turn


def test_the_agents_words_are_settled_when_the_caller_has_heard_them() -> None:
    session = CallSession(PROFILE)
    play(session, [START, AgentText("g", GREETING)])
    assert session.handle(AgentAudio("g", audio(1_000))) == [
        PlayAudio(audio(1_000)),
        SendMark("0.1000"),
        StopTimer("answer"),
    ]
    play(session, [AgentItemDone("g"), ResponseDone(), clock(980)])
    assert session.handle(MarkPlayed("0.1000")) == [
        RecordUtterance(1, Speaker.AGENT, GREETING, 0, 1_000),
        StartTimer("no_input", 15_000),
    ]


def test_the_end_of_an_item_is_marked_even_when_it_is_short() -> None:
    session = CallSession(PROFILE)
    play(session, [START, AgentText("g", "Hi"), AgentAudio("g", audio(100))])
    assert session.handle(AgentItemDone("g")) == [SendMark("0.100")]


def test_the_end_of_the_callers_turn_asks_for_an_answer() -> None:
    session = in_conversation()
    assert session.handle(SpeechStarted("c1", 1_200)) == [StopTimer("no_input"), StopTimer("greet")]
    play(session, [clock(3_000)])
    assert session.handle(SpeechStopped("c1", 2_500)) == [
        Respond(),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
    ]
    assert session.handle(CallerInterim("c1", "How much")) == [
        RecordInterim(2, Speaker.CALLER, "How much")
    ]
    assert session.handle(CallerFinal("c1", "How much is it?", 0.9)) == [
        RecordUtterance(2, Speaker.CALLER, "How much is it?", 1_200, 2_500, confidence=0.9)
    ]


def test_the_answer_says_how_long_the_caller_waited_for_it() -> None:
    session = answering()
    play(session, [clock(7_000)])
    records = [c for c in session.handle(MarkPlayed("0.5000")) if isinstance(c, RecordUtterance)]
    assert records == [
        RecordUtterance(
            3,
            Speaker.AGENT,
            "That depends on the roof. Most homes pay twenty thousand.",
            3_000,
            7_000,
            metadata={"answered_after_ms": 500},
        )
    ]


def test_a_caller_who_goes_on_before_the_answer_cancels_it() -> None:
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), clock(2_000), SpeechStopped("c1", 1_900)])
    assert session.handle(SpeechStarted("c2", 2_100)) == [
        StopTimer("no_input"),
        StopTimer("greet"),
        StopTimer("answer"),
        CancelResponse(),
    ]
    assert play(session, [*said("late", "No.", 500)]) == []
    assert session.handle(ResponseDone()) == []
    assert Respond() in session.handle(SpeechStopped("c2", 3_000))
    assert PlayAudio(audio(500)) in session.handle(AgentAudio("a2", audio(500)))


def test_noise_leaves_no_utterance_and_takes_back_what_was_shown() -> None:
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), SpeechStopped("c1", 1_500)])
    assert session.handle(CallerFinal("c1", "")) == [RecordInterim(2, Speaker.CALLER, "")]
    assert session.handle(ResponseDone()) == [
        StopTimer("answer"),
        StartTimer("no_input", 15_000),
    ]


# ---------------------------------------------------------------- barge-in


def test_barge_in_silences_the_agent_at_once() -> None:
    session = answering()
    play(session, [clock(4_500)])
    assert session.handle(SpeechStarted("c2", 4_480)) == [
        StopTimer("no_input"),
        StopTimer("greet"),
        ClearPlayback(),
        StartTimer("overlap", UNDECIDED_MS),
    ]


def test_barge_in_truncates_to_heard_audio_and_cuts_the_words() -> None:
    session = answering()
    play(session, [clock(5_600), SpeechStarted("c2", 5_580), clock(7_000)])
    assert session.handle(SpeechStopped("c2", 6_900)) == [
        StopTimer("overlap"),
        RecordUtterance(
            3,
            Speaker.AGENT,
            "That depends on the roof. Most",
            3_000,
            5_600,
            interrupted=True,
            metadata={
                "answered_after_ms": 500,
                "full_text": "That depends on the roof. Most homes pay twenty thousand.",
            },
        ),
        TruncateItem("a1", 2_600, "That depends on the roof. Most"),
        Respond(),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
    ]


def test_barge_in_while_the_answer_is_still_made_cancels_it() -> None:
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), clock(2_000), SpeechStopped("c1", 1_900)])
    play(session, [AgentText("a1", "Well, "), AgentAudio("a1", audio(800)), clock(2_300)])
    play(session, [SpeechStarted("c2", 2_280), clock(4_000)])
    commands = session.handle(SpeechStopped("c2", 3_900))
    assert commands[:3] == [StopTimer("overlap"), StopTimer("answer"), CancelResponse()]
    assert session.handle(AgentAudio("a1", audio(800))) == []


def test_words_that_want_the_floor_decide_before_the_caller_is_done() -> None:
    session = answering()
    play(session, [clock(4_500), SpeechStarted("c2", 4_480)])
    commands = session.handle(CallerInterim("c2", "Wait, stop."))
    assert [type(command) for command in commands] == [
        RecordInterim,
        StopTimer,
        RecordUtterance,
        TruncateItem,
    ]


def test_a_back_channel_does_not_stop_the_agent() -> None:
    session = answering()
    play(session, [clock(4_500), SpeechStarted("c2", 4_480), clock(5_500)])
    assert session.handle(SpeechStopped("c2", 4_900)) == [StartTimer("overlap", TRANSCRIPT_WAIT_MS)]
    assert session.handle(CallerFinal("c2", "Uh-huh.", 0.8)) == [
        StopTimer("overlap"),
        PlayAudio(audio(500)),
        SendMark("1.3000"),
        PlayAudio(audio(2_000)),
        SendMark("1.5000"),
        RecordUtterance(
            4,
            Speaker.CALLER,
            "Uh-huh.",
            4_480,
            4_900,
            confidence=0.8,
            metadata={"backchannel": True},
        ),
    ]
    play(session, [clock(8_000)])
    settled = session.handle(MarkPlayed("1.5000"))
    assert isinstance(settled[0], RecordUtterance)
    assert not settled[0].interrupted


def test_audio_made_during_a_back_channel_is_played_after_it() -> None:
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), clock(2_000), SpeechStopped("c1", 1_900)])
    play(session, [AgentText("a1", "One. "), AgentAudio("a1", audio(400)), clock(2_200)])
    play(session, [SpeechStarted("c2", 2_180), clock(2_600), SpeechStopped("c2", 2_500)])
    assert session.handle(AgentAudio("a1", audio(600))) == []
    commands = session.handle(CallerFinal("c2", "yeah"))
    played = [command.payload for command in commands if isinstance(command, PlayAudio)]
    assert played == [audio(200), audio(600)]


def test_an_overlap_whose_words_do_not_come_is_an_interruption() -> None:
    session = answering()
    play(session, [clock(4_500), SpeechStarted("c2", 4_480), SpeechStopped("c2", 4_900)])
    commands = session.handle(TimerFired("overlap"))
    assert [type(command) for command in commands] == [
        StopTimer,
        RecordUtterance,
        TruncateItem,
        Respond,
        StartTimer,
    ]


def test_an_answer_of_which_nothing_was_heard_leaves_no_utterance() -> None:
    session = answering()
    play(session, [SpeechStarted("c2", 3_000), clock(5_000)])
    commands = session.handle(SpeechStopped("c2", 4_900))
    assert RecordInterim(3, Speaker.AGENT, "") in commands
    assert TruncateItem("a1", 0, "") in commands


def test_who_speaks_right_after_the_answer_does_not_interrupt_it() -> None:
    session = answering()
    play(session, [clock(7_100)])
    commands = session.handle(SpeechStarted("c2", 7_050))
    assert ClearPlayback() not in commands
    assert [c.interrupted for c in commands if isinstance(c, RecordUtterance)] == [False]


# ---------------------------------------------------------------- silence and endings


def test_a_silent_caller_is_asked_twice_and_then_let_go() -> None:
    session = in_conversation()
    for number, sentence in enumerate(rules.REASKS):
        assert Say(sentence) in session.handle(TimerFired("no_input"))
        play(session, [*said(f"r{number}", sentence, 1_000), ResponseDone()])
        play(session, [clock(2_000 + 1_000 * number)])
        heard = session.handle(MarkPlayed(f"0.{2_000 + 1_000 * number}"))
        assert StartTimer("no_input", 15_000) in heard
    assert Say(rules.NOBODY_THERE) in session.handle(TimerFired("no_input"))
    play(session, [*said("bye", rules.NOBODY_THERE, 1_000), ResponseDone(), clock(5_000)])
    assert session.handle(MarkPlayed("0.4000"))[-1] == Hangup("no_input")


def test_words_begin_the_count_of_silences_anew() -> None:
    session = in_conversation()
    play(session, [TimerFired("no_input"), ResponseDone(), TimerFired("no_input"), ResponseDone()])
    play(session, [SpeechStarted("c1", 1_500), SpeechStopped("c1", 2_000)])
    play(session, [CallerFinal("c1", "I am here"), ResponseDone()])
    assert Say(rules.STILL_THERE) in session.handle(TimerFired("no_input"))


def test_the_agents_goodbye_is_heard_before_the_call_ends() -> None:
    session = answering()
    assert session.handle(AgentEnding("done")) == [StartTimer("goodbye", rules.GOODBYE_WITHIN_MS)]
    play(session, [clock(7_000)])
    assert session.handle(MarkPlayed("0.5000"))[-1] == Hangup("agent_goodbye")
    assert session.is_over


def test_a_question_into_the_goodbye_keeps_the_call() -> None:
    session = answering()
    play(session, [AgentEnding("done"), clock(4_000), SpeechStarted("c2", 3_900), clock(6_000)])
    commands = session.handle(SpeechStopped("c2", 5_900))
    assert StopTimer("goodbye") in commands
    assert Respond() in commands


def test_the_longest_call_ends_with_a_sentence() -> None:
    session = answering()
    commands = session.handle(TimerFired("longest"))
    assert commands[0] == ClearPlayback()
    assert Say(rules.TOO_LONG) in commands
    assert session.handle(TimerFired("goodbye")) == [Hangup("too_long")]


def test_a_broken_engine_ends_the_call_with_its_error() -> None:
    session = answering()
    play(session, [clock(3_500)])
    commands = session.handle(EngineFailed("OpenAI is out of order."))
    assert commands[-1] == Hangup("engine_failed", "OpenAI is out of order.")
    assert isinstance(commands[0], RecordUtterance)
    assert commands[0].interrupted


def test_an_engine_that_does_not_answer_has_failed() -> None:
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), SpeechStopped("c1", 1_900)])
    assert isinstance(session.handle(TimerFired("answer"))[-1], Hangup)


def test_a_caller_who_hangs_up_heard_only_so_much() -> None:
    session = answering()
    play(session, [clock(5_000)])
    commands = session.handle(StreamStopped())
    assert [c.text for c in commands if isinstance(c, RecordUtterance)] == [
        "That depends on the roof."
    ]
    assert commands[-1] == Hangup("caller_hung_up")
    assert session.handle(clock(5_020)) == []


def test_a_lost_stream_is_an_error() -> None:
    assert in_conversation().handle(StreamLost("broken off")) == [
        Hangup("media_failed", "broken off")
    ]


# ---------------------------------------------------------------- supervisors, keys, tools


def test_a_managers_line_takes_the_floor() -> None:
    session = answering()
    play(session, [clock(5_000)])
    commands = session.handle(SayRequested("One moment, please."))
    assert commands[0] == ClearPlayback()
    assert commands[-2:] == [
        Say("One moment, please."),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
    ]


def test_who_speaks_into_a_managers_line_is_answered_after_it_and_may_interrupt_that() -> None:
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), SayRequested("One moment, please.")])
    play(session, [*said("a1", "One moment, please.", 1_000)[:-1], clock(2_400)])
    assert session.handle(SpeechStopped("c1", 1_900)) == []
    assert Respond() in session.handle(ResponseDone())
    play(session, [AgentText("a2", "It costs a lot."), AgentAudio("a2", audio(4_000))])
    interrupted = play(
        session, [SpeechStarted("c2", 2_500), CallerInterim("c2", "Wait, please stop now")]
    )
    assert CancelResponse() in interrupted


def test_an_agent_paused_before_its_first_word_greets_when_it_is_resumed() -> None:
    session = CallSession(PROFILE, paused=True)
    assert Say(GREETING) not in play(session, [StreamStarted("MZ1", "CA1")])
    assert Say(GREETING) in session.handle(ResumeRequested())


def test_an_instruction_goes_to_the_agent_only() -> None:
    assert in_conversation().handle(InstructRequested("Offer a discount")) == [
        Instruct("Offer a discount")
    ]


def test_a_paused_agent_answers_when_it_is_resumed() -> None:
    session = in_conversation()
    assert StopTimer("no_input") in session.handle(PauseRequested())
    play(session, [SpeechStarted("c1", 1_200), clock(2_000)])
    assert session.handle(SpeechStopped("c1", 1_900)) == []
    assert Respond() in session.handle(ResumeRequested())


def test_pausing_an_answer_under_way_takes_it_up_on_resume() -> None:
    session = in_conversation()
    play(session, [SpeechStarted("c1", 1_200), clock(2_000), SpeechStopped("c1", 1_900)])
    assert CancelResponse() in session.handle(PauseRequested())
    play(session, [ResponseDone()])
    assert Respond() in session.handle(ResumeRequested())


def test_a_manager_can_hang_up() -> None:
    assert in_conversation().handle(HangupRequested("ended_by_manager")) == [
        Hangup("ended_by_manager")
    ]


def test_keys_reach_the_transcript_and_the_agent_together() -> None:
    session = in_conversation()
    play(session, [DigitPressed("1")])
    assert session.handle(DigitPressed("2")) == [
        StopTimer("no_input"),
        StartTimer("digits", rules.DIGITS_PAUSE_MS),
    ]
    assert session.handle(TimerFired("digits")) == [
        StopTimer("overlap"),
        RecordUtterance(
            2, Speaker.CALLER, "[pressed 1 2]", 1_000, 1_000, metadata={"digits": "12"}
        ),
        PassDigits("12"),
        Respond(),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
    ]


def test_a_tool_is_run_and_its_answer_goes_back() -> None:
    session = in_conversation()
    assert session.handle(ToolRequested("t1", "find_slots", "{}")) == [
        RunTool("t1", "find_slots", "{}"),
        StartTimer("filler", rules.FILLER_AFTER_MS),
    ]
    assert session.handle(ToolAnswered("t1", "none")) == [
        StopTimer("filler"),
        AnswerTool("t1", "none"),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
    ]


def test_who_waits_for_a_slow_tool_hears_that_it_takes_a_moment() -> None:
    session = in_conversation()
    play(session, [ToolRequested("t1", "find_slots", "{}")])
    assert Say(rules.FILLER) in session.handle(TimerFired("filler"))


@pytest.mark.parametrize(
    "meanwhile",
    [
        [ToolAnswered("t1", "none")],
        [SpeechStarted("u1", 100)],
        [PauseRequested()],
    ],
)
def test_nothing_fills_a_silence_that_is_none(meanwhile: list[Event]) -> None:
    session = in_conversation()
    play(session, [ToolRequested("t1", "find_slots", "{}"), *meanwhile])
    assert Say(rules.FILLER) not in session.handle(TimerFired("filler"))


def test_another_agent_is_briefed_before_it_reads_the_answer() -> None:
    session = in_conversation()
    rebrief = Rebrief("You book visits.", ())
    play(session, [ToolRequested("t1", "hand_over", "{}")])
    commands = session.handle(ToolAnswered("t1", "ok", rebrief=rebrief))
    assert commands.index(rebrief) < commands.index(AnswerTool("t1", "ok"))


PANELS = {"passage": "p1", "document": "d1", "sentence": "Panels have 25 years."}
LABOR = {"passage": "p2", "document": "d1", "sentence": "Labor is free for ten."}
COST = {"retrieval_ms": 40, "waited_ms": 0, "prefetched": True}


def found(*citations: dict[str, str]) -> Sources:
    return Sources(citations, retrieval_ms=40, waited_ms=0, prefetched=True)


def test_what_a_tool_found_is_cited_by_what_the_agent_says_next_and_only_by_that() -> None:
    session = in_conversation()
    play(session, [ToolRequested("t1", "search_knowledge", "{}")])
    play(session, [ToolAnswered("t1", "25 years", found(PANELS))])
    first = heard_out(session, said("a1", "Panels have 25 years.", 400))
    second = heard_out(session, said("a2", "Anything else?", 400))
    assert first.metadata == {"citations": [PANELS], **COST}
    assert second.metadata == {}


def heard_out(session: CallSession, events: Iterable[Event]) -> RecordUtterance:
    """What is recorded when the caller has heard all that these events have the agent say."""
    commands = [command for event in events for command in session.handle(event)]
    marks = [command.name for command in commands if isinstance(command, SendMark)]
    records = [command for mark in marks for command in session.handle(MarkPlayed(mark))]
    return next(record for record in records if isinstance(record, RecordUtterance))


QUOTED: list[Event] = [
    AgentText("a1", "Panels have 25 years.", aligned=True, sources=found(PANELS)),
    AgentAudio("a1", audio(2_000)),
    AgentText("a1", " Labor is free for ten.", aligned=True, sources=found(LABOR)),
    AgentAudio("a1", audio(2_000)),
    AgentItemDone("a1"),
]


def test_sentences_are_stored_with_what_they_were_taken_from() -> None:
    assert heard_out(in_conversation(), QUOTED) == RecordUtterance(
        2,
        Speaker.AGENT,
        "Panels have 25 years. Labor is free for ten.",
        1_000,
        5_000,
        metadata={"citations": [PANELS, LABOR], **COST},
    )


def test_a_sentence_that_was_not_heard_is_not_cited() -> None:
    session = in_conversation()
    play(session, [*QUOTED, clock(2_500), SpeechStarted("c1", 2_400)])
    recorded = play(session, [CallerInterim("c1", "Wait, stop, I have a question about that")])
    utterance = next(each for each in recorded if isinstance(each, RecordUtterance))
    assert utterance.metadata["citations"] == [PANELS]


def test_the_engines_notices_and_usage_are_kept() -> None:
    session = in_conversation()
    assert session.handle(EngineNotice("engine.rollover", {"after": 5})) == [
        RecordEvent("engine.rollover", {"after": 5})
    ]
    assert RecordEvent("engine.usage", {"total_tokens": 9}) in session.handle(
        ResponseDone({"total_tokens": 9})
    )
