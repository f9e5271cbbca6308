"""Words that every English speaker uses, whether or not a business's passages have them."""

from collections.abc import Mapping
from functools import cache

from knowledge.embeddings.local import weights_folder
from knowledge.search.words import stem

SHORTEST = 3
"""Stems of so few letters are often word pieces and no words."""


@cache
def common_words() -> Mapping[str, int]:
    """The whole words among the local embedding model's word pieces, the most frequent first, with
    their places; empty without that model."""
    try:
        pieces = (weights_folder() / "vocab.txt").read_text(encoding="utf-8").split()
    except (ImportError, OSError):
        return {}
    words = (piece for piece in pieces if piece.isalpha())
    return {word: place for place, word in enumerate(words)}


@cache
def common_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in common_words() if len(word) > SHORTEST)
