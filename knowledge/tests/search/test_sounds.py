"""How words sound, and how far apart sounds are."""

import pytest

from knowledge.search.sounds import distance, shortened, skeleton, sound_of, sound_of_phrase


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


def test_texts_one_change_apart_share_a_shortened_form() -> None:
    assert shortened("bump") & shortened("pump")
    assert not shortened("roof") & shortened("lease")
