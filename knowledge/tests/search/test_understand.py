"""What a question means to say, against the words of a few passages."""

import pytest

from knowledge.search.understand import parts_of, terms_in, understand, without_fillers
from knowledge.search.vocabulary import Vocabulary, vocabulary_from

PASSAGES = (
    "The heat pump has a warranty of ten years. Our workmanship is covered too.",
    "Solar panels and the inverter: monthly payment, credit score of 640 or better.",
    "The permit of the city takes four weeks. A rebate lowers the price of a heat pump.",
    "We clean gutters and install solar panels in the San Francisco Bay Area.",
    "A tax credit lowers the income tax. Ask for the interest of the loan.",
    "Cards are accepted; credit cards up to a limit. The diagnosis visit costs $129.",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabulary_from(PASSAGES)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("um, so, how long is the warranty?", "how long is the warranty?"),
        ("Hi, could you please tell me, like, the price?", "the price?"),
        ("I was wondering, you know, do you do roofs?", "do you do roofs?"),
        ("What is it like to live with one?", "What is it like to live with one?"),
        ("um", "um"),
    ],
)
def test_fillers_go_and_words_that_mean_something_stay(said: str, left: str) -> None:
    assert without_fillers(said) == left


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (
            "What are gutters per foot and how much are the leaf guards?",
            ("What are gutters per foot", "how much are the leaf guards?"),
        ),
        (
            "What's the warranty on the panels, and is the inverter the same?",
            (
                "What's the warranty on the panels",
                "What's the warranty on the panels; is the inverter the same?",
            ),
        ),
        (
            "If I rent the system, who fixes it when it breaks?",
            ("If I rent the system, who fixes it when it breaks?",),
        ),
        ("My roof faces east, how much do I lose?", ("My roof faces east, how much do I lose?",)),
        ("Do you sell salt and pepper?", ("Do you sell salt and pepper?",)),
    ],
)
def test_compound_questions_are_split(asked: str, parts: tuple[str, ...]) -> None:
    assert parts_of(asked) == parts


def test_terms_are_stems_with_numbers_in_digits() -> None:
    assert terms_in("How much are twenty five panels for the panels?") == ("25", "panel")


def test_an_endless_question_is_cut(vocabulary: Vocabulary) -> None:
    understood = understand("warranty " * 10_000, vocabulary)
    assert len(understood.text) <= 1_000
    assert understood.terms == ("warranti",)


def test_nothing_is_understood_as_nothing(vocabulary: Vocabulary) -> None:
    assert understand("", vocabulary).terms == ()
