"""Vectors for passages and questions, by whichever model a business uses.

:func:`embedder` gives the model itself; which one is a matter of
:mod:`knowledge.embeddings.choice`, and how a business moves to another of
:mod:`knowledge.embeddings.change`.
"""

from knowledge.embeddings.base import Embedder, Matrix, Vector, embedder

__all__ = ["Embedder", "Matrix", "Vector", "embedder"]
