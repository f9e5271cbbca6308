"""How far to believe what Whisper read: pure rules against the words it makes up.

Given silence or noise, Whisper still writes something: a word of its prompt, a polite phrase, the
name of a sound, or the same words again and again. The thresholds were set on recorded telephone
speech (mean log-probability above -0.5, no-speech probability under 0.15) and on generated
silence, noise, clicks and tones (mostly below -1.2 and above 0.6).
"""

import math
import re
from dataclasses import dataclass

from calls.engines.speech import Transcript

SURELY_NO_SPEECH = 0.75
PERHAPS_NO_SPEECH = 0.5
UNSURE_LOGPROB = -0.7
WORTHLESS_LOGPROB = -1.3
DOUBTFUL_LOGPROB = -0.35
NAMES_OF_SOUNDS = frozenset({"beep", "beeping", "music", "applause", "silence", "noise", "static"})

_MURMUR = re.compile(r"\W*(uh[- ]?huh|m+[- ]?h?m+|hm+|uh|ah|okay|ok|yeah)\W*", re.I)
_ASIDE = re.compile(r"\[[^\]]*\]|\([^)]*\)|♪[^♪]*♪?")


@dataclass(frozen=True, slots=True)
class Reading:
    """Whisper's own words and doubts: natural log-probability a token, probability of no speech."""

    text: str
    logprob: float
    no_speech: float


def transcript_of(reading: Reading) -> Transcript:
    """The believable part of a reading, with its confidence."""
    text = without_repeats(_ASIDE.sub(" ", reading.text))
    if not _believable(reading) or not _has_words(text):
        return Transcript("")
    return Transcript(text, confidence(reading))


def confidence(reading: Reading) -> float:
    """Geometric mean of the token probabilities, times the probability that this was speech."""
    value = math.exp(min(0.0, reading.logprob)) * (1 - reading.no_speech)
    return round(max(0.0, min(1.0, value)), 3)


def is_doubtful(reading: Reading) -> bool:
    """Whether a second opinion is worth its time."""
    return reading.logprob < DOUBTFUL_LOGPROB


def is_murmur(text: str) -> bool:
    """Whether this only says “I am listening”."""
    return _MURMUR.fullmatch(text) is not None


def is_repetitive(text: str) -> bool:
    """Whether the whole text is one phrase over and over, as a decoder that lost its way writes.

    A phrase of three words or more may not come twice; one or two words may come three times,
    since people do say “no, no, no”.
    """
    words = _bare_words(text)
    return _period(words) < len(words)


def without_repeats(text: str) -> str:
    """The phrase once, if the text is nothing but its repetition; otherwise the text."""
    written = text.split()
    period = _period(_bare_words(text))
    return " ".join(written[:period] if period < len(_bare_words(text)) else written)


def _believable(reading: Reading) -> bool:
    if reading.no_speech > SURELY_NO_SPEECH or reading.logprob < WORTHLESS_LOGPROB:
        return False
    return reading.no_speech <= PERHAPS_NO_SPEECH or reading.logprob >= UNSURE_LOGPROB


def _has_words(text: str) -> bool:
    words = {word for word in _bare_words(text) if word}
    return bool(words - NAMES_OF_SOUNDS)


def _bare_words(text: str) -> list[str]:
    return [re.sub(r"[^\w']", "", word).lower() for word in text.split()]


def _period(words: list[str]) -> int:
    """Length of the shortest phrase that, repeated too often, makes up all the words."""
    for length in range(1, len(words) // 2 + 1):
        times = len(words) / length
        allowed = 3 if length <= 2 else 1
        repeated = all(word == words[i % length] for i, word in enumerate(words))
        if repeated and times > allowed:
            return length
    return len(words)
