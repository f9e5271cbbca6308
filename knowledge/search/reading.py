"""The first few candidates read closely, and judged anew by what reading them says.

Reading takes some twenty milliseconds a passage, so it comes after the quick model of
:mod:`knowledge.search.rerank` has ordered all. Where the model that reads is not installed,
everything stays as it was.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.search.numbers import in_words
from knowledge.search.reader import read_or_none
from knowledge.search.rerank import Judged, Query
from knowledge.search.window import window_of

MOST_READ = 4

# Of the two log-odds: the quick model's and the reading one's. Fitted by bin/bench answers --fit.
QUICK = 0.53
READ = 0.48
BIAS = 0.05

LEAST = 1e-6
NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w.,]*\d)")
"""A small whole number in digits."""


def read_closely(query: Query, judged: Sequence[Judged]) -> list[Judged]:
    """The first :data:`MOST_READ` with what was read and a new score, best first, then the rest."""
    first, rest = judged[:MOST_READ], judged[MOST_READ:]
    if not query.terms:
        return list(judged)
    windows = [window_of(query, one.candidate) for one in first]
    read = _read(query.text, windows)
    again = [_judged_again(one, log_odds) for one, log_odds in zip(first, read, strict=True)]
    return [*sorted(again, key=lambda one: -one.score), *rest]


def _read(question: str, windows: Sequence[str]) -> list[float | None]:
    """The log-odds for each window; of a question with numbers, asked in the window's own form."""
    if not NUMBER.search(question):
        return read_or_none(question, windows)
    return [read_or_none(as_in(window, question), [window])[0] for window in windows]


def as_in(window: str, question: str) -> str:
    """``25 years`` as ``twenty-five years`` where that is how the window says it: to the model that
    reads, the two are different words."""
    said = window.lower()

    def form(match: re.Match[str]) -> str:
        words = in_words(int(match[0]))
        forms = (match[0], words, words.replace("-", " "))
        return next((each for each in forms if re.search(rf"\b{each}\b", said)), match[0])

    return NUMBER.sub(form, question)


def _judged_again(one: Judged, read: float | None) -> Judged:
    if read is None:
        return one
    return replace(one, read=read, score=combined(one.score, read))


def combined(score: float, read: float) -> float:
    """The probability that a passage answers, from the quick model's and what was read."""
    odds = BIAS + QUICK * log_odds(score) + READ * read
    return 1 / (1 + math.exp(-odds))


def log_odds(probability: float) -> float:
    certain = min(1 - LEAST, max(LEAST, probability))
    return math.log(certain / (1 - certain))
