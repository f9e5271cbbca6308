"""Questions with passages that answer them or do not, for ``knowledge.bench.training``.

From the ``fit`` questions and those of :mod:`knowledge.bench.made` about the starter set, and from
questions about documents of other trades; never from a half that measures. Each passage is given
as the reader is given it: by its window.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.bench.made import made_up
from knowledge.bench.questions import Question, Unplaced, questions, unplaced
from knowledge.search import rerank
from knowledge.search.pipeline import NO_FILTERS, candidates_for
from knowledge.search.understand import understand
from knowledge.search.vocabulary import Vocabulary, vocabulary_of
from knowledge.search.window import window_of
from salesdesk.businesses.models import Business

MOST_WRONG = 5
MOST_UNANSWERED = 4
MOST_MADE = 2
MOST_UNPLACED = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """``label`` 1 if the text answers, none where only its reader could say; ``weight`` is less
    where the label is less sure."""

    question: str
    text: str
    label: int | None
    weight: float


def pairs(business: Business, split: str) -> Iterator[Pair]:
    """Of the questions of ``split``, asked of what the business has."""
    vocabulary = vocabulary_of(business)
    for question in questions(split):
        if question.kind != "compound":
            yield from _of_question(business, question, vocabulary)


def made_pairs(business: Business) -> Iterator[Pair]:
    vocabulary = vocabulary_of(business)
    for text in made_up():
        windows = _windows(business, text, vocabulary)[:MOST_MADE]
        yield from (Pair(asked, window, 0, 0.7) for asked, window in windows)


def unplaced_pairs(business: Business) -> Iterator[Pair]:
    vocabulary = vocabulary_of(business)
    for question in unplaced():
        windows = _windows(business, question.text, vocabulary)[:MOST_UNPLACED]
        yield from (_of_unplaced(question, asked, window) for asked, window in windows)


def _of_unplaced(question: Unplaced, asked: str, window: str) -> Pair:
    return Pair(asked, window, None if question.is_answered else 0, 1.0)


def _of_question(business: Business, question: Question, vocabulary: Vocabulary) -> Iterator[Pair]:
    windows = _windows(business, question.text, vocabulary)
    if not question.answers:
        yield from (Pair(asked, window, 0, 1.0) for asked, window in windows[:MOST_UNANSWERED])
        return
    for place, (asked, window) in enumerate(windows):
        if _answers(question, window):
            yield from (Pair(spelled, window, 1, 1.0) for spelled in (asked, asked.lower()))
        elif place < MOST_WRONG:
            # Another passage may answer as well without being named for it.
            yield Pair(asked, window, 0, 0.5)


def _windows(business: Business, text: str, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """The question as it is searched for, and the windows of what is found, best first."""
    found: list[tuple[str, str]] = []
    for part in understand(text, vocabulary).parts:
        query = rerank.query_for(part, vocabulary)
        candidates = candidates_for(business, part, vocabulary, filters=NO_FILTERS)
        judged = rerank.LocalReranker().judge(query, candidates)
        found += [(part, window_of(query, one.candidate)) for one in judged]
    return found


def _answers(question: Question, window: str) -> bool:
    """Whether a place's phrase stands in the window, under its document's title."""
    plain = " ".join(window.split())
    return any(
        plain.startswith(place.title) and " ".join(place.phrase.split()) in plain
        for answer in question.answers
        for place in answer
    )


def write(business: Business, others: Business, path: Path) -> int:
    """As ``knowledge.bench.training.rows`` reads them, one JSON array a line; how many there are.

    ``business`` has the starter set, ``others`` the documents of other trades.
    """
    made = [
        *pairs(business, "fit"),
        *made_pairs(business),
        *unplaced_pairs(business),
        *pairs(others, "trades"),
    ]
    lines = (json.dumps([one.question, one.text, one.label, one.weight]) for one in made)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(made)
