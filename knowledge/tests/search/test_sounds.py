"""How words sound, and how far apart sounds are."""

from itertools import combinations

import pytest

from knowledge.search.sounds import (
    distance,
    keys_of,
    least_distance,
    skeleton,
    sound_of,
    sound_of_phrase,
)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("month lee", "monthly"),
        ("hale", "hail"),
        ("re bait", "rebate"),
        ("my crow", "micro"),
        ("warren tea", "warranty"),
        ("tacks", "tax"),
    ],
)
def test_words_that_sound_alike_have_one_sound(heard: str, meant: str) -> None:
    assert sound_of_phrase(heard) == sound_of_phrase(meant)


def test_a_sound_is_a_sign_for_each_phoneme() -> None:
    assert sound_of("cable") == "kEbəl"
    assert sound_of("charger") == "CɑɹJəɹ"
    assert sound_of("") == ""


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("pump", "pump", 0, 0),
        ("pump", "bump", 0.1, 0.5),
        ("metal", "medal", 0, 0.3),
        ("clause it", "closet", 0.1, 0.8),
        ("tarot wick", "tarrowick", 0, 0.8),
        ("roof", "panel", 2, 9),
        ("lease", "loan", 1, 9),
    ],
)
def test_the_less_alike_they_sound_the_farther_apart(
    one: str, other: str, least: float, most: float
) -> None:
    apart = distance(sound_of_phrase(one), sound_of_phrase(other))
    assert least <= apart <= most
    assert distance(sound_of_phrase(other), sound_of_phrase(one)) == pytest.approx(apart)


def test_a_skeleton_is_consonants_those_easily_confused_alike() -> None:
    assert skeleton(sound_of("cable")) == skeleton(sound_of("gavel")) == "kpl"
    assert skeleton("") == ""


@pytest.mark.parametrize(
    ("heard", "meant", "are_found"),
    [
        ("hump", "pump", True),
        ("tarot wick", "tarrowick", True),
        ("in burgers", "inverters", True),
        ("roof", "lease", False),
        ("tea", "tie", True),
        ("tea", "lea", False),
    ],
)
def test_what_sounds_alike_is_found_by_a_key(heard: str, meant: str, are_found: bool) -> None:
    keys = keys_of(sound_of_phrase(heard)) & keys_of(sound_of_phrase(meant))
    assert bool(keys) is are_found


def test_what_is_told_in_a_fraction_of_the_time_is_never_too_much() -> None:
    words = "pump bump hump warranty tarrowick wick wax hello yellow charger area aria roof lease"
    for one, other in combinations(map(sound_of, words.split()), 2):
        assert least_distance(one, other) <= distance(one, other) + 1e-9
        assert distance(one, other, 0.4) == (
            distance(one, other) if distance(one, other) <= 0.4 else float("inf")
        )
