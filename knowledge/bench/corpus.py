"""Passages to search among: the starter set, and any number made from its sentences.

A made passage is a few sentences of one section and of others, some of their words exchanged by a
word model (which word follows which in the starter set). Its vector is the sum of the real vectors
of those sentences, with noise, brought to length 1: embedding a hundred thousand texts for real
would take an hour, and vectors drawn at random have no neighbourhoods that an index could miss.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from knowledge.embeddings import Matrix
from knowledge.embeddings.base import normalised

STARTER = Path(__file__).resolve().parents[1] / "starter"
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
EXCHANGED = 0.15
NOISE = 0.35


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a starter document with the text under it."""

    document: str
    heading: str
    text: str

    @property
    def sentences(self) -> list[str]:
        return [piece for piece in SENTENCE_END.split(self.text) if len(piece.split()) > 2]


def sections() -> list[Section]:
    """Every section of the starter set, in order."""
    return [section for path in sorted(STARTER.glob("*.md")) for section in _sections_of(path)]


def _sections_of(path: Path) -> Iterator[Section]:
    meta, body = read(path)
    _, *pieces = HEADING.split(body)
    for heading, text in zip(pieces[::2], pieces[1::2], strict=True):
        yield Section(str(meta["title"]), heading, text.strip())


def read(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body of a starter document."""
    match = FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"{path.name} has no front matter.")
    return yaml.safe_load(match[1]), match[2]


def title_of(path: Path) -> str:
    return str(read(path)[0]["title"])


class Generator:
    """Makes passages and their vectors; the same seed makes the same."""

    def __init__(
        self, sentences: Sequence[Sequence[str]], vectors: Sequence[Matrix], seed: int
    ) -> None:
        """``sentences`` by section, and the vectors of each section's sentences."""
        self._sentences, self._vectors = sentences, vectors
        self._random = random.Random(seed)  # noqa: S311
        self._noise = np.random.default_rng(seed)
        self._following = _following(sentences)

    def make(self, count: int) -> tuple[list[str], Matrix]:
        """Texts of three to six sentences, and a row for each."""
        drafts = [self._draft() for _ in range(count)]
        dimensions = self._vectors[0].shape[1]
        noise = normalised(self._noise.standard_normal((count, dimensions)))
        matrix = normalised(np.array([vector for _, vector in drafts])) + NOISE * noise
        return [text for text, _ in drafts], normalised(matrix)

    def _draft(self) -> tuple[str, Matrix]:
        """Two of three sentences come from one section, so that passages have a subject."""
        subject = self._random.randrange(len(self._sentences))
        chosen: list[tuple[str, Matrix]] = []
        for _ in range(self._random.randint(3, 6)):
            stays = self._random.random() < 2 / 3
            section = subject if stays else self._random.randrange(len(self._sentences))
            sentence = self._random.randrange(len(self._sentences[section]))
            text = self._vary(self._sentences[section][sentence])
            chosen.append((text, self._vectors[section][sentence]))
        vector: Matrix = np.sum([vector for _, vector in chosen], axis=0)
        return " ".join(text for text, _ in chosen), vector

    def _vary(self, sentence: str) -> str:
        words = sentence.split()
        for i in range(1, len(words)):
            if self._random.random() < EXCHANGED:
                words[i] = self._random.choice(self._following[words[i - 1]] or [words[i]])
        return " ".join(words)


def _following(sentences: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    following: dict[str, list[str]] = defaultdict(list)
    for sentence in (sentence for section in sentences for sentence in section):
        for word, after in pairwise(sentence.split()):
            following[word].append(after)
    return following
