"""Which of a business's facts answers a question: shared words, weighted by how much they tell."""

import difflib
import functools
import math
import re
from collections import Counter
from dataclasses import dataclass

Facts = tuple[tuple[str, str], ...]

COVERAGE_NEEDED = 0.55
COVERAGE_OF_A_HINT = 0.3
SHORTEST_SLIP = 5
SLIP_SIMILARITY = 0.86
SHORTEST_LONG_WORD = 7
SLIP_SIMILARITY_OF_LONG_WORDS = 0.8
WEIGHT_IN_ANSWER = 0.6
WEIGHT_OF_SLIP = 0.8
WEIGHT_OF_FOCUS = 0.25

_STOP_WORDS = frozenset(
    """a about actually advertised ahead all also am an and any anything are as ask at be
    been but by call called calling can could course did do does doing don't for
    from get give go going good got great had has have hello help hey hi how i i'd
    i'll i'm i've if in interested into is it it's just know let like looking
    many maybe me more much my need new no not now of off offer offers okay on one
    or other our out per please possible question really right say see sell so some
    something stop sure tell than thank thanks that that's the their them then there
    these they thing things think thinking this those through to too up us wait want
    was we well were what what's when which who why will with wondering would yeah
    yes you your""".split()
)
_SYNONYMS = {
    "ac": ("air", "condition"),
    "aircon": ("air", "condition"),
    "hvac": ("heat", "air", "condition"),
    "cooling": ("air", "condition"),
    "conditioner": ("condition",),
    "conditioners": ("condition",),
    "price": ("cost",),
    "prices": ("cost",),
    "pricing": ("cost",),
    "priced": ("cost",),
    "expensive": ("cost",),
    "charge": ("cost",),
    "cheaper": ("price",),
    "cash": ("pay",),
    "upfront": ("pay",),
    "fee": ("cost",),
    "guarantee": ("warrant",),
    "guarantees": ("warrant",),
    "guaranteed": ("warrant",),
    "loan": ("financ",),
    "loans": ("financ",),
    "instalments": ("financ",),
    "installments": ("financ",),
    "instalment": ("financ",),
    "installment": ("financ",),
    "leasing": ("financ",),
    "lease": ("financ",),
    "fix": ("repair",),
    "fixing": ("repair",),
    "broken": ("repair",),
    "broke": ("repair",),
    "location": ("area",),
    "located": ("area",),
    "region": ("area",),
    "where": ("area",),
    "hours": ("open",),
    "closed": ("open",),
    "close": ("open",),
    "rebate": ("incentiv",),
    "rebates": ("incentiv",),
    "credits": ("incentiv",),
    "subsidy": ("incentiv",),
    "subsidies": ("incentiv",),
    "heater": ("furnac",),
    "insurance": ("insur",),
    "roofing": ("roof",),
    "shingles": ("roof", "shingl"),
}
_NUMBER_WORDS = frozenset(
    """zero two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty
    fifty sixty seventy eighty ninety hundred thousand""".split()
)
_HOW_MUCH_MONEY = re.compile(r"\bhow much(?=\W*$|\W+(is|are|does|do|will|would|for|money)\b)")
_SUFFIXES = (
    *("ations", "ation", "ements", "ement", "ments", "ment", "ings", "ing", "ions", "ion"),
    *("ties", "ies", "ied", "es", "ed", "ly", "ty", "s", "y", "e"),
)


@dataclass(frozen=True, slots=True)
class _Indexed:
    answer: str
    asked: frozenset[str]
    told: frozenset[str]


class FactFinder:
    """Searches question-and-answer pairs.

    Coverage of a question by a fact is the share of its telling words that the fact has, each
    weighted by its rarity among the facts; a word that is only in the answer counts six
    tenths, and one that merely sounds like a known word (a slip of speech recognition) four
    fifths. Among facts that cover enough, the one whose question is about little else wins.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = [_indexed(question, answer) for question, answer in facts]
        counts = Counter(term for fact in self._facts for term in fact.asked | fact.told)
        self._rarity = {
            term: math.log((len(facts) + 1) / (count + 0.5)) for term, count in counts.items()
        }
        self._rarity_of_unknown = math.log((len(facts) + 1) / 1.5)
        self._known_words = sorted(
            {word for question, answer in facts for word in _words(f"{question} {answer}")}
        )

    def find(self, question: str) -> str | None:
        """The answer to a question, or ``None`` when no fact fits."""
        return self._best(question, COVERAGE_NEEDED, WEIGHT_OF_FOCUS)

    def hint(self, remark: str) -> str | None:
        """What the facts first have on a subject that was only mentioned, or ``None``."""
        return self._best(remark, COVERAGE_OF_A_HINT, 0.0)

    def _best(self, text: str, coverage_needed: float, weight_of_focus: float) -> str | None:
        weights = self._weighted_terms(text)
        total = sum(self._rarity.get(term, self._rarity_of_unknown) for term in weights)
        if not total:
            return None
        best_score, best_answer = 0.0, None
        for fact in self._facts:
            coverage = self._matched(weights, fact) / total
            score = coverage + weight_of_focus * self._focus(weights, fact)
            if coverage >= coverage_needed and score > best_score:
                best_score, best_answer = score, fact.answer
        return best_answer

    def _weighted_terms(self, text: str) -> dict[str, float]:
        weights: dict[str, float] = {}
        for word in _words(text):
            known = all(term in self._rarity for term in _terms(word))
            meant = word if known else self._closest(word)
            for term in _terms(meant):
                weights.setdefault(term, 1.0 if meant == word else WEIGHT_OF_SLIP)
        return weights

    def _closest(self, word: str) -> str:
        """The known word of which this is a cut-off or slightly misheard form, or the word."""
        if len(word) < SHORTEST_SLIP:
            return word
        longer = [known for known in self._known_words if known.endswith(word)]
        is_long = len(word) >= SHORTEST_LONG_WORD
        similarity = SLIP_SIMILARITY_OF_LONG_WORDS if is_long else SLIP_SIMILARITY
        similar = difflib.get_close_matches(word, self._known_words, 1, similarity)
        return next(iter(longer + similar), word)

    def _matched(self, weights: dict[str, float], fact: _Indexed) -> float:
        return sum(
            weight * self._rarity[term] * (1.0 if term in fact.asked else WEIGHT_IN_ANSWER)
            for term, weight in weights.items()
            if term in fact.asked or term in fact.told
        )

    def _focus(self, weights: dict[str, float], fact: _Indexed) -> float:
        total = sum(self._rarity[term] for term in fact.asked)
        return sum(self._rarity[term] for term in fact.asked & weights.keys()) / (total or 1.0)


@functools.lru_cache(maxsize=256)
def finder_for(facts: Facts) -> FactFinder:
    """The finder of these facts, built once while they stay the same."""
    return FactFinder(facts)


def _indexed(question: str, answer: str) -> _Indexed:
    asked = frozenset(term for word in _words(question) for term in _terms(word))
    told = frozenset(term for word in _words(answer) for term in _terms(word))
    return _Indexed(answer, asked, told)


def _words(text: str) -> list[str]:
    plain = text.lower().replace("’", "'")
    found = re.findall(r"[a-z][a-z']*[a-z]|[a-z]", _HOW_MUCH_MONEY.sub("cost", plain))
    return [word for word in found if word not in _STOP_WORDS and word not in _NUMBER_WORDS]


def _terms(word: str) -> tuple[str, ...]:
    return _SYNONYMS.get(word) or (_stem(word),)


def _stem(word: str) -> str:
    bare = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and len(bare) - len(suffix) >= 3:
            return bare[: -len(suffix)]
    return bare
