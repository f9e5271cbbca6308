"""Words that every English speaker uses, whether or not a business's passages have them."""

from collections.abc import Mapping
from functools import cache

from knowledge.embeddings.local import weights_folder

ENDINGS = ("s", "es", "d", "ed", "ing", "e", "er", "est", "ly", "y")
SHORTEST = 3
"""What is left of so few letters is often another word."""


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


def is_form_of_common(word: str) -> bool:
    """Whether another form of the word is common: “expires”, as “expired” is."""
    bases = {word.removesuffix(ending) for ending in ENDINGS} - {word}
    others = (base + ending for base in bases if len(base) > SHORTEST for ending in ("", *ENDINGS))
    return any(other in common_words() for other in others)
