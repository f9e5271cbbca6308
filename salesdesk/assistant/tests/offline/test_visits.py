from collections.abc import Callable

import pytest

from salesdesk.assistant.offline import edges, understanding, visits

Test = Callable[[str], bool]


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (visits.asks_for_appointment, "Could somebody come out?"),
        (visits.asks_for_appointment, "Does that work for a visit?"),
        (visits.asks_for_appointment, "Do you have anything on Saturday?"),
        (visits.asks_when, "When could you come?"),
        (visits.asks_when, "What's the earliest you have?"),
        (visits.proposes_a_day, "Can someone look at my AC Monday?"),
        (visits.proposes_a_day, "I also need someone for the furnace on Tuesday."),
        (visits.wants_to_cancel, "Please cancel my appointment."),
        (visits.wants_to_cancel, "Just cancel the whole thing."),
        (visits.wants_to_cancel, "We don't need the inspection, cancel it."),
        (visits.wants_to_move, "Can we reschedule?"),
        (visits.wants_to_move, "Something came up, I can't make it."),
        (visits.wants_to_move, "Could you come an hour later?"),
        (visits.confirms_appointment, "I'm calling to confirm my appointment."),
        (visits.asks_own_appointment, "When is my appointment?"),
        (visits.asks_own_appointment, "When are you coming?"),
        (visits.wants_the_second, "I'll take the latter."),
        (visits.wants_other_time, "Is there anything later that day?"),
    ],
)
def test_meanings_that_are_recognised(test: Test, text: str) -> None:
    assert test(text)


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (visits.asks_for_appointment, "How long is the warranty?"),
        (visits.proposes_a_day, "Are you open on Saturday?"),
        (visits.proposes_a_day, "Your man was here on Tuesday."),
        (visits.proposes_a_day, "If I sign today, can I have ten percent off?"),
        (visits.wants_to_cancel, "What happens if I cancel the contract?"),
        (visits.wants_to_move, "We may move to Oregon."),
        (visits.wants_the_second, "Anything later?"),
        (visits.wants_the_first, "Is there anything earlier?"),
    ],
)
def test_meanings_that_are_not_there(test: Test, text: str) -> None:
    assert not test(text)


def patterns_of(module: object) -> list[Test]:
    """The tests that are made of patterns alone."""
    every = vars(module).values()
    return [each for each in every if getattr(each, "__name__", "") == "<lambda>"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "no " * 3_000,
        "call me " * 1_200,
        "my appointment " * 700,
        "can you " * 1_200,
        "a.b-c_d@" * 1_200,
        "I am Ann " * 1_000,
        " " * 10_000,
    ],
)
def test_the_longest_texts_are_read_at_once(text: str) -> None:
    for module in (understanding, visits, edges):
        for test in patterns_of(module):
            test(text)
