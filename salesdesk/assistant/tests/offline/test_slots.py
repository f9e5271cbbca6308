import pytest

from salesdesk.assistant.capture.defaults import HOME
from salesdesk.assistant.offline.slots import address_in, email_in, heard_in, parts_of


def heard(text: str, asked: str = "") -> dict[str, str]:
    return {each.field.key: each.value for each in heard_in(text, HOME, asked=asked)}


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("We have 12k for it.", "budget", "We have 12k for it"),
        ("The house is from 1990, I think.", "age", "The house is from 1990"),
        ("Actually we rent.", "owner", "no"),
        ("It's ours, we bought the place.", "owner", "yes"),
        ("We'd like to start in March.", "start", "We'd like to start in March"),
        ("Mail me at jo_lee@example.com!", "email", "jo_lee@example.com"),
        ("I live at 12 Oak Street, Oakland.", "address", "12 Oak Street, Oakland"),
        ("My name is Rosa Diaz.", "name", "Rosa Diaz"),
    ],
)
def test_facts_are_found_unasked(text: str, key: str, value: str) -> None:
    assert heard(text)[key] == value


@pytest.mark.parametrize(
    "text",
    [
        "How much is it, eighteen thousand?",
        "Is the warranty twenty years old?",
        "Friday at ten would be good.",
        "What a nice day.",
        "I live at 44 Grand Avenue.",
    ],
)
def test_what_is_no_fact_is_none(text: str) -> None:
    assert set(heard(text)) <= {"address"}


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("age", "twenty or so", "twenty or so"),
        ("budget", "fifteen thousand", "fifteen thousand"),
        ("owner", "Yes I do.", "yes"),
        ("owner", "not yet", "no"),
        ("name", "Peter Hall.", "Peter Hall"),
        ("phone", "I pressed 4 1 5 5 5 5 0 1 4 2.", "4 1 5 5 5 5 0 1 4 2"),
        ("phone", "this one is fine", "this one is fine"),
        ("start", "as soon as possible", "as soon as possible"),
    ],
)
def test_a_bare_answer_counts_for_the_field_that_was_asked(
    asked: str, text: str, value: str
) -> None:
    assert heard(text, asked)[asked] == value


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("name", "fifteen thousand dollars"),
        ("name", "I don't know."),
        ("age", "quite old"),
        ("owner", "How much is a roof?"),
    ],
)
def test_other_words_are_no_answer(asked: str, text: str) -> None:
    assert asked not in heard(text, asked)


def test_an_address_is_found_among_words() -> None:
    said = "you can reach me at jo underscore lee at example dot com please"
    assert email_in(said) == "jo underscore lee at example dot com"
    assert address_in("we moved to twelve Oak Street in May") == "twelve Oak Street in May"
    assert email_in("meet me at nine") == ""


def test_long_texts_are_read_at_once() -> None:
    for text in ("a dot " * 1000, "a at " * 1000, "x" * 5000, "one " * 1000, "1 " * 2000):
        heard(text)


def test_sentences_are_cut_where_something_new_begins() -> None:
    said = "We have 12,500 dollars, and the house is old but I own it."
    assert parts_of(said) == ["We have 12,500 dollars", "the house is old", "I own it"]
