"""How alike two written words sound, and how alike they look: for what recognisers mishear."""

import re
from functools import lru_cache

_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"mb$", "m"),
        (r"tch|ch|sh|t(?=io)|s(?=io)", "X"),
        (r"dg(?=[eiy])|j|g(?=[eiy])", "J"),
        (r"gh(?=t|$)", ""),
        (r"ph|v|f", "F"),
        (r"th", "0"),
        (r"ck|q|k|c(?![eiy])|gh?", "K"),
        (r"x", "KS"),
        (r"[csz]", "S"),
        (r"[dt]", "T"),
        (r"[bp]", "P"),
        (r"^[aeiouhwy]+", "A"),
        (r"[aeiouhwy]+", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=50_000)
def sound_of(word: str) -> str:
    """Its consonants by how they are spoken, voiced and unvoiced alike: ``tuna`` → ``Tn``.

    Words that sound alike mostly have the same; a vowel counts only at the beginning.
    """
    sound = word.lower()
    for pattern, replacement in _RULES:
        sound = pattern.sub(replacement, sound)
    return sound


def distance(one: str, other: str) -> int:
    """Letters to insert, drop, exchange or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, beside in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != beside))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def shortened(word: str) -> set[str]:
    """The word and what is left of it when any one letter is dropped.

    Two words that share one of these are at most two changes apart.
    """
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
