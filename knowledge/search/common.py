"""Words that every English speaker uses, whether or not a business's passages have them."""

from functools import cache

from knowledge.embeddings.local import weights_folder


@cache
def common_words() -> frozenset[str]:
    """The whole words among the local embedding model's word pieces; empty without that model."""
    try:
        pieces = (weights_folder() / "vocab.txt").read_text(encoding="utf-8").split()
    except (ImportError, OSError):
        return frozenset()
    return frozenset(piece for piece in pieces if piece.isalpha() and len(piece) > 2)
