"""Sentences for speech, and cutting text into them."""

import re
from dataclasses import dataclass

from salesdesk.lib.sources import Sources

_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "st", "ave", "vs", "no", "e.g", "i.e", "etc", "approx", "inc", "co"}
)
_CLOCK_ABBREVIATIONS = frozenset({"a.m", "p.m"})
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A whole sentence to be spoken, with its punctuation and without surrounding space.

    ``sources`` are the passages from which it was taken.
    """

    text: str
    sources: Sources | None = None


def split_sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order, with their punctuation; blank text gives none.

    Abbreviations and initials do not end a sentence, nor do “a.m.” and “p.m.” before a small
    letter; a line break always does.
    """
    return [sentence for paragraph in text.splitlines() for sentence in _split_paragraph(paragraph)]


def _split_paragraph(paragraph: str) -> list[str]:
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(paragraph):
        if _goes_on(paragraph[start : end.start()], end.group(), paragraph[end.end() :]):
            continue
        sentences.append(paragraph[start : end.end()].strip())
        start = end.end()
    sentences.append(paragraph[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _goes_on(before: str, mark: str, after: str) -> bool:
    if mark != "." or not after.strip():
        return False
    last_word = before.split()[-1].lower().lstrip("(\"'“‘") if before.split() else ""
    if last_word in _CLOCK_ABBREVIATIONS:
        return after.lstrip()[:1].islower()
    is_initial = len(last_word) == 1 and last_word.isalpha() and last_word != "i"
    return last_word in _ABBREVIATIONS or is_initial
