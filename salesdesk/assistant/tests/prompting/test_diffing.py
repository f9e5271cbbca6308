"""What has changed between two texts, for people."""

import time

import pytest

from salesdesk.assistant.prompting.diffing import DiffLine, diff

OLD = "one\ntwo\nthree\nfour\nfive\nsix\nseven"


def shown(lines: list[DiffLine]) -> list[str]:
    """Each line as its mark, number and text, with what is marked in brackets."""
    marks = {"same": " ", "gone": "-", "new": "+", "skipped": "…"}
    return [
        f"{marks[each.kind]}{each.new_number or each.old_number or ''} "
        + "".join(f"[{text}]" if is_marked else text for text, is_marked in each.pieces)
        for each in lines
    ]


def test_what_is_alike_has_no_difference() -> None:
    assert diff(OLD, OLD) == []
    assert diff("", "") == []


def test_changed_lines_come_with_those_around() -> None:
    assert shown(diff(OLD, OLD.replace("four", "4"))) == [
        "… ",
        " 2 two",
        " 3 three",
        "-4 four",
        "+4 4",
        " 5 five",
        " 6 six",
        "… ",
    ]


def test_the_beginning_and_the_end_hide_nothing() -> None:
    assert shown(diff("a\nb\nc", "x\na\nb\nc\ny")) == ["+1 x", " 2 a", " 3 b", " 4 c", "+5 y"]
    assert shown(diff("a\nb", "b")) == ["-1 a", " 1 b"]


def test_in_a_changed_line_its_words_are_marked() -> None:
    assert shown(diff("Say hello to them.", "Say a warm hello to you.")) == [
        "-1 Say hello to [them].",
        "+1 Say[ a warm] hello to [you].",
    ]


def test_another_line_is_not_marked_word_by_word() -> None:
    old, new = "Close at six.", "The quick brown fox jumps over it."

    assert shown(diff(old, new)) == [f"-1 {old}", f"+1 {new}"]


def test_a_changed_line_is_compared_with_the_one_it_became() -> None:
    old = "Ask for the name.\nRead the number back."
    new = "Be kind to everybody.\nAsk for the name first.\nRead the number back slowly."

    assert shown(diff(old, new)) == [
        "-1 Ask for the name.",
        "-2 Read the number back.",
        "+1 Be kind to everybody.",
        "+2 Ask for the name[ first].",
        "+3 Read the number back[ slowly].",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\n" * 4_000, "b\n" * 4_000),
        ("a\n" * 4_000, "a\nb\n" * 2_000),
        ("word " * 1_600, "other " * 1_300),
        ("a b " * 2_000, "b a " * 2_000),
    ],
)
def test_the_longest_templates_are_compared_in_a_moment(old: str, new: str) -> None:
    start = time.process_time()

    assert diff(old, new)

    assert time.process_time() - start < 3
