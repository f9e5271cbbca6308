"""Figures and dates in spoken words, so that it can be told whether somebody invented one."""

import re

from knowledge.search.numbers import digits_for_words

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[a-z]+(?:'[a-z]+)?", re.I)
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
        ).split(),
        start=1,
    )
}
_PLAIN_ORDINALS = frozenset({"first", "second", "third"})
"""Mostly no dates: “the first one”, “call the emergency services first”."""
_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december tomorrow noon midnight half percent twice
    double""".split()
)


def figures_in(text: str) -> set[str]:
    """Numbers (in digits, however they are said), days, months and the like, in small letters.

    “twenty five years”, “25-year” and “$25” all give ``25``; “one” alone gives nothing.
    """
    words = _WORD.findall(text.lower().replace("’", "'").replace("-", " "))
    split = [part for word in words for part in _parts(word)]
    found = digits_for_words(split)
    return {word for word in found if word.isdigit() or word in _NAMES}


def _parts(word: str) -> list[str]:
    """``18,000`` is one number; ``3.5``, ``15:00`` and ``24th`` are their parts."""
    if word[0].isdigit():
        return [part.lstrip("0") or "0" for part in re.split(r"[.:]", word.replace(",", ""))]
    if word in _ORDINALS and word not in _PLAIN_ORDINALS:
        return [_ORDINALS[word]]
    return [word]
