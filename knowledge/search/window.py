"""The few lines of a passage that bear most on a question, short enough to be read closely."""

from knowledge.search.compress import pieces
from knowledge.search.rerank import Query, relevance
from knowledge.search.retrieve import Candidate

MOST_WORDS = 60


def window_of(query: Query, candidate: Candidate, most_words: int = MOST_WORDS) -> str:
    """Heading, then the most relevant sentences (or a table's rows under its head), in order.

    The most relevant one is there at any length; others as long as there is room.
    """
    head, parts = _parts(candidate)
    ranked = sorted(range(len(parts)), key=lambda place: -relevance(query, parts[place]))
    chosen: list[int] = []
    used = len(head.split())
    for place in ranked:
        length = len(parts[place].split())
        if not chosen or used + length <= most_words:
            chosen.append(place)
            used += length
    body = " ".join(parts[place] for place in sorted(chosen))
    return " ".join(filter(None, [f"{heading_of(candidate)}.", head, body]))


def heading_of(candidate: Candidate) -> str:
    """Title and headings, each once."""
    return ", ".join(dict.fromkeys((candidate.title, *candidate.heading)))


def _parts(candidate: Candidate) -> tuple[str, list[str]]:
    found = pieces(candidate.kind, candidate.text)
    head, newline, _ = found[0].partition("\n")
    if not newline or any(not piece.startswith(f"{head}\n") for piece in found):
        return "", found
    return head, [piece.removeprefix(f"{head}\n") for piece in found]
