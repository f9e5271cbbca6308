"""Other words for the same thing, as callers and documents of the trades use them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from knowledge.search.words import STOPWORDS, is_content, stem, words_of

LONG_WORD = 7
"""Letters from which on a word of the trade is not likely to be misheard for another."""

SYNONYMS: tuple[tuple[str, ...], ...] = (
    # money
    ("price", "cost", "charge", "fee", "rate", "expensive", "how much"),
    ("cheap", "discount", "reduction", "deal", "off", "less", "save"),
    ("loan", "finance", "financing", "installments", "monthly payment", "pay over time", "borrow"),
    ("lease", "rent", "renting", "leasing"),
    ("down payment", "deposit", "up front", "upfront", "put down"),
    ("pay off", "repay", "repayment", "payback", "pay for itself"),
    ("tax credit", "incentive", "rebate", "subsidy"),
    ("quote", "estimate", "offer"),
    ("refund", "money back", "reimbursed"),
    ("bill", "invoice"),
    ("credit score", "score", "credit check", "credit report"),
    # promises
    ("warranty", "guarantee", "guaranteed", "covered", "cover", "stand behind", "warrants"),
    ("cancel", "cancellation", "back out", "withdraw", "change my mind"),
    ("complaint", "complain", "unhappy", "not happy", "customer care", "mediation"),
    ("contract", "agreement", "sign", "signing", "signature"),
    ("sell", "selling", "move", "moving", "buyer"),
    # things
    ("air conditioner", "air conditioning", "ac", "a c", "cooling"),
    ("mini split", "ductless", "head", "heads"),
    ("heat pump", "heating"),
    ("thermostat", "wall control"),
    ("panel", "module", "solar"),
    ("inverter", "converter"),
    ("battery", "storage"),
    ("power", "electricity", "juice", "energy", "current"),
    ("outage", "blackout", "cut the power", "power cut", "grid is down"),
    ("grid", "utility", "net metering", "sell back", "export"),
    ("charger", "ev", "electric car", "car charger"),
    ("shingle", "shingles", "asphalt"),
    ("metal", "steel"),
    ("leak", "drip", "water comes in"),
    ("filter", "filters"),
    # doing
    ("install", "installation", "mount", "put in", "put up", "fit"),
    ("repair", "fix", "broken", "breaks", "broke", "quit", "stopped"),
    ("replace", "replacement", "exchange", "new one"),
    ("clean", "cleaning", "wash", "washer"),
    ("visit", "appointment", "come by", "come out", "site visit"),
    ("reschedule", "another day", "push", "postpone", "move my visit"),
    ("noise", "loud", "quiet", "hum", "decibels", "sound"),
    ("rain", "raining", "pour", "pours", "storm"),
    ("cloud", "clouds", "fog", "foggy", "gray"),
    ("pigeons", "birds", "nest", "nesting"),
    ("damage", "damaged", "broke", "wreck", "drove over"),
    ("own people", "employees", "subcontractors", "crew", "installers"),
    ("person", "human", "someone real", "operator"),
    ("wife", "husband", "spouse", "partner", "everybody who decides"),
    ("late", "delay", "delayed", "slow", "longer than promised"),
    ("photo", "photos", "picture", "pictures", "images"),
    ("neighbor", "neighbors", "neighbour"),
    ("smell", "smells", "musty", "moldy", "odor"),
    ("winter", "cold", "freezing", "frost"),
    ("year", "years", "annual", "annually"),
)


@cache
def words_of_trade() -> frozenset[str]:
    """The longer single words above, which callers use though documents may not."""
    words = {phrase for group in SYNONYMS for phrase in group if " " not in phrase}
    return frozenset(word for word in words if len(word) >= LONG_WORD)


@cache
def _groups() -> Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """For each phrase, as stems, the others of its groups."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for group in SYNONYMS:
        phrases = list(dict.fromkeys(_stems(phrase) for phrase in group))
        for phrase in phrases:
            found.setdefault(phrase, []).extend(other for other in phrases if other != phrase)
    return {phrase: tuple(others) for phrase, others in found.items()}


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words_of(phrase))


def synonyms_in(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """For each term of the question that has some: other phrases for it, as stems.

    A phrase of several words (“cut the power”) stands for each of its words that says something.
    """
    stems = _stems(text)
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in _phrases_in(stems):
        others = _groups().get(phrase)
        if others:
            for term in phrase:
                if len(phrase) == 1 or is_content(term):
                    found[term] = (*found.get(term, ()), *others)
    return found


def _phrases_in(stems: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for length in (3, 2, 1):
        for at in range(len(stems) - length + 1):
            yield tuple(stems[at : at + length])


def expanded_terms(text: str) -> tuple[str, ...]:
    """Single words worth searching for besides those of the question, in order, each once."""
    asked = set(_stems(text))
    others = (phrase for phrases in synonyms_in(text).values() for phrase in phrases)
    words = (word for phrase in others for word in phrase if len(phrase) < 3)
    return tuple(dict.fromkeys(w for w in words if w not in asked and w not in STOPWORDS))
