"""How words sound, and how far apart two sounds are: for what recognisers mishear.

A sound is a string with a sign for each phoneme, diphthongs and affricates included; stress and
length are left out.
"""

import re
from functools import lru_cache
from itertools import accumulate
from math import inf

from salesdesk.lib.errors import ProviderError
from salesdesk.lib.espeak import phonemes

_SIGNS = (
    ("tʃ", "C"),
    ("dʒ", "J"),
    ("eɪ", "E"),
    ("aɪ", "I"),
    ("oʊ", "O"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("ɚ", "əɹ"),
    ("ɜ", "əɹ"),
    ("ɾ", "t"),
    ("ʔ", "t"),
    ("ɬ", "l"),
    ("ᵻ", "ɪ"),
    ("ɐ", "ə"),
    ("ʌ", "ə"),
    ("ɡ", "g"),
    ("ŋ", "N"),
    ("ʃ", "S"),
    ("ʒ", "Z"),
    ("θ", "T"),
    ("ð", "D"),
    ("əɹɹ", "əɹ"),
)
_NOT_A_SIGN = re.compile(r"[\W_]|[ˈˌː]")
_SPELLED = (
    (re.compile(r"^(?:kn|gn|pn)"), "n"),
    (re.compile(r"^wr"), "ɹ"),
    (re.compile(r"mb$"), "m"),
    (re.compile(r"tch|ch"), "C"),
    (re.compile(r"sh|t(?=io)|s(?=io)"), "S"),
    (re.compile(r"dg(?=[eiy])|j|g(?=[eiy])"), "J"),
    (re.compile(r"gh(?=t|$)"), ""),
    (re.compile(r"ph"), "f"),
    (re.compile(r"th"), "T"),
    (re.compile(r"ck|q|c(?![eiy])"), "k"),
    (re.compile(r"c"), "s"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"r"), "ɹ"),
    (re.compile(r"[aeiouy]+"), "ə"),
    (re.compile(r"(.)\1+"), r"\1"),
)
"""Where espeak-ng is not installed."""

_VOWELS = "EIOWYɪəiuʊeæɑɔaoɛ"
_WEAK = "əɪ"
_ALIKE = (
    (0.15, "əɪʊ", "ɑɔ"),
    (0.25, "iɪ", "uʊ"),
    (0.3, "td", "sz", "ɑɔəo", "eɛæ", "ɪeɛ"),
    (0.35, "ɔO", "Ee", "Eɛ", "əeæɛ"),
    (0.4, "pb", "fv", "kg", "SZ", "CJ", "TD"),
    (0.5, "mn", "nN", "SC", "JZ", "dD", _VOWELS),
    (0.6, "sS", "fT", "tT", "bv", "pf", "wɹ"),
    (0.7, "zS", "lɹ", "lw"),
    (0.8, "kt", "pt", "gd", "bd"),
)
"""What it costs to take one phoneme of a group for another; all else costs 1. Chosen by ear and by
the mishearings of ``evals/fitting.jsonl``."""
_APART = {
    (one, other): cost
    for cost, *groups in reversed(_ALIKE)
    for group in groups
    for one in group
    for other in group
}
_CONSONANT_MISSED = 0.8
_MISSED = {
    **dict.fromkeys(_VOWELS, 0.5),
    **dict.fromkeys(_WEAK, 0.25),
    **dict.fromkeys("jwtd", 0.6),
    "h": 0.3,
}
"""What it costs that a phoneme is not heard, or heard where there is none."""
_CONSONANTS = str.maketrans("bfvdTDgzZSCJmN", "pppttt" + "k" + "sssss" + "nn")
_NOT_FELT = re.compile(f"[{_VOWELS}jwh]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def sound_of(word: str) -> str:
    """How a word is spoken, a sign for each phoneme: ``cable`` → ``kEbəl``.

    By the letters, roughly, where espeak-ng is not installed.
    """
    try:
        sound = _NOT_A_SIGN.sub("", phonemes(word))
        for ipa, sign in _SIGNS:
            sound = sound.replace(ipa, sign)
    except ProviderError:
        sound = re.sub("[^a-z]", "", word.lower())
        for pattern, sign in _SPELLED:
            sound = pattern.sub(sign, sound)
    return sound


def sound_of_phrase(phrase: str) -> str:
    return "".join(sound_of(word) for word in phrase.split())


def skeleton(sound: str) -> str:
    """Its consonants, those that are easily taken for each other alike: ``kEbəl`` → ``kpl``."""
    return _TWICE.sub(r"\1", _NOT_FELT.sub("", sound).translate(_CONSONANTS))


def shortened(text: str) -> set[str]:
    """The text and what is left of it when any one letter is dropped.

    Two texts that share one of these are at most two changes apart.
    """
    return {text, *(text[:i] + text[i + 1 :] for i in range(len(text)))}


@lru_cache(maxsize=100_000)
def distance(one: str, other: str, most: float = inf) -> float:
    """What it takes to hear one sound as the other: 1 for a phoneme taken for one unlike it.

    Infinite where it is more than ``most``, which is found sooner.
    """
    added = [_MISSED.get(sign, _CONSONANT_MISSED) for sign in other]
    row = [0.0, *accumulate(added)]
    for sign in one:
        dropped = _MISSED.get(sign, _CONSONANT_MISSED)
        left = row[0] + dropped
        new = [left]
        for beside, cost, above, diagonal in zip(other, added, row[1:], row, strict=False):
            if sign != beside:
                diagonal += _APART.get((sign, beside), 1.0)
            left = min(above + dropped, left + cost, diagonal)
            new.append(left)
        if min(new) > most:
            return inf
        row = new
    return row[-1] if row[-1] <= most else inf
