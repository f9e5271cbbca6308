"""What a caller's words mean to say: fillers gone, misheard words put right, questions apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.search.common import common_words
from knowledge.search.numbers import digits_for_words
from knowledge.search.sounds import distance, shortened, sound_of
from knowledge.search.vocabulary import Vocabulary
from knowledge.search.words import STOPWORDS, is_content, stem, words_of

LONGEST_QUESTION = 1_000
LONG = 8
"""Of so many letters, a word that differs from another by two is hardly a third."""
ENOUGH_SOUNDS = 4
MOST_PARTS = 3

_FILLERS = re.compile(
    r"""\b(?:
        u+h+m*|u+m+|e+r+m*|h+m+ | you\ know(?=\s*[,.]) | i\ mean(?=\s*[,.]) | kind\ of|sort\ of
        | (?:so|well|okay|ok|right|now|actually|basically|hi|hello|hey)(?=\s*,)
        | (?:can|could|would)\ you\ (?:please\ )?tell\ me | i(?:'m|\ was|\ am)\ (?:just\ )?wondering
        | i(?:'d|\ would)\ like\ to\ know | i\ (?:just\ )?(?:wanna|want\ to)\ know | please
        | by\ the\ way | (?:,\ )?like(?=\s*,)
    )\b\s*,?\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_ASKS = (
    r"(?:what|when|where|who|why|how|which|whose|is|are|was|do|does|did|can|could|can't|will|"
    r"would|should|may|don't|doesn't|if\ not)(?:'s|'re|'d)?"
)
_QUESTION = re.compile(rf"(?:and\s+|but\s+|so\s+)*{_ASKS}\b(?<!if)", re.IGNORECASE)
_REFERS = re.compile(r"\b(?:it|that|this|them|they|same|one|there|he|she)\b", re.IGNORECASE)
_BREAK = re.compile(
    rf"[?.!]\s+(?=\w)|,?\s+(?:and|but|or)\s+(?:also\s+)?(?={_ASKS}\b)|,\s+(?={_ASKS}\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Correction:
    """Words that were taken for others."""

    heard: str
    meant: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made ready. ``terms`` are the stems that matter, numbers in digits, in order."""

    asked: str
    text: str
    corrections: tuple[Correction, ...]
    terms: tuple[str, ...]
    parts: tuple[str, ...]


def understand(asked: str, vocabulary: Vocabulary) -> Understood:
    """Clean, correct and split a question; of very long ones only the beginning."""
    cleaned = without_fillers(asked[:LONGEST_QUESTION])
    text, corrections = corrected(cleaned, vocabulary)
    return Understood(
        asked=asked,
        text=text,
        corrections=corrections,
        terms=terms_in(text),
        parts=parts_of(text),
    )


def without_fillers(text: str) -> str:
    """Without what people say while they look for words; all of it if nothing else is there."""
    spaced = " ".join(text.replace("’", "'").split())
    cleaned = " ".join(_FILLERS.sub(" ", spaced).split()).strip(" ,")
    return cleaned if words_of(cleaned) else spaced


def terms_in(text: str) -> tuple[str, ...]:
    """Each stem that says something about the subject, once."""
    words = digits_for_words(words_of(text))
    return tuple(dict.fromkeys(stem(word) for word in words if is_content(word)))


# ---------------------------------------------------------------- several questions in one


def parts_of(text: str) -> tuple[str, ...]:
    """The questions that a compound one consists of; the text itself if it is one only.

    A piece that asks nothing by itself belongs to its neighbour: “if I lease, who repairs it?”. A
    piece that goes back to the first (“is the inverter the same?”) stands after the first.
    """
    pieces = [piece.strip(" ,") for piece in _BREAK.split(text)]
    parts: list[str] = []
    for piece in pieces:
        if parts and not (_asks(piece) and _asks(parts[-1])):
            parts[-1] = f"{parts[-1]}, {piece}"
        else:
            parts.append(piece)
    if not 1 < len(parts) <= MOST_PARTS:
        return (text,)
    return (parts[0], *(_with_context(part, parts[0]) for part in parts[1:]))


def _asks(piece: str) -> bool:
    """Whether it is a question with a subject: not “if I lease”, not “what now”."""
    return bool(_QUESTION.match(piece)) and len(terms_in(piece)) > 0


def _with_context(part: str, first: str) -> str:
    """The part after what it refers to, if it does: “is the inverter the same?”."""
    return f"{first}; {part}" if _REFERS.search(part) else part


# ---------------------------------------------------------------- misheard words


def corrected(text: str, vocabulary: Vocabulary) -> tuple[str, tuple[Correction, ...]]:
    """The text with words put right that this business's passages do not have.

    Up to three words are held against each word and each frequent pair of the passages, by look
    and by sound: “work men ship” → “workmanship”, “credits core” → “credit score”. A single word
    needs to sound the same, or to be almost the same, or to stand beside a word that the
    suggestion is often seen with: “heat bump” → “heat pump”.
    """
    words = words_of(text)
    meant: list[str] = []
    corrections: list[Correction] = []
    at = 0
    while at < len(words):
        length, found = _correction_at(words, at, meant[-1] if meant else "", vocabulary)
        if length:
            corrections.append(Correction(" ".join(words[at : at + length]), found))
        meant.extend(found.split() if length else [words[at]])
        at += max(1, length)
    if not corrections:
        return text, ()
    return " ".join(meant), tuple(corrections)


def _correction_at(
    words: Sequence[str], at: int, before: str, vocabulary: Vocabulary
) -> tuple[int, str]:
    """How many words from ``at`` on were misheard, and for what; 0 if none."""
    for length in (2, 3):
        window = words[at : at + length]
        if len(window) == length and _may_be_one(window, vocabulary):
            found = _joined(window, vocabulary)
            if found:
                return length, found
    after = words[at + 1] if at + 1 < len(words) else ""
    found = _single(words[at], before, after, vocabulary)
    return (1, found) if found else (0, "")


def _may_be_one(window: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Something in it is unknown, and nothing is a number."""
    strange = [word for word in window if not vocabulary.knows(word)]
    return bool(strange) and not any(word[0].isdigit() for word in window)


def _joined(window: Sequence[str], vocabulary: Vocabulary) -> str:
    """The word or pair that these words are when spoken as one."""
    joined = "".join(window)
    if len(joined) < 5:
        return ""
    candidates = [
        candidate
        for candidate in _near(joined, vocabulary)
        if _is_same(joined, candidate.replace(" ", ""))
    ]
    return _best(joined, candidates, vocabulary)


def _is_same(heard: str, candidate: str) -> bool:
    apart = distance(heard, candidate)
    alike = sound_of(heard) == sound_of(candidate) and len(sound_of(heard)) >= 2
    return apart <= 1 or (alike and apart <= 2 and len(heard) >= 6)


def _single(word: str, before: str, after: str, vocabulary: Vocabulary) -> str:
    if len(word) < 3 or not word.isalpha() or (word in STOPWORDS and word != "many"):
        return ""
    if vocabulary.knows(word) and _is_beside(word, before, after, vocabulary):
        return ""
    strange = not vocabulary.knows(word) and word not in common_words()
    near = _near(word, vocabulary)
    if strange and len(word) >= LONG:
        near |= _ending_alike(word, vocabulary)
    alike = (one for one in near if _resembles(word, one))
    candidates = [
        one
        for one in alike
        if _is_beside(one, before, after, vocabulary) or (strange and _may_mean(word, one))
    ]
    return _best(word, candidates, vocabulary) or _after_article(word, after, vocabulary)


def _after_article(word: str, after: str, vocabulary: Vocabulary) -> str:
    """Without an “a” that was taken for its beginning: “attacks credit” → “tax credit”."""
    rest = word[1:]
    if word[0] != "a" or len(sound_of(rest)) < 2 or vocabulary.knows(word):
        return ""
    alike = vocabulary.sounds.get(sound_of(rest), ())
    beside = [one for one in alike if " " not in one and _is_beside(one, "", after, vocabulary)]
    return _best(rest, beside, vocabulary)


def _resembles(word: str, candidate: str) -> bool:
    """Another single word that is written or spoken much like this."""
    if " " in candidate or stem(word) == stem(candidate):
        return False
    apart = distance(word, candidate)
    begins_alike = word[0] == candidate[0] and len(candidate) > 4
    is_long = min(len(word), len(candidate)) >= LONG
    alike = begins_alike or is_long or sound_of(word) == sound_of(candidate)
    return apart <= 1 or (apart <= 2 and alike)


def _may_mean(word: str, candidate: str) -> bool:
    """Near enough without a neighbour that speaks for it."""
    alike = sound_of(word) == sound_of(candidate) and len(sound_of(word)) >= 2
    most = 2 if len(word) >= LONG else 1
    return alike or (distance(word, candidate) <= most and len(word) >= 5)


def _is_beside(word: str, before: str, after: str, vocabulary: Vocabulary) -> bool:
    pairs = vocabulary.pairs
    neighbours = [pair for pair in ((before, word), (word, after)) if not STOPWORDS & set(pair)]
    return any(pair in pairs for pair in neighbours)


def _near(heard: str, vocabulary: Vocabulary) -> set[str]:
    """Words and pairs that sound the same or are at most two changes apart."""
    found = set(vocabulary.sounds.get(sound_of(heard), ()))
    for key in shortened(heard):
        found.update(vocabulary.shortened.get(key, ()))
    return found


def _ending_alike(word: str, vocabulary: Vocabulary) -> set[str]:
    """Words of which only the beginning was misheard: “anancing” → “financing”."""
    end = sound_of(word)[1:]
    if len(end) < ENOUGH_SOUNDS:
        return set()
    return {one for sound, words in vocabulary.sounds.items() if sound[1:] == end for one in words}


def _best(heard: str, candidates: Iterable[str], vocabulary: Vocabulary) -> str:
    """The nearest, among equals the most frequent."""

    def rank(candidate: str) -> tuple[int, int, str]:
        plain = candidate.replace(" ", "")
        off = 2 * distance(heard, plain) + (sound_of(heard) != sound_of(plain))
        return off, -vocabulary.words.get(candidate, 0), candidate

    return min(candidates, key=rank, default="")
