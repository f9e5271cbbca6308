"""How words sound and look."""

import pytest

from knowledge.search.sounds import distance, shortened, sound_of


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("monthlee", "monthly"),
        ("dyeagnosis", "diagnosis"),
        ("panells", "panels"),
        ("hale", "hail"),
        ("rebait", "rebate"),
        ("fotograf", "photograph"),
    ],
)
def test_words_that_sound_alike_have_one_sound(heard: str, meant: str) -> None:
    assert sound_of(heard) == sound_of(meant)


@pytest.mark.parametrize(("one", "other"), [("roof", "panel"), ("lease", "loan"), ("ten", "six")])
def test_different_words_sound_different(one: str, other: str) -> None:
    assert sound_of(one) != sound_of(other)


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [
        ("pump", "pump", 0),
        ("bump", "pump", 1),
        ("pmup", "pump", 1),
        ("", "abc", 3),
        ("sore", "solar", 3),
    ],
)
def test_distance_counts_changes(one: str, other: str, changes: int) -> None:
    assert distance(one, other) == distance(other, one) == changes


def test_words_one_change_apart_share_a_shortened_form() -> None:
    assert shortened("bump") & shortened("pump")
    assert not shortened("roof") & shortened("lease")
