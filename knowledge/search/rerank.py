"""How well a passage answers a question, from 0 to 1: a logistic model over a few plain features.

Its weights were fitted on the ``dev`` half of ``knowledge/evals/starter.jsonl`` (``bin/bench
answers --fit`` prints them anew); the other half only ever measures.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache

from knowledge.search.expand import synonyms_in
from knowledge.search.intents import Intents, intents_of, suits
from knowledge.search.retrieve import Candidate
from knowledge.search.understand import terms_in
from knowledge.search.vocabulary import Vocabulary
from knowledge.search.words import terms_of

SYNONYM = 0.7
COUSIN = 0.6
COUSIN_LETTERS = 5

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_NUMBER = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)\b", re.I)
_MONEY = re.compile(r"\$|\b(?:dollars?|percent|free|no (?:fee|charge|extra))\b", re.I)
_TIME = re.compile(
    r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|noon|morning|evening|monday|saturday|sunday)\b",
    re.I,
)
_ASKS_MONEY = re.compile(
    r"\bhow much (?!does .* (?:hold|weigh))|\b(?:price|cost|costs|fee)\b", re.I
)
_ASKS_TIME = re.compile(
    r"\b(?:how (?:long|soon|quick\w*|often|many (?:years|days))|when|from what date)\b", re.I
)
_ASKS_NUMBER = re.compile(r"\bhow (?:many|loud|heavy|big|far|high|hot|cold|thick|wide)\b", re.I)
_CUES = ((_ASKS_MONEY, _MONEY), (_ASKS_TIME, _TIME), (_ASKS_NUMBER, _NUMBER))


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is compared: its terms, how much each weighs, what else it may be called."""

    text: str
    terms: tuple[str, ...]
    rarity: tuple[float, ...]
    synonyms: dict[str, tuple[tuple[str, ...], ...]]
    intents: Intents

    @property
    def weight(self) -> float:
        return sum(self.rarity)


def query_for(text: str, vocabulary: Vocabulary) -> Query:
    terms = terms_in(text)
    rarity = tuple(vocabulary.rarity(term) for term in terms)
    return Query(text, terms, rarity, synonyms_in(text), intents_of(text))


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one passage for one question; all about 0 to 1.

    ``coverage``: the share of the question's terms, by rarity, that the passage has, a synonym
    counting less; ``exact``: without synonyms; ``sentence``: within its best sentence;
    ``heading``, ``title``: in those alone. ``cue``: whether it has what is asked for (money, a
    time, a number), -1 if not, 0 if nothing such is asked. ``numbers``: the share of the
    question's numbers. ``suits``: whether its type of document answers such questions.
    """

    similarity: float
    coverage: float
    exact: float
    sentence: float
    heading: float
    title: float
    cue: float
    numbers: float
    suits: float
    vector_place: float
    words_place: float


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text's terms: all, and by sentence."""

    terms: frozenset[str]
    sentences: tuple[frozenset[str], ...]
    prefixes: frozenset[str]


@lru_cache(maxsize=20_000)
def analysed(text: str) -> Analysed:
    sentences = tuple(frozenset(terms_of(piece)) for piece in _SENTENCE.split(text) if piece)
    terms = frozenset().union(*sentences)
    prefixes = frozenset(t[:COUSIN_LETTERS] for t in terms if len(t) >= COUSIN_LETTERS)
    return Analysed(terms, sentences, prefixes)


def features_of(query: Query, candidate: Candidate) -> Features:
    text, heading, title = (
        analysed(candidate.text),
        analysed(" . ".join(candidate.heading)),
        analysed(candidate.title),
    )
    above = heading.terms | title.terms
    prefixes = text.prefixes | heading.prefixes
    return Features(
        similarity=candidate.similarity or 0.0,
        coverage=_covered(query, text.terms | above, prefixes),
        exact=_covered(query, text.terms | above, frozenset(), exact=True),
        sentence=max((_covered(query, s) for s in text.sentences), default=0.0),
        heading=_covered(query, heading.terms, heading.prefixes),
        title=_covered(query, title.terms, title.prefixes),
        cue=_cue(query.text, candidate.text),
        numbers=_numbers(query, text.terms),
        suits=float(suits(query.intents, candidate.type)),
        vector_place=_closeness(candidate.vector_place),
        words_place=_closeness(candidate.words_place),
    )


def _covered(
    query: Query,
    terms: frozenset[str],
    prefixes: frozenset[str] = frozenset(),
    *,
    exact: bool = False,
) -> float:
    if not query.weight:
        return 0.0
    found = sum(
        rarity * (float(term in terms) if exact else _strength(query, term, terms, prefixes))
        for term, rarity in zip(query.terms, query.rarity, strict=True)
    )
    return found / query.weight


def _strength(query: Query, term: str, terms: frozenset[str], prefixes: frozenset[str]) -> float:
    if term in terms:
        return 1.0
    if any(all(word in terms for word in phrase) for phrase in query.synonyms.get(term, ())):
        return SYNONYM
    return COUSIN if len(term) >= COUSIN_LETTERS and term[:COUSIN_LETTERS] in prefixes else 0.0


def _cue(question: str, text: str) -> float:
    asked = [answer for ask, answer in _CUES if ask.search(question)]
    if not asked:
        return 0.0
    return 1.0 if any(answer.search(text) for answer in asked) else -1.0


def _numbers(query: Query, terms: frozenset[str]) -> float:
    numbers = [term for term in query.terms if term[0].isdigit()]
    return sum(number in terms for number in numbers) / len(numbers) if numbers else 0.0


def _closeness(place: int | None) -> float:
    return 0.0 if place is None else 1 / math.sqrt(place)


# ---------------------------------------------------------------- the model

FEATURES = tuple(field.name for field in fields(Features))
BIAS = -7.2
WEIGHTS: dict[str, float] = {
    "similarity": 2.05,
    "coverage": 1.83,
    "exact": 0.89,
    "sentence": 1.06,
    "heading": 0.45,
    "title": 0.14,
    "cue": 0.1,
    "numbers": 0.15,
    "suits": 0.79,
    "vector_place": 2.32,
    "words_place": 0.83,
}


def score(features: Features) -> float:
    """The probability that the passage answers the question."""
    sum_ = BIAS + sum(WEIGHTS[n] * v for n, v in zip(FEATURES, astuple(features), strict=True))
    return 1 / (1 + math.exp(-sum_))


def relevance(query: Query, text: str) -> float:
    """How much of the question a sentence has, with what is asked for counting half as much."""
    of = analysed(text)
    return _covered(query, of.terms, of.prefixes) + 0.5 * max(0.0, _cue(query.text, text))


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with what is known of it, and how well it answers (0 to 1).

    ``read``: the log-odds of a model that has read it; None where none has.
    """

    candidate: Candidate
    features: Features
    score: float
    read: float | None = None


class LocalReranker:
    """The logistic model of this module."""

    def judge(self, query: Query, candidates: Sequence[Candidate]) -> list[Judged]:
        """The candidates, best first."""
        known = [(candidate, features_of(query, candidate)) for candidate in candidates]
        judged = [Judged(candidate, features, score(features)) for candidate, features in known]
        return sorted(judged, key=lambda one: -one.score)
