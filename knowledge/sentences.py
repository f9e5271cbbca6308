"""Cutting prose into sentences, for passages and citations. Pure."""

import re

ABBREVIATIONS = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "st", "ave", "vs", "no", "nos", "e.g", "i.e", "etc", "approx"),
        *("inc", "co", "ltd", "fig", "sec", "ch", "dept", "est", "max", "min"),
    )
)
_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)|[。！？]")


def split_sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order, with their punctuation; blank text gives none.

    A line break always ends one; abbreviations and initials do not.
    """
    return [sentence for line in text.splitlines() for sentence in _split_line(line)]


def _split_line(line: str) -> list[str]:
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(line):
        if end.group() == "." and _goes_on(line[start : end.start()], line[end.end() :]):
            continue
        sentences.append(line[start : end.end()].strip())
        start = end.end()
    sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _goes_on(before: str, after: str) -> bool:
    """Whether a full stop between the two is one of an abbreviation, an initial or a number."""
    words = before.split()
    last = words[-1].lower().lstrip("(\"'“‘") if words else ""
    following = after.lstrip()[:1]
    if not following:
        return False
    if last in ("a.m", "p.m", "u.s"):
        return following.islower()
    is_initial = len(last) == 1 and last.isalpha() and last != "i"
    is_item = last.isdecimal() and len(words) == 1
    return last in ABBREVIATIONS or is_initial or is_item
