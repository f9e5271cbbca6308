import math

import pytest

from calls.engines.local.readings import (
    Reading,
    is_murmur,
    is_repetitive,
    transcript_of,
    without_repeats,
)
from calls.engines.speech import Transcript


def text_of(text: str, *, logprob: float = -0.2, no_speech: float = 0.05) -> str:
    return transcript_of(Reading(text, logprob, no_speech)).text


def test_a_clear_reading_is_believed_with_its_confidence() -> None:
    transcript = transcript_of(Reading("Do you offer a warranty?", -0.1, 0.02))
    assert transcript.text == "Do you offer a warranty?"
    assert transcript.confidence == pytest.approx(math.exp(-0.1) * 0.98, abs=0.001)


@pytest.mark.parametrize(
    ("logprob", "no_speech", "believed"),
    [
        (-0.2, 0.05, True),
        (-1.0, 0.05, True),
        (-1.4, 0.05, False),
        (-0.4, 0.6, True),
        (-0.9, 0.6, False),
        (-0.1, 0.9, False),
    ],
)
def test_doubts_add_up(logprob: float, no_speech: float, believed: bool) -> None:
    assert bool(text_of("Thank you.", logprob=logprob, no_speech=no_speech)) is believed


def test_an_unbelievable_reading_has_no_confidence() -> None:
    assert transcript_of(Reading("Thank you.", -2.0, 0.9)) == Transcript("", None)


@pytest.mark.parametrize("text", ["", " . . .", "...", "[Music]", "(beeping)", "♪♪", "Beep. Beep."])
def test_sounds_are_no_words(text: str) -> None:
    assert text_of(text) == ""


def test_an_aside_is_left_out() -> None:
    assert text_of("[noise] Hello there.") == "Hello there."


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Hello? Hello? Hello? Hello? Hello", "Hello?"),
        ("Yes, this is Maria. Yes, this is Maria.", "Yes, this is Maria."),
        ("Okay, thanks. Okay, thanks. Okay, thanks. Okay, thanks.", "Okay, thanks."),
        ("Do you offer at 25? Do you offer at 25? Do you offer", "Do you offer at 25?"),
    ],
)
def test_a_phrase_over_and_over_is_said_once(text: str, once: str) -> None:
    assert is_repetitive(text)
    assert without_repeats(text) == once


@pytest.mark.parametrize(
    "text", ["No, no, no.", "Hello? Hello?", "Bye bye.", "Yes.", "", "I want it and I want it now."]
)
def test_what_people_do_say_twice_stays(text: str) -> None:
    assert not is_repetitive(text)
    assert without_repeats(text) == text


@pytest.mark.parametrize("text", ["Uh-huh.", "Mm-hmm", "Mhm.", "uh huh", "Hmm.", "Okay."])
def test_murmurs(text: str) -> None:
    assert is_murmur(text)


@pytest.mark.parametrize("text", ["", "And that's it.", "Mom.", "Huh, why?", "Okay, bye."])
def test_words_are_no_murmurs(text: str) -> None:
    assert not is_murmur(text)
