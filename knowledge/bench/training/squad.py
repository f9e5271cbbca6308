"""SQuAD 2.0 as questions with a few sentences that answer them or do not."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.bench.training.rows import Row

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
WORD = re.compile(r"[a-z0-9]{3,}")
WEIGHT = 0.7


def rows_of(path: Path) -> Iterator[Row]:
    """Each question with the sentences around its answer, and with some that share its words."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for paragraph in article["paragraphs"]:
            sentences = SENTENCE_END.split(paragraph["context"])
            for question in paragraph["qas"]:
                for text, label in _read_of(question, sentences):
                    yield Row(question["question"], f"{title}. {text}", label, WEIGHT)


def _read_of(question: dict[str, Any], sentences: list[str]) -> Iterator[tuple[str, int]]:
    wrong = list(range(len(sentences)))
    if not question.get("is_impossible"):
        if not question["answers"]:
            return
        answer = question["answers"][0]["text"]
        right = [at for at, sentence in enumerate(sentences) if answer in sentence]
        if not right:
            return
        yield _around(sentences, right[0]), 1
        wrong = [at for at in wrong if at not in right]
    if wrong:
        asked = set(WORD.findall(question["question"].lower()))
        nearest = max(wrong, key=lambda at: len(asked & set(WORD.findall(sentences[at].lower()))))
        text = _around(sentences, nearest)
        if question.get("is_impossible") or answer not in text:
            yield text, 0


def _around(sentences: list[str], at: int) -> str:
    """The sentence with its neighbours, up to some words."""
    most = random.choice([40, 60, 80])  # noqa: S311
    first = last = at
    while True:
        wider = [(a, b) for a, b in ((first - 1, last), (first, last + 1)) if a >= 0]
        wider = [(a, b) for a, b in wider if b < len(sentences)]
        wider = [(a, b) for a, b in wider if len(" ".join(sentences[a : b + 1]).split()) <= most]
        if not wider:
            return " ".join(sentences[first : last + 1])
        first, last = random.choice(wider)  # noqa: S311
