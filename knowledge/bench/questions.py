"""The questions about the starter set, and whether what was found answers them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.bench.corpus import STARTER, title_of
from knowledge.types import Found

EVALS = Path(__file__).resolve().parents[1] / "evals"
TRADES = EVALS / "trades"
"""Documents of other trades, to learn from only."""
FILES = {
    "dev": ("starter.jsonl", STARTER),
    "test": ("starter.jsonl", STARTER),
    "fit": ("fitting.jsonl", STARTER),
    "trades": ("trades.jsonl", TRADES),
}
HALVES = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Place:
    """A passage is right when it is of the document with this title and contains the phrase."""

    title: str
    phrase: str

    def is_in(self, found: Found) -> bool:
        return found.title == self.title and _plain(self.phrase) in _plain(found.text)


@dataclass(frozen=True, slots=True)
class Question:
    """``answers``: for each part the places that answer it; none if no document does."""

    id: str
    text: str
    kind: str
    split: str
    answers: tuple[tuple[Place, ...], ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A question of which only is known whether the starter set answers it, not where."""

    text: str
    is_answered: bool


def questions(*splits: str) -> list[Question]:
    """Those of these splits (``dev``, ``test``, ``fit``, ``trades``); of both halves when none is
    named.
    """
    wanted = splits or HALVES
    files = dict.fromkeys(FILES[split] for split in wanted)
    read = [question for name, documents in files for question in _read(name, documents)]
    return [question for question in read if question.split in wanted]


def unplaced() -> list[Unplaced]:
    """To learn from only, like ``fit``."""
    lines = (EVALS / "unplaced.jsonl").read_text("utf-8").splitlines()
    return [Unplaced(row["question"], row["is_answered"]) for row in map(json.loads, lines)]


def _read(name: str, documents: Path) -> Iterator[Question]:
    titles = {path.stem: title_of(path) for path in documents.glob("*.md")}
    for line in (EVALS / name).read_text("utf-8").splitlines():
        yield _question(json.loads(line), titles)


def _question(row: dict[str, Any], titles: dict[str, str]) -> Question:
    answers = tuple(
        tuple(
            Place(titles[place["document"]], place["contains"])
            for place in (answer, *answer.get("also", []))
        )
        for answer in row["answers"]
    )
    return Question(row["id"], row["question"], row["kind"], row["split"], answers)


def rank_of(question: Question, found: Sequence[Found]) -> int | None:
    """Where the question is answered, from 1; None if not at all.

    A compound question is answered where the last of its parts is; since one place holds one
    passage, the parts before it in the list do not count against it.
    """
    places = sorted(
        next((i for i, one in enumerate(found, 1) if is_right(one, answer)), 0)
        for answer in question.answers
    )
    if not places or places[0] == 0:
        return None
    return max(place - before for before, place in enumerate(_distinct(places)))


def _distinct(places: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(places))


def is_right(found: Found, answer: tuple[Place, ...]) -> bool:
    return any(place.is_in(found) for place in answer)


def _plain(text: str) -> str:
    return " ".join(text.split())
