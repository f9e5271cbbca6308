"""Fits the logistic models of search on the ``dev`` half of the questions; prints weights.

The reranker and the judgement after reading: a conditional logit over each question's candidates
(the right ones should win), then a scale and a bias that make of its sum a probability.
Answerability: a plain logit, its bias such that few answerable questions are refused. Each stands
on the models before it as they are shipped: after a change of one, fit again.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.bench.questions import Question, is_right, questions
from knowledge.search import answerable, rerank
from knowledge.search.pipeline import NO_FILTERS, candidates_for, found_from
from knowledge.search.reading import log_odds, read_closely
from knowledge.search.understand import understand
from knowledge.search.vocabulary import vocabulary_of
from salesdesk.businesses.models import Business

Array = npt.NDArray[np.float64]

STEPS = 400
SPEED = 0.05
RERANK_PENALTY = 0.003
ANSWER_PENALTY = 0.003
REFUSED = 0.05
"""The share of answerable questions that is aimed at to be refused at most."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question's (or part's) candidates: a row of features each, and which are right.

    ``judged`` is in the quick model's order, and ``rows`` and ``right`` with it; ``read`` in that
    after reading.
    """

    question: Question
    query: rerank.Query
    judged: Sequence[rerank.Judged]
    read: Sequence[rerank.Judged]
    rows: Array
    right: npt.NDArray[np.bool_]


def cases(business: Business, split: str) -> list[Case]:
    vocabulary = vocabulary_of(business)
    made = []
    for question in questions(split):
        for part in understand(question.text, vocabulary).parts:
            candidates = candidates_for(business, part, vocabulary, filters=NO_FILTERS)
            query = rerank.query_for(part, vocabulary)
            judged = rerank.LocalReranker().judge(query, candidates)
            rows = np.array([astuple(one.features) for one in judged])
            right = np.array([_is_right(one, question) for one in judged])
            made.append(Case(question, query, judged, read_closely(query, judged), rows, right))
    return made


def _is_right(one: rerank.Judged, question: Question) -> bool:
    found = found_from(one.candidate, 0.0, None)
    return any(is_right(found, answer) for answer in question.answers)


def fit(business: Business) -> dict[str, Any]:
    """Weights of all models, fitted on ``dev``."""
    dev = cases(business, "dev")
    vocabulary = vocabulary_of(business)
    weights, bias = fit_order([(case.rows, case.right) for case in dev])
    reading, reading_bias = fit_order([_as_read(case) for case in dev])
    return {
        "rerank": {"bias": round(bias, 2), **_named(rerank.FEATURES, weights)},
        "reading": {"bias": round(reading_bias, 2), **_named(("quick", "read"), reading)},
        "answerable": _sure(
            dev,
            [answerable.signs_of(c.query, c.judged, vocabulary) for c in dev],
            tuple(answerable.WEIGHTS),
        ),
        "answerable_read": _sure(
            dev,
            [answerable.signs_of(c.query, c.read, vocabulary) for c in dev],
            tuple(answerable.WEIGHTS_READ),
        ),
    }


def _as_read(case: Case) -> tuple[Array, npt.NDArray[np.bool_]]:
    """The two log-odds of each passage that was read, and whether it is right."""
    quick = {one.candidate.id: log_odds(one.score) for one in case.judged}
    read = [one for one in case.read if one.read is not None]
    rows = np.array([(quick[one.candidate.id], one.read) for one in read]).reshape(-1, 2)
    return rows, np.array([_is_right(one, case.question) for one in read], dtype=bool)


def _sure(
    dev: Sequence[Case], signs: Sequence[answerable.Signs], names: Sequence[str]
) -> dict[str, float]:
    """Weights of the signs of these names, and the bias with which of the answerable questions
    :data:`REFUSED` are refused, less one standard error of such a share among so many."""
    rows = np.array([[getattr(one, name) for name in names] for one in signs])
    labels = np.array([float(bool(case.question.answers)) for case in dev])
    weights = _logit(np.column_stack([rows, np.ones(len(rows))]), labels, ANSWER_PENALTY)[:-1]
    surest: dict[str, float] = {}
    for case, row in zip(dev, rows, strict=True):
        if case.question.answers:
            id_ = case.question.id
            surest[id_] = max(surest.get(id_, -np.inf), float(row @ weights))
    error = math.sqrt(REFUSED * (1 - REFUSED) / len(surest))
    bias = -float(np.quantile(list(surest.values()), REFUSED - error))
    return {"bias": round(bias, 2), **_named(names, weights)}


def fit_order(made: Sequence[tuple[Array, npt.NDArray[np.bool_]]]) -> tuple[Array, float]:
    """Weights and bias with which the right rows of each question have the higher sums."""
    known = [(rows, right) for rows, right in made if right.any()]

    def slope(weights: Array) -> Array:
        total = np.zeros_like(weights)
        for rows, right in known:
            odds = np.exp(rows @ weights - (rows @ weights).max())
            chance, wanted = odds / odds.sum(), odds * right
            total += rows.T @ (wanted / wanted.sum() - chance)
        penalty: Array = RERANK_PENALTY * weights
        return total / len(known) - penalty

    order = _climb(slope, known[0][0].shape[1])
    sums = np.concatenate([rows @ order for rows, _ in made])
    right = np.concatenate([right for _, right in made]).astype(float)
    scale, bias = _logit(np.column_stack([sums, np.ones(len(sums))]), right, 0.0)
    return order * scale, float(bias)


def _logit(rows: Array, labels: Array, penalty: float) -> Array:
    def slope(weights: Array) -> Array:
        errors = labels - 1 / (1 + np.exp(-(rows @ weights)))
        total: Array = rows.T @ errors / len(rows) - penalty * weights
        return total

    return _climb(slope, rows.shape[1], steps=4 * STEPS)


def _climb(slope: Callable[[Array], Array], size: int, *, steps: int = STEPS) -> Array:
    """Adam (Kingma and Ba, 2015), upwards from zero."""
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        gradient = slope(weights)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        weights = weights + SPEED * (mean / (1 - 0.9**step)) / (
            np.sqrt(square / (1 - 0.999**step)) + 1e-8
        )
    return weights


def _named(names: Sequence[str], weights: Array) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
