"""What is learnt from: questions, texts, and how likely the one answers the other."""

import json
import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

HEARD = 0.35


@dataclass(frozen=True, slots=True)
class Row:
    """``answers`` is a probability, nothing where only is known that one of the question's texts
    does; ``weight`` is how much the row counts."""

    question: str
    text: str
    answers: float | None
    weight: float


def read(path: Path) -> list[Row]:
    return [Row(*json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def as_heard(row: Row) -> Row:
    """Some as a recogniser writes them."""
    if random.random() > HEARD:  # noqa: S311
        return row
    return replace(row, question=re.sub(r"[?.,]", "", row.question).lower())
