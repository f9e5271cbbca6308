"""Which reranker judges the candidates: the local one, or a language model where configured."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from knowledge.search.rerank import Judged, LocalReranker, Query
from knowledge.search.retrieve import Candidate
from salesdesk.lib.errors import NotConfigured, ProviderError

MOST_JUDGED = 12
LONGEST_PASSAGE = 900
INSTRUCTION = (
    "You judge how well each numbered passage answers a caller's question, from 0 (not at all) "
    'to 100 (fully). Answer with JSON only: {"scores": [..]}, one number for each passage in order.'
)


class Reranker(Protocol):
    """Puts candidates into the order in which they answer."""

    def judge(self, query: Query, candidates: Sequence[Candidate]) -> list[Judged]:
        """The candidates, best first, each with a score of 0 to 1.

        Raises :class:`~salesdesk.lib.errors.ProviderError`.
        """


@cache
def reranker() -> Reranker:
    """The one that ``RERANKER`` names, for the whole process."""
    make = import_string(settings.RERANKER["BACKEND"])
    return cast(Reranker, make(**settings.RERANKER["OPTIONS"]))


class ModelReranker:
    """A chat model over OpenAI's API judges the best of what the local reranker has ordered."""

    def __init__(self, *, api_key: str, base_url: str, model: str, timeout: float = 4.0) -> None:
        if not api_key:
            raise NotConfigured("Reranking with a model needs OPENAI_API_KEY.")
        from openai import OpenAI

        self._client = OpenAI(
            api_key=api_key, base_url=base_url or None, timeout=timeout, max_retries=0
        )
        self._model = model
        self._local = LocalReranker()

    def judge(self, query: Query, candidates: Sequence[Candidate]) -> list[Judged]:
        ordered = self._local.judge(query, candidates)
        best, rest = ordered[:MOST_JUDGED], ordered[MOST_JUDGED:]
        if not best:
            return ordered
        scores = self._scores(query.text, [one.candidate for one in best])
        judged = [
            Judged(one.candidate, one.features, score)
            for one, score in zip(best, scores, strict=True)
        ]
        return [*sorted(judged, key=lambda one: -one.score), *rest]

    def _scores(self, question: str, candidates: Sequence[Candidate]) -> list[float]:
        from openai import OpenAIError

        try:
            completion = self._client.chat.completions.create(
                model=self._model,
                response_format={"type": "json_object"},
                messages=[
                    {"role": "system", "content": INSTRUCTION},
                    {"role": "user", "content": _listing(question, candidates)},
                ],
            )
        except OpenAIError as error:
            raise ProviderError("The reranking model did not answer.", retryable=True) from error
        return scores_from(completion.choices[0].message.content or "", len(candidates))


def _listing(question: str, candidates: Sequence[Candidate]) -> str:
    passages = (
        f"[{number}] {' › '.join(one.heading) or one.title}\n{one.text[:LONGEST_PASSAGE]}"
        for number, one in enumerate(candidates, 1)
    )
    return "\n\n".join([f"Question: {question}", *passages])


def scores_from(written: str, count: int) -> list[float]:
    """The model's scores as 0 to 1. Raises ProviderError when it did not give ``count`` numbers."""
    try:
        scores: Any = json.loads(written)["scores"]
        numbers = [min(1.0, max(0.0, float(score) / 100)) for score in scores]
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError("The reranking model's answer is not what was asked for.") from error
    if len(numbers) != count:
        raise ProviderError("The reranking model left passages out.")
    return numbers
