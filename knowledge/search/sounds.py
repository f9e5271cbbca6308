"""How words sound, and how far apart two sounds are: for what recognisers mishear.

A sound is a string with a sign for each phoneme, diphthongs and affricates included; stress and
length are left out.
"""

import logging
import re
from functools import cache, lru_cache
from itertools import accumulate
from math import inf

from rapidfuzz.distance import Levenshtein

from salesdesk.lib.errors import ProviderError
from salesdesk.lib.espeak import phonemes

log = logging.getLogger(__name__)

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
LEAST_OF_BONES = 0.6
"""What it costs at least to miss one of the bones or to take it for one of another class."""
_CONSONANTS = str.maketrans("bfvdTDgzZSCJmN", "pppttt" + "k" + "sssss" + "nn")
SHORTEST_KEY = 2
_VOWEL_OR_H, _HALF_VOWEL = re.compile(f"[{_VOWELS}h]"), re.compile("[jw]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def sound_of(word: str) -> str:
    """How a word is spoken, a sign for each phoneme: ``cable`` → ``kEbəl``.

    By the letters, roughly, where espeak-ng is not installed.
    """
    if not is_spoken():
        sound = re.sub("[^a-z]", "", word.lower())
        for pattern, sign in _SPELLED:
            sound = pattern.sub(sign, sound)
        return sound
    sound = _NOT_A_SIGN.sub("", phonemes(word))
    for ipa, sign in _SIGNS:
        sound = sound.replace(ipa, sign)
    return sound


@cache
def is_spoken() -> bool:
    """Whether espeak-ng says how words are pronounced; if not, the log says so once."""
    try:
        phonemes("a")
    except ProviderError as error:
        log.warning("misheard words are compared by their letters: %s", error.message)
        return False
    return True


@lru_cache(maxsize=100_000)
def sound_of_phrase(phrase: str) -> str:
    return "".join(sound_of(word) for word in phrase.split())


@lru_cache(maxsize=100_000)
def bones(sound: str) -> str:
    """Its consonants but ``h``, those easily taken for each other alike: ``wik`` → ``wk``."""
    return _VOWEL_OR_H.sub("", sound).translate(_CONSONANTS)


def skeleton(sound: str) -> str:
    """Its bones without half-vowels, each once in a row: ``kEbəl`` → ``kpl``."""
    return _TWICE.sub(r"\1", _HALF_VOWEL.sub("", bones(sound)))


def least_distance(one: str, other: str) -> float:
    """What :func:`distance` is at least; found in a fraction of the time."""
    return LEAST_OF_BONES * Levenshtein.distance(bones(one), bones(other))


def keys_of(sound: str) -> set[str]:
    """What sounds are looked up by: the skeleton and what is left when any one sign is dropped.

    Two that share one differ in a consonant or two; of short ones too many others would share what
    is left.
    """
    whole = skeleton(sound)
    dropped = {whole[:i] + whole[i + 1 :] for i in range(len(whole))}
    return {whole, *(left for left in dropped if len(left) >= SHORTEST_KEY)}


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
