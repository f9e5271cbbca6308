"""How well search answers the questions about the starter set, each way of ordering apart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import mean
from typing import Any

from knowledge.bench.questions import HALVES, Question, questions, rank_of
from knowledge.search.pipeline import Part, Steps, run
from knowledge.types import Found
from salesdesk.businesses.models import Business

WAYS: dict[str, Callable[[Part], tuple[Found, ...]]] = {
    "words": lambda part: part.by_words,
    "vector": lambda part: part.by_vector,
    "fused": lambda part: part.fused,
    "reranked": lambda part: part.reranked,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what the search made of it."""

    question: Question
    steps: Steps

    @property
    def is_answerable(self) -> bool:
        return any(part.is_answerable for part in self.steps.parts)

    def rank(self, way: str) -> int | None:
        lists = (WAYS[way](part) for part in self.steps.parts)
        in_turn = (found for turn in zip_longest(*lists) for found in turn if found)
        unique = {found.passage_id: found for found in in_turn}
        return rank_of(self.question, list(unique.values()))


def ask(business: Business, *splits: str) -> list[Asked]:
    return [Asked(question, run(business, question.text)) for question in questions(*splits)]


def report(asked: Sequence[Asked]) -> dict[str, Any]:
    """Both halves apart; of each the ways of ordering, and how often it was known to be known."""
    return {split: _half([one for one in asked if one.question.split == split]) for split in HALVES}


def _half(asked: Sequence[Asked]) -> dict[str, Any]:
    known = [one for one in asked if one.question.answers]
    unknown = [one for one in asked if not one.question.answers]
    kinds = dict.fromkeys(one.question.kind for one in known)
    return {
        "questions": len(asked),
        "ways": {way: figures(one.rank(way) for one in known) for way in WAYS},
        "reranked_by_kind": {
            kind: figures(one.rank("reranked") for one in known if one.question.kind == kind)
            for kind in kinds
        },
        "unanswerable_recognised": _share(not one.is_answerable for one in unknown),
        "false_refusals": _share(not one.is_answerable for one in known),
    }


def figures(ranks: Iterable[int | None]) -> dict[str, float]:
    """Share answered at the first place and among five; mean reciprocal rank (0 if not found)."""
    all_ranks = list(ranks)
    return {
        "hit@1": _share(rank == 1 for rank in all_ranks),
        "hit@5": _share(rank is not None and rank <= 5 for rank in all_ranks),
        "mrr": round(mean(1 / rank if rank else 0.0 for rank in all_ranks), 3),
    }


def _share(flags: Iterable[bool]) -> float:
    return round(mean(map(float, flags)), 3)
