"""Words that were taken for others, against the words of a few passages."""

import sys
from collections.abc import Iterator

import pytest

from knowledge.search import sounds
from knowledge.search.hearing import Correction, corrected
from knowledge.search.vocabulary import Vocabulary, vocabulary_from
from knowledge.tests.search.test_understand import PASSAGES
from salesdesk.lib import espeak

NAMES = (
    "The Tarrowick charger has a cable of twenty feet. A Sunharrow Meadow panel is thin.",
    "Micro inverters make no noise. Hail and dents are covered on a metal roof.",
    "The utility gives permission. Switch the disconnect off before the ocean air gets in.",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabulary_from((*PASSAGES, *NAMES))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("month lee payment", "monthly payment"),
        ("is the work men ship covered", "is the workmanship covered"),
        ("credits core", "credit score"),
        ("the per mitt from the city", "the permit from the city"),
        ("price of that heat bump", "price of that heat pump"),
        ("how many soler panels", "how many solar panels"),
        ("son francisco bay aria", "san francisco bay area"),
        ("the dye agnosis visit", "the diagnosis visit"),
        ("gut hers", "gutters"),
        ("do i get attacks credit", "do i get tax credit"),
        ("any anancing options", "any financing options"),
        ("how long is the worrenty", "how long is the warranty"),
        ("the cay bull on the tarot wick", "the cable on the tarrowick"),
        ("a sun arrow mellow panel", "a sunharrow meadow panel"),
        ("do my crow in burgers make noise", "do micro inverters make noise"),
        ("does hale matter to a medal roof", "does hail matter to a metal roof"),
        ("does the you tilly tea give per mission", "does the utility give permission"),
        ("close to the oh shin", "close to the ocean"),
    ],
)
def test_misheard_words_are_put_right(heard: str, meant: str, vocabulary: Vocabulary) -> None:
    text, corrections = corrected(heard, vocabulary)
    assert text == meant
    assert corrections


@pytest.mark.parametrize(
    "said",
    [
        "What's the weather in Denver?",
        "My dog ate chocolate",
        "Is my flight delayed?",
        "solar panels and gutters",
        "I have 23 panels",
        "If I finance it, what then?",
        "Does the antenna attach to the roof?",
        "I was attacked by wasps",
        "What does the inverter weigh?",
        "My aunt gave me a loan",
        "Can I get a large pepperoni?",
    ],
)
def test_words_that_people_use_are_left_alone(said: str, vocabulary: Vocabulary) -> None:
    assert corrected(said, vocabulary) == (said, ())


def test_what_was_heard_stands_beside_what_was_meant(vocabulary: Vocabulary) -> None:
    _, corrections = corrected("is the cay bull thin and the pennels too", vocabulary)
    assert corrections == (Correction("cay bull", "cable"), Correction("pennels", "panels"))


def test_nothing_is_put_right_where_nothing_is_known() -> None:
    assert corrected("the cay bull", vocabulary_from(())) == ("the cay bull", ())
    assert corrected("", vocabulary_from(())) == ("", ())


@pytest.fixture
def no_espeak(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    caches = (
        espeak._library,
        sounds.is_spoken,
        sounds.sound_of,
        sounds.sound_of_phrase,
    )
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    for cached in caches:
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("no_espeak")
def test_without_espeak_words_are_compared_by_their_spelling_and_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    vocabulary = vocabulary_from(PASSAGES)
    assert corrected("the per mitt from the city", vocabulary)[0] == "the permit from the city"
    assert corrected("price of that heat bump", vocabulary)[0] == "price of that heat pump"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "espeakng-loader" in caplog.text
