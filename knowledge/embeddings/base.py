"""What the product asks of an embedding model, in its own words."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.module_loading import import_string

from salesdesk.lib.errors import NotConfigured

Vector: TypeAlias = npt.NDArray[np.float32]
"""One embedding of length 1: shape ``[dimensions]``."""

Matrix: TypeAlias = npt.NDArray[np.float32]
"""Embeddings of length 1, a row for each text: shape ``[texts, dimensions]``."""


class Embedder(Protocol):
    """A model that puts texts of like meaning near each other (cosine).

    May be used by several threads. Both methods raise
    :class:`~salesdesk.lib.errors.ProviderError` with a sentence.
    """

    @property
    def name(self) -> str:
        """Its key in ``EMBEDDING_MODELS``; stored with each vector."""

    @property
    def dimensions(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """A row for each text, in their order; of any number of texts."""

    def embed_query(self, text: str) -> Vector:
        """The vector that is compared with those of passages."""


@cache
def embedder(name: str) -> Embedder:
    """The model of that name, one for the whole process; loaded when it is first used.

    Raises :class:`~salesdesk.lib.errors.NotConfigured` for a name that the settings do not have.
    """
    known: dict[str, dict[str, Any]] = settings.EMBEDDING_MODELS
    if name not in known:
        raise NotConfigured(f"“{name}” is no embedding model here; there are {', '.join(known)}.")
    make = import_string(known[name]["BACKEND"])
    return cast(Embedder, make(name=name, **known[name]["OPTIONS"]))


def normalised(matrix: npt.NDArray[np.floating[Any]]) -> Matrix:
    """The rows brought to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return (matrix / np.where(lengths == 0, 1, lengths)).astype(np.float32)
