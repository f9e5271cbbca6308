import pytest

from salesdesk.assistant.analysis.wishes import Wish, find_wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (
            "Can you book an appointment for next Tuesday at 3 in the afternoon?",
            Wish("next Tuesday", "at 3 in the afternoon"),
        ),
        ("An inspection on Friday morning would work.", Wish("Friday", "morning")),
        ("tomorrow at three thirty", Wish("tomorrow", "at three thirty")),
        (
            "How about the day after tomorrow around 10 a.m.?",
            Wish("the day after tomorrow", "around 10 a.m"),
        ),
        ("On March 3rd at noon", Wish("March 3rd", "at noon")),
        ("the 5th of May, in the evening", Wish("the 5th of May", "in the evening")),
        ("4:30 pm is fine", Wish("", "4:30 pm")),
        ("Monday", Wish("Monday", "")),
        ("We have 3 panels and a twenty year old roof.", Wish()),
        ("We would like to start in March.", Wish()),
    ],
)
def test_day_and_time_are_found_in_the_callers_words(text: str, wish: Wish) -> None:
    assert find_wish(text) == wish


def test_a_wish_reads_as_one_phrase_and_an_empty_one_is_false() -> None:
    assert str(Wish("next Tuesday", "at 3")) == "next Tuesday at 3"
    assert str(Wish("", "at 3")) == "at 3"
    assert not Wish()
