"""Answering machines: known by their words or by the carrier, told one message, never talked to."""

from dataclasses import replace

import pytest

from calls.live import session as rules
from calls.live.events import (
    AgentEnding,
    AnsweredBy,
    CallerFinal,
    CallerInterim,
    CancelResponse,
    ClearPlayback,
    Command,
    Event,
    Hangup,
    MarkPlayed,
    PauseRequested,
    PickedUp,
    RecordEvent,
    Respond,
    ResponseDone,
    Say,
    SpeechStarted,
    SpeechStopped,
    StartTimer,
    StopTimer,
    StreamStopped,
    TimerFired,
    ToolAnswered,
)
from calls.live.machines import FarEnd, is_machine
from calls.live.profile import CallProfile
from calls.live.session import CallSession
from calls.tests.live.test_session import PROFILE, START, clock, play, said

MESSAGE = "This is Bright. Call us at 4 1 5."
OUTBOUND = replace(PROFILE, direction="outbound")
LEAVES = replace(OUTBOUND, machine_message=MESSAGE)
GREETING = "You have reached the voicemail of Daniel. Please leave a message after the tone."
LEFT = RecordEvent("machine.message")


def found(by: str) -> RecordEvent:
    return RecordEvent("call.answered_by", {"answered_by": "machine", "by": by})


def greets(text: str = GREETING, ms: int = 6_000) -> list[Event]:
    """A greeting that begins half a second after the answer."""
    return [
        START,
        clock(600),
        SpeechStarted("c1", 500),
        clock(500 + ms),
        SpeechStopped("c1", 500 + ms),
        CallerFinal("c1", text),
    ]


def said_by(commands: list[Command]) -> list[str]:
    return [each.text for each in commands if isinstance(each, Say)]


def all_of(session: CallSession, events: list[Event]) -> list[Command]:
    return [command for event in events for command in session.handle(event)]


def answered(profile: CallProfile) -> CallSession:
    """Somebody has heard the agent, and answered; it is second 4 of the call."""
    session = CallSession(profile)
    play(session, greets("Hello?", ms=500))
    play(session, [*said("g", PROFILE.greeting, 1_000), ResponseDone(), clock(3_000)])
    play(session, [MarkPlayed("0.1000"), SpeechStarted("c2", 3_200), SpeechStopped("c2", 4_000)])
    play(session, [CallerFinal("c2", "Yes, this is a good moment.")])
    return session


# ---------------------------------------------------------------- by the words


MACHINES = """\
Hello, you have reached the voicemail of Daniel Reed. I can't come to the phone right now.
Please leave a message after the tone.
Please leave your message after the beep
At the tone, please record your message. When you have finished recording, you may hang up.
The mailbox is full and cannot accept any messages at this time. Goodbye.
Your call has been forwarded to an automated voice messaging system.
The person you are trying to reach is not available.
The wireless customer you are calling is not available. Please try again later.
I'm sorry, but the person you called has a voice mail box that has not been set up yet. Goodbye.
Hi, this is Dan. I'm not available right now. Leave your name and number and I'll get back to you.
Hey it's Kate, I missed your call, leave me a message and I'll call you back.
You've reached Miller Roofing. Please leave a message and we will get back to you.
Sorry I can't take your call right now, please leave a brief message.
Hi this is Bob please leave a message
Hello. I’m unable to come to the phone, so leave a message at the tone."""
PEOPLE = """\
Hello?
I left a message on your voicemail.
Did you leave a message after the tone?
I'm not available right now, can you call me later?
She's not in right now. Would you like to leave a message?
You can leave a message with me.
I have a question about my phone bill.
My voicemail is full, sorry about that.
I got your voicemail, you reached my mailbox yesterday.
Just leave a message with my assistant.
I can't take your call right now, call me tomorrow.
He can't come to the phone right now, this is his wife.
You have reached the wrong person.
I am not a machine, please leave me alone.
Take my number off your list and don't leave messages.
You have reached Miller Roofing, this is Jane, how can I help you?
The number you have is wrong, this is not Daniel.
Can I take a message?
I'll let him know you called, leave your number please?
I only get voicemail when I call you people.
My husband is the person you're calling for, hold on.
He's at work. Please leave a message with me.
The person you're calling for is at work.
The person you are calling is my husband.
The number you called is the office.
I'm not available right now, just leave your number."""
POLITE = """\
The person you are trying to reach is not available.
Sorry I can't take your call right now, please leave a brief message.
Please leave a message."""


@pytest.mark.parametrize("text", MACHINES.splitlines())
def test_a_machine_is_known_by_its_words(text: str) -> None:
    assert is_machine(text)


@pytest.mark.parametrize("text", PEOPLE.splitlines())
def test_a_person_who_speaks_of_messages_is_no_machine(text: str) -> None:
    assert not is_machine(text)


@pytest.mark.parametrize("text", POLITE.splitlines())
def test_who_has_answered_the_agent_may_be_formal(text: str) -> None:
    assert is_machine(text) and not is_machine(text, surely=True)


def test_a_greeting_with_pauses_is_read_as_one() -> None:
    far_end = FarEnd(was_called=True)
    for part in ("Hi, it's Dan.", "I can't come to the phone."):
        assert not far_end.sounds_like_machine(part, 3_000)
        far_end.has_said(part, into_agent=False)
    assert far_end.sounds_like_machine("So leave a message.", 6_000)
    assert not far_end.sounds_like_machine("So leave a message.", 61_000)


def test_who_calls_us_is_no_machine() -> None:
    far_end = FarEnd(was_called=False)
    assert not far_end.sounds_like_machine("Please leave a message after the tone.", 3_000)
    assert not far_end.is_long_hello(9_000)


# ---------------------------------------------------------------- in the session


def test_a_machine_that_greets_is_not_greeted_back() -> None:
    session = CallSession(LEAVES)
    commands = all_of(session, greets())
    assert said_by(commands) == []
    assert found("words") in commands
    assert commands[-1] == StartTimer("beep", rules.GREETING_OVER_MS)


def test_the_message_is_said_once_when_the_greeting_is_over_and_the_call_ends() -> None:
    session = CallSession(LEAVES)
    play(session, greets())
    assert play(session, [TimerFired("beep")]) == [
        StopTimer("beep"),
        StopTimer("greeting"),
        StopTimer("no_input"),
        Say(MESSAGE),
        StartTimer("answer", rules.ANSWER_WITHIN_MS),
        StartTimer("goodbye", rules.MESSAGE_WITHIN_MS),
    ]
    assert session.handle(TimerFired("beep")) == []
    play(session, [*said("m1", MESSAGE, 3_000), ResponseDone(), clock(12_000)])
    commands = session.handle(MarkPlayed("0.3000"))
    assert LEFT in commands
    assert commands[-1] == Hangup("machine")


def test_a_machine_that_hangs_up_before_the_message_was_left_none() -> None:
    session = CallSession(LEAVES)
    play(session, [*greets(), TimerFired("beep")])
    assert session.handle(StreamStopped()) == [Hangup("machine")]


def test_a_greeting_that_goes_on_is_waited_for() -> None:
    session = CallSession(LEAVES)
    play(session, greets())
    assert StopTimer("beep") in session.handle(SpeechStarted("c2", 7_000))
    assert session.handle(TimerFired("no_input")) == []
    assert play(session, [SpeechStopped("c2", 8_000)]) == [
        StartTimer("beep", rules.GREETING_OVER_MS)
    ]


def test_what_the_machine_says_does_not_interrupt_the_message() -> None:
    session = CallSession(LEAVES)
    play(session, [*greets(), TimerFired("beep"), *said("m1", MESSAGE, 3_000), clock(11_000)])
    commands = all_of(
        session,
        [SpeechStarted("c2", 11_000), SpeechStopped("c2", 11_400), CallerFinal("c2", "Beep.")],
    )
    assert not [each for each in commands if isinstance(each, ClearPlayback | Respond | Say)]


def test_a_machine_that_is_told_nothing_is_hung_up_on() -> None:
    session = CallSession(OUTBOUND)
    assert play(session, greets())[-1] == Hangup("machine")


def test_the_agent_that_has_begun_falls_silent() -> None:
    """The machine paused after its name, and the agent took it for a person."""
    session = CallSession(LEAVES)
    play(session, greets("Hi, this is Dan.", ms=1_200))
    play(session, [*said("g", "Hello, this is Bright.", 2_000), clock(2_500)])
    commands = all_of(session, [SpeechStarted("c2", 2_500), CallerInterim("c2", GREETING)])
    assert ClearPlayback() in commands
    assert CancelResponse() in commands
    assert found("words") in commands
    commands = all_of(session, [SpeechStopped("c2", 8_000), CallerFinal("c2", GREETING)])
    assert StartTimer("beep", rules.GREETING_OVER_MS) in commands
    assert said_by(commands) == []


def test_a_tone_is_enough_before_the_sentence_ends() -> None:
    session = CallSession(LEAVES)
    play(session, greets()[:3])
    assert found("words") in session.handle(CallerInterim("c1", GREETING))


def test_half_a_sentence_makes_nobody_a_machine() -> None:
    session = CallSession(OUTBOUND)
    play(session, greets()[:3])
    heard = "He's at work. Please leave a message"
    assert Hangup("machine") not in session.handle(CallerInterim("c1", heard))
    assert found("words") not in session.handle(CallerFinal("c1", f"{heard} with me."))


def test_somebody_who_has_answered_the_agent_is_a_person_unless_a_tone_is_spoken_of() -> None:
    session = answered(LEAVES)
    play(session, [SpeechStarted("c3", 4_500), SpeechStopped("c3", 6_000)])
    told = session.handle(CallerFinal("c3", "The person you're calling is not available."))
    assert found("words") not in told
    play(session, [SpeechStarted("c4", 7_000), SpeechStopped("c4", 9_000)])
    assert found("words") in session.handle(CallerFinal("c4", GREETING))


def test_a_short_hello_is_answered_at_once_and_a_long_one_when_it_was_read() -> None:
    short = CallSession(LEAVES)
    assert said_by(all_of(short, greets("Hello?", ms=700)[:-1])) == [PROFILE.greeting]

    long = CallSession(LEAVES)
    waiting = all_of(long, greets("")[:-1])
    assert said_by(waiting) == []
    assert waiting[-1] == StartTimer("hello", rules.HELLO_WAIT_MS)
    hello = CallerFinal("c1", "Miller Roofing, this is Jane speaking, how can I help you?")
    assert said_by(long.handle(hello)) == [PROFILE.greeting]
    assert long.handle(TimerFired("hello")) == []


def test_a_long_hello_that_is_not_read_in_time_is_answered() -> None:
    session = CallSession(LEAVES)
    play(session, greets()[:-1])
    assert said_by(session.handle(TimerFired("hello"))) == [PROFILE.greeting]


def test_who_calls_us_is_never_taken_for_a_machine() -> None:
    session = CallSession(replace(LEAVES, direction="inbound"))
    commands = all_of(session, greets())
    assert found("words") not in commands
    assert Respond() in commands


def test_a_person_may_say_so_later_in_the_call() -> None:
    session = CallSession(LEAVES)
    play(session, greets("Hello?", ms=500))
    play(session, [clock(61_000), SpeechStarted("c2", 61_000), SpeechStopped("c2", 63_000)])
    assert found("words") not in session.handle(CallerFinal("c2", GREETING))


# ---------------------------------------------------------------- by the carrier


@pytest.mark.parametrize("who", [AnsweredBy.HUMAN, AnsweredBy.UNKNOWN])
def test_a_person_changes_nothing(who: AnsweredBy) -> None:
    session = CallSession(LEAVES)
    play(session, greets("Hello?", ms=500))
    assert session.handle(PickedUp(who)) == []


def test_the_beep_brings_the_message_at_once() -> None:
    session = CallSession(LEAVES)
    play(session, greets("Bonjour."))
    commands = session.handle(PickedUp(AnsweredBy.MACHINE, is_greeting_over=True))
    assert commands[0] == found("carrier")
    assert said_by(commands) == [MESSAGE]
    assert session.handle(PickedUp(AnsweredBy.MACHINE, is_greeting_over=True)) == []


def test_a_machine_known_by_its_words_waits_for_the_carriers_beep() -> None:
    session = CallSession(LEAVES)
    play(session, greets())
    commands = session.handle(PickedUp(AnsweredBy.MACHINE, is_greeting_over=True))
    assert found("carrier") not in commands
    assert said_by(commands) == [MESSAGE]


def test_a_machine_without_a_beep_yet_is_listened_to() -> None:
    session = CallSession(LEAVES)
    play(session, greets("Bonjour.")[:3])
    commands = session.handle(PickedUp(AnsweredBy.MACHINE))
    assert said_by(commands) == []
    assert StartTimer("greeting", rules.LONGEST_GREETING_MS) in commands
    assert session.handle(TimerFired("greeting")) == [Hangup("machine")]


def test_a_fax_is_hung_up_on() -> None:
    session = CallSession(LEAVES)
    play(session, [START])
    assert session.handle(PickedUp(AnsweredBy.FAX)) == [Hangup("machine")]


def test_somebody_who_has_answered_the_agent_is_a_person_whatever_the_carrier_says() -> None:
    session = answered(LEAVES)
    commands = session.handle(PickedUp(AnsweredBy.MACHINE, is_greeting_over=True))
    assert commands == [
        RecordEvent("call.answered_by", {"answered_by": "human", "by": "conversation"})
    ]


BEEPS = replace(LEAVES, carrier_tells_beep=True)


def test_where_the_carrier_tells_of_the_beep_a_pause_does_not_end_the_greeting() -> None:
    session = CallSession(BEEPS)
    assert play(session, greets())[-1] == StartTimer("beep", rules.BEEP_WITHIN_MS)


def test_a_carrier_that_took_the_machine_for_a_person_tells_of_no_beep() -> None:
    session = CallSession(BEEPS)
    play(session, greets())
    beep = StartTimer("beep", rules.GREETING_OVER_MS)
    assert session.handle(PickedUp(AnsweredBy.UNKNOWN)) == [beep]


@pytest.mark.parametrize("who", [AnsweredBy.MACHINE, AnsweredBy.FAX])
def test_what_the_carrier_said_before_the_stream_began_counts(who: AnsweredBy) -> None:
    session = CallSession(OUTBOUND, answered_by=who)
    assert session.handle(START)[-1] == Hangup("machine")


def test_a_person_who_was_known_before_the_stream_began_is_greeted() -> None:
    session = CallSession(OUTBOUND, answered_by=AnsweredBy.HUMAN)
    assert StartTimer("greet", rules.GREET_AFTER_MS) in session.handle(START)


def test_a_machine_that_hangs_up_was_a_machine() -> None:
    session = CallSession(LEAVES)
    play(session, greets())
    assert session.handle(StreamStopped()) == [Hangup("machine")]


def test_a_paused_agent_leaves_no_message() -> None:
    session = CallSession(LEAVES, paused=True)
    assert play(session, greets())[-1] == Hangup("machine")


@pytest.mark.parametrize("is_speaking", [False, True])
def test_a_manager_who_silences_the_agent_ends_the_call_to_a_machine(is_speaking: bool) -> None:
    session = CallSession(LEAVES)
    play(session, greets())
    if is_speaking:
        play(session, [TimerFired("beep"), *said("m1", MESSAGE, 3_000)])
    assert session.handle(PauseRequested())[-1] == Hangup("machine")


def test_tools_and_goodbyes_mean_nothing_to_a_machine() -> None:
    session = CallSession(LEAVES)
    play(session, greets())
    assert session.handle(ToolAnswered("t1", "{}")) == []
    assert session.handle(AgentEnding("goodbye")) == []
