from collections.abc import Callable

import pytest

from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline import visits

Test = Callable[[str], bool]


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (caller.is_question, "and does the warranty cover the inverter as well."),
        (caller.is_question, "great can you book an appointment"),
        (caller.is_question, "Tell me about the prices."),
        (caller.wants_no_more_calls, "Please put me on your do not call list."),
        (caller.wants_no_more_calls, "Please don't call me again."),
        (caller.wants_no_more_calls, "Take me off your list."),
        (caller.wants_no_more_calls, "Stop calling!"),
        (caller.wants_person, "I want to talk to a manager right now."),
        (caller.wants_person, "I want to talk to a man a jurid right now."),
        (caller.wants_person, "I don't want to hear it. Get me a human."),
        (caller.wants_person, "Can you put me through to somebody?"),
        (caller.wants_person, "Please have someone call me back."),
        (caller.asks_who_speaks, "Are you a robot?"),
        (caller.asks_who_speaks, "Wait, who is this?"),
        (caller.complains, "My heat pump broke down again and nobody came."),
        (caller.complains, "This is unacceptable."),
        (caller.says_goodbye, "Okay, thanks. Bye."),
        (caller.says_goodbye, "No, that's all."),
        (caller.is_not_interested, "I am not interested."),
        (visits.asks_for_appointment, "Could you come out some day?"),
        (caller.is_voicemail, "Please leave a message after the tone."),
        (caller.is_voicemail, "I can't come to the phone right now."),
        (caller.states_interest, "Hi, I'm calling about the solar panels you advertised."),
        (caller.says_yes, "Oh, yes please."),
        (caller.says_yes, "Yes, this is Maria."),
        (caller.says_no, "No, thank you."),
        (caller.is_only_filler, "Okay, thank you very much!"),
        (caller.is_only_filler, "Hello?"),
        (caller.is_asked_for_time, "You asked us about your home. Is this a good moment?"),
    ],
)
def test_meanings_that_are_recognised(test: Test, text: str) -> None:
    assert test(text)


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (caller.is_question, "Hello?"),
        (caller.is_question, "The house is about twenty years old."),
        (caller.wants_no_more_calls, "You don't call me back when you promise it."),
        (caller.wants_no_more_calls, "Call me tomorrow."),
        (caller.wants_person, "We were thinking about a new roof."),
        (caller.wants_person, "I'd like to talk to you about solar."),
        (caller.complains, "My roof is twenty years old."),
        (caller.says_goodbye, "Is that all you can do?"),
        (caller.is_voicemail, "I have a question about my phone bill."),
        (caller.says_yes, "I said yes yesterday."),
        (caller.says_no, "No problem, go ahead."),
        (caller.says_no, "Now I see."),
        (caller.is_only_filler, "Thanks, and the roof?"),
        (caller.is_asked_for_time, "Is there anything else I can do for you?"),
    ],
)
def test_meanings_that_are_not_there(test: Test, text: str) -> None:
    assert not test(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Yes, this is Maria.", "Maria"),
        ("My name is Daniel Reed", "Daniel"),
        ("Maria speaking", "Maria"),
        ("I am Not sure", ""),
        ("this is unacceptable", ""),
    ],
)
def test_a_first_name_is_taken_from_an_introduction(text: str, name: str) -> None:
    assert caller.given_name(text) == name


def test_the_goodbye_can_be_taken_away() -> None:
    assert caller.without_goodbye("Tuesday works. Goodbye.") == "Tuesday works"


def test_pressed_keys_are_read_from_the_engines_words() -> None:
    assert caller.pressed_keys("I pressed 1 2 pound.") == "1 2 pound"
    assert caller.pressed_keys("I pressed the button") == ""
