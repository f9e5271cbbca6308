"""Text for the ear."""

import pytest

from knowledge.search.voice import ordinal, spoken, spoken_row


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("25 yrs", "twenty-five years"),
        ("It costs $1,200.", "It costs one thousand two hundred dollars."),
        ("$1 or $2.50", "one dollar or two dollars and fifty cents"),
        ("$14 per foot", "fourteen dollars per foot"),
        ("A 6.4 kW system", "A six point four kilowatts system"),
        ("9,600 kWh", "nine thousand six hundred kilowatt hours"),
        ("22.6% efficient", "twenty-two point six percent efficient"),
        ("15-25 years", "fifteen to twenty-five years"),
        ("75–90 min", "seventy-five to ninety minutes"),
        ("$15k–$25k", "fifteen thousand dollars–twenty-five thousand dollars"),
        ("On March 1, 2026", "On March first, twenty twenty-six"),
        ("2026-08-31", "August thirty-first, twenty twenty-six"),
        ("in 2005", "in two thousand five"),
        ("open 8:30 am", "open eight thirty a m"),
        ("the 3rd visit", "the third visit"),
        ("keep it at 68 °F", "keep it at sixty-eight degrees Fahrenheit"),
        ("Model S7", "Model S seven"),
        ("See https://example.com/a?b=c for more", "See for more"),
        ("**Bold** and [a link](https://example.com)", "Bold and a link"),
        ("- a point", "a point"),
        ("<b>fat</b> text", "fat text"),
        ("parts & labor", "parts and labor"),
        ("the filter in spring", "the filter in spring"),
    ],
)
def test_spoken(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1, "first"),
        (5, "fifth"),
        (12, "twelfth"),
        (20, "twentieth"),
        (21, "twenty-first"),
        (100, "one hundredth"),
    ],
)
def test_ordinals(number: int, word: str) -> None:
    assert ordinal(number) == word


def test_a_row_of_a_table_is_a_sentence() -> None:
    assert (
        spoken_row("Model | Price | Noise", "Terrace 36 | $900 | 47 decibels")
        == "Terrace thirty-six: price nine hundred dollars, noise forty-seven decibels."
    )
