"""A model for tests: texts that share words are near each other; nothing is loaded."""

import re
import zlib
from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from knowledge.embeddings.base import Matrix, Vector, normalised

DIMENSIONS = 64


class WordsEmbedder:
    """Each word points in a direction of its own. ``before`` is called with each batch."""

    dimensions = DIMENSIONS
    before: ClassVar[Callable[[Sequence[str]], None] | None] = None

    def __init__(self, name: str) -> None:
        self.name = name

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        if WordsEmbedder.before is not None:
            WordsEmbedder.before(texts)
        return normalised(np.array([_counts(text) for text in texts], dtype=np.float32))

    def embed_query(self, text: str) -> Vector:
        row: Vector = self.embed_passages([text])[0]
        return row


def _counts(text: str) -> list[float]:
    counts = [0.0] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        counts[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return counts
