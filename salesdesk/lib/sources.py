"""Where spoken words come from."""

from collections.abc import Mapping
from dataclasses import dataclass

Citation = Mapping[str, object]
"""``passage``, ``document`` (public ids), ``title``, ``heading`` (the path of headings below the
title, joined by “ › ”), ``page`` (from 1, or none), ``url``, ``version``, ``sentence`` (as it
stands there) and ``score`` (0 to 1, how well the passage answered, or none)."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages behind some words, and what looking them up cost.

    ``retrieval_ms`` is how long the search took, ``waited_ms`` how much of that the answer had to
    wait for. ``prefetched``: the search began while the caller was still speaking.
    """

    citations: tuple[Citation, ...] = ()
    retrieval_ms: int = 0
    waited_ms: int = 0
    prefetched: bool = False

    def as_metadata(self) -> dict[str, object]:
        """What is stored of them with an utterance."""
        return {
            "citations": [dict(citation) for citation in self.citations],
            "retrieval_ms": self.retrieval_ms,
            "waited_ms": self.waited_ms,
            "prefetched": self.prefetched,
        }
