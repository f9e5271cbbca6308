"""As much of the passages as a model, or a caller, has room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.enums import PassageKind
from knowledge.search.rerank import Query, relevance
from knowledge.sentences import split_sentences
from knowledge.types import Found

CHARACTERS_A_TOKEN = 4
LABEL_TOKENS = 12
LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or a table's row) of a found passage. ``place`` is its number there, from 0."""

    found: Found
    place: int
    text: str
    relevance: float


def sentences_of(query: Query, found: Iterable[Found]) -> list[Sentence]:
    """Every sentence of the passages, the most relevant first.

    A sentence counts by how much of the question it has, times how well its passage answers.
    """
    sentences = [
        Sentence(one, place, text, (LEAST + relevance(query, text)) * (one.scores.rerank or LEAST))
        for one in found
        for place, text in enumerate(pieces(one.kind, one.text))
    ]
    return sorted(sentences, key=lambda sentence: -sentence.relevance)


def pieces(kind: str, text: str) -> list[str]:
    """What is kept or left out as a whole: sentences; of a table, each row under its head."""
    if kind != PassageKind.TABLE:
        return split_sentences(text)
    head, *rows = text.splitlines() or [""]
    return [f"{head}\n{row}" for row in rows] or [head]


def compressed(sentences: Sequence[Sentence], budget: int) -> list[Sentence]:
    """The most relevant sentences within ``budget`` tokens, in the order of their passages.

    The order of passages is that of their best sentence. The first sentence is taken at any
    length, so that something is said.
    """
    left = budget
    chosen: list[Sentence] = []
    passages: dict[str, int] = {}
    for sentence in sentences:
        is_new = sentence.found.passage_id not in passages
        cost = tokens(sentence.text) + (LABEL_TOKENS if is_new else 0)
        if cost > left and chosen:
            continue
        left -= cost
        chosen.append(sentence)
        passages.setdefault(sentence.found.passage_id, len(passages))
    return sorted(chosen, key=lambda s: (passages[s.found.passage_id], s.place))


def tokens(text: str) -> int:
    """About how many tokens a text has, rounded up."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def as_context(sentences: Sequence[Sentence]) -> str:
    """What a model is given: each passage with a number and where it stands, then its sentences."""
    blocks: dict[str, list[str]] = {}
    for sentence in sentences:
        found = sentence.found
        label = f"[{len(blocks) + 1}] {label_of(found)}"
        lines = blocks.setdefault(found.passage_id, [label])
        lines.extend(line for line in sentence.text.splitlines() if line not in lines)
    return "\n\n".join(f"{lines[0]}\n{_body(lines[1:])}" for lines in blocks.values())


def label_of(found: Found) -> str:
    headings = [heading for heading in found.heading if heading != found.title]
    page = [f"page {found.page}"] if found.page else []
    return ", ".join([found.title, *headings, *page])


def _body(lines: list[str]) -> str:
    return ("\n" if any(" | " in line for line in lines) else " ").join(lines)
