"""Answers to choose from: yes or no, or one of the business's own."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.result import Reading, Setting

NO_YES_OR_NO = "I did not catch whether that is a yes or a no."
ALIKE = 82
"""From here on (0 to 100) two words are taken for the same one, misheard."""
SHORTEST_MISHEARD = 4
MARGIN = 6

# ---------------------------------------------------------------- yes or no

_YES = re.compile(
    r"^\W*(?:(?:oh|well|um|uh|okay|ok|so)\W+)*"
    r"(?:yes|yeah|yep|yup|sure|correct|right|exactly|absolutely|definitely|certainly|of course"
    r"|indeed|true|(?:i|we) (?:do|am|are|did|have|can|will)\b(?! not|n't)|that's (?:right|correct)"
    r"|it (?:is|does|has)\b(?! not|n't)|okay|ok)\b",
    re.I,
)
_NO = re.compile(
    r"^\W*(?:(?:oh|well|um|uh|okay|ok|so)\W+)*"
    r"(?:no\b(?! (?:problem|doubt))|nope|nah|not\b(?! only)|never|false|negative"
    r"|(?:i|we|it|they) (?:do|am|are|is|did|have|does|has|can|will)(?: ?not|n't)\b"
    r"|i'm not|we're not|it's not|i'm afraid not|unfortunately not)",
    re.I,
)
_NOT = re.compile(r"\b(?:not|no|never|nobody|neither)\b|n't\b", re.I)
_OPPOSITES = {
    "own": re.compile(
        r"\b(?:rent|renting|rented|lease|leasing|tenants?|landlord\w*|my parents|belongs to)\b",
        re.I,
    )
}
_DENIED_OPPOSITE = re.compile(r"(?:\b(?:not|never|no longer)|n't)\s+(?:\w+\s+)?(?:rent|leas)", re.I)
_MEANS_OWNING = re.compile(
    r"\b(?:own|owns|owned|owner|owners|homeowners?|it's (?:mine|ours)|is (?:mine|ours))\b"
)
_EMPTY = frozenset(
    """do does did are is am was were have has had will would can could you your yours we our us i
    my the a an and or who what when where which how that this it its at for with in on of to any
    there be decides decide""".split()
)


def read_yes_no(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """A plain yes or no, or the question's own words said again: “I own the house” → yes."""
    said = text.replace("’", "'").strip().lower()
    if said in ("true", "false"):
        return _answer(said == "true")
    topic = _topic(spec)
    for word, opposite in _OPPOSITES.items():
        if word in topic and opposite.search(said):
            return _answer(bool(_DENIED_OPPOSITE.search(said)))
    if _NO.search(said):
        return _answer(False)
    if _YES.search(said):
        return _answer(True)
    if _repeats(topic, said):
        return _answer(not _NOT.search(said))
    return Reading(problem=NO_YES_OR_NO)


def _answer(is_yes: bool) -> Reading:
    return Reading(is_yes, "yes" if is_yes else "no")


def _topic(spec: FieldSpec) -> frozenset[str]:
    """What the question is about: its first telling words, and “own” for every word of owning."""
    asked = f"{spec.label} {spec.question}".lower()
    words = {word for word in re.findall(r"[a-z]+", asked) if word not in _EMPTY}
    if _MEANS_OWNING.search(asked):
        words.add("own")
    return frozenset(words)


def _repeats(topic: frozenset[str], said: str) -> bool:
    if "own" in topic:
        return bool(_MEANS_OWNING.search(said))
    return bool(topic & set(re.findall(r"[a-z]+", said)))


# ---------------------------------------------------------------- one of several

_DENIED = re.compile(r"\b(?:not|no|instead of|rather than)(?: (?:the|a|an|my|our|so much))* [\w']+")
_JOINING = frozenset("and or the a an of for with to in".split())
_BRACKETS = re.compile(r"\s*\(([^)]*)\)\s*")


def read_choice(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """The choice that the words mean, or come closest to.

    A choice may name other words for itself in brackets: ``cooling (air conditioning, AC)``.
    """
    said = _words(_DENIED.sub(" ", text.lower()))
    scores = [(score(choice, said, spec.choices), name_of(choice)) for choice in spec.choices]
    ranked = sorted(scores, key=lambda each: -each[0])
    if not ranked or ranked[0][0] < ALIKE:
        return Reading(problem=f"I did not catch which one: {either(spec.choices)}.")
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN:
        both = either([name for each, name in ranked if ranked[0][0] - each < MARGIN])
        return Reading(problem=f"I can note only one: {both}.")
    return Reading(ranked[0][1], ranked[0][1])


def name_of(choice: str) -> str:
    """The choice without the other words for it."""
    return _BRACKETS.sub(" ", choice).strip()


def either(choices: Sequence[str]) -> str:
    """``solar, heating or roof``."""
    names = [name_of(choice) for choice in choices]
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "")))


def score(choice: str, said: Sequence[str], choices: Sequence[str]) -> float:
    """How near (0 to 100) the words come to the choice, by its phrases and its own words."""
    phrases = [_words(phrase) for phrase in _phrases(choice)]
    others = {word for other in choices if other != choice for word in _all_words(other)}
    own = {word for phrase in phrases for word in phrase if word not in others}
    whole = max((_phrase_score(phrase, said) for phrase in phrases if phrase), default=0.0)
    single = max((_best(word, said) for word in own), default=0.0)
    return max(whole, single - MARGIN / 2)


def _phrases(choice: str) -> list[str]:
    brackets = [part for found in _BRACKETS.findall(choice) for part in found.split(",")]
    return [name_of(choice), *brackets]


def _all_words(choice: str) -> list[str]:
    return [word for phrase in _phrases(choice) for word in _words(phrase)]


def _words(text: str) -> list[str]:
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower())
    return [word for word in found if word not in _JOINING]


def _phrase_score(phrase: Sequence[str], said: Sequence[str]) -> float:
    return sum(_best(word, said) for word in phrase) / len(phrase)


def _best(word: str, said: Sequence[str]) -> float:
    return max((_likeness(word, other) for other in said), default=0.0)


def _likeness(word: str, other: str) -> float:
    if word == other:
        return 100.0
    if min(len(word), len(other)) < SHORTEST_MISHEARD:
        return 0.0
    if word.startswith(other) or other.startswith(word):
        return 95.0
    return fuzz.ratio(word, other)
