"""What a caller's words mean to say: fillers gone, misheard words put right, questions apart."""

import re
from dataclasses import dataclass

from knowledge.search.hearing import Correction, corrected
from knowledge.search.numbers import digits_for_words
from knowledge.search.vocabulary import Vocabulary
from knowledge.search.words import is_content, stem, words_of

LONGEST_QUESTION = 1_000
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
