"""Numbers in words and in digits."""

import pytest

from knowledge.search.numbers import digits_for_words, in_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (25, "twenty-five"),
        (100, "one hundred"),
        (640, "six hundred forty"),
        (1250, "one thousand two hundred fifty"),
        (24_300, "twenty-four thousand three hundred"),
        (3_000_001, "three million one"),
        (-5, "minus five"),
    ],
)
def test_a_number_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("twenty five years", "25 years"),
        ("a score of six hundred and forty", "a score of 640"),
        ("nineteen hundred dollars", "1900 dollars"),
        ("between fifteen and twenty five thousand", "between 15 and 25000"),
        ("nine thousand kilowatt hours", "9000 kilowatt hours"),
        ("three grand less", "3000 less"),
        ("the big one and that one", "the big one and that one"),
        ("a hundred amp panel", "a hundred amp panel"),
        ("two three", "2 3"),
        ("twenty ten", "20 10"),
        ("salt and pepper", "salt and pepper"),
    ],
)
def test_spoken_numbers_become_digits(said: str, understood: str) -> None:
    assert " ".join(digits_for_words(said.split())) == understood


@pytest.mark.parametrize("number", [7, 42, 110, 999, 1_001, 20_500, 1_000_000])
def test_there_and_back(number: int) -> None:
    spoken = in_words(number).replace("-", " ").split()
    assert digits_for_words(spoken) == [str(number)]
