"""Templates: a few variables, nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from leads.enums import MessageChannel, VisitNews
from leads.visits.writing import (
    EXAMPLE,
    LONGEST_TEXT,
    USUAL,
    VARIABLES,
    Told,
    Words,
    checked,
    filled,
    when_in_words,
)
from salesdesk.lib.errors import InvalidInput

SMS, EMAIL = MessageChannel.SMS, MessageChannel.EMAIL


def told(**values: str) -> Told:
    return Told(**{**dict.fromkeys(VARIABLES, ""), **values})


@pytest.mark.parametrize("which", USUAL)
def test_the_usual_words_can_be_sent(which: tuple[VisitNews, MessageChannel]) -> None:
    words = USUAL[which]
    assert checked(words, which[1]) == words
    shown = filled(words, EXAMPLE)
    assert "{{" not in shown.text + shown.subject
    assert EXAMPLE.when in shown.text
    assert (EXAMPLE.link in shown.text) == (which[0] != VisitNews.CANCELED)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Write what"),
        ("{{ phone }}", "“phone” is no variable"),
        ("{{ when.__class__ }}", "written like"),
        ("{{ when|safe }}", "written like"),
        ("{{ when", "written like"),
        ("{% load static %}", "written like"),
        ("x" * (LONGEST_TEXT[SMS] + 1), "480 characters"),
    ],
)
def test_what_cannot_be_sent_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        checked(Words(text), SMS)


def test_an_email_needs_a_subject_on_one_line() -> None:
    with pytest.raises(InvalidInput, match="subject"):
        checked(Words("Hello"), EMAIL)
    assert checked(Words("Hello", "a\r\nBcc: b"), EMAIL).subject == "a Bcc: b"


def test_what_customers_wrote_is_not_read_as_a_template() -> None:
    shown = filled(
        Words("{{ name }}: {{ purpose }}", "{{ name }}"), told(name="{{ link }}\nBcc: x")
    )
    assert shown == Words("{{ link }} Bcc: x:", "{{ link }} Bcc: x")


def test_a_line_with_nothing_in_it_is_left_out_and_blank_lines_stay() -> None:
    words = Words("Hello\n\n{{ address }}\n{{ when }}")
    assert filled(words, told(when="Tuesday")).text == "Hello\n\nTuesday"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 24, 15), "Tuesday, November 24 at 3:00 PM EST"),
        (datetime(2026, 7, 1, 0, 30), "Wednesday, July 1 at 12:30 AM EDT"),
        (datetime(2026, 7, 1, 12), "Wednesday, July 1 at 12:00 PM EDT"),
    ],
)
def test_a_moment_is_told_with_its_zone(moment: datetime, words: str) -> None:
    assert when_in_words(moment.replace(tzinfo=ZoneInfo("America/New_York"))) == words
