"""Fits the two logistic models of search on the ``dev`` half of the questions; prints weights.

The reranker: a conditional logit over each question's candidates (the right ones should win),
then a scale and a bias that make of its sum a probability. Answerability: a plain logit.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.bench.questions import Question, is_right, questions
from knowledge.search import answerable, rerank
from knowledge.search.pipeline import NO_FILTERS, candidates_for, found_from
from knowledge.search.understand import understand
from knowledge.search.vocabulary import vocabulary_of
from salesdesk.businesses.models import Business

Array = npt.NDArray[np.float64]

STEPS = 400
SPEED = 0.05
RERANK_PENALTY = 0.003
ANSWER_PENALTY = 0.001


@dataclass(frozen=True, slots=True)
class Case:
    """One question's (or part's) candidates: a row of features each, and which are right."""

    question: Question
    query: rerank.Query
    judged: Sequence[rerank.Judged]
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
            found = [found_from(one.candidate, 0.0, None) for one in judged]
            right = np.array([any(is_right(f, a) for a in question.answers) for f in found])
            made.append(Case(question, query, judged, rows, right))
    return made


def fit(business: Business) -> dict[str, Any]:
    """Weights of both models, fitted on ``dev``."""
    dev = cases(business, "dev")
    weights, bias = fit_reranker(dev)
    signs, labels = _signs(business, dev, weights, bias)
    sure = _logit(np.column_stack([signs, np.ones(len(signs))]), labels, ANSWER_PENALTY)
    return {
        "rerank": {"bias": round(bias, 2), **_named(rerank.FEATURES, weights)},
        "answerable": {"bias": round(float(sure[-1]), 2), **_named(answerable.SIGNS, sure[:-1])},
    }


def fit_reranker(dev: Sequence[Case]) -> tuple[Array, float]:
    known = [case for case in dev if case.right.any()]

    def slope(weights: Array) -> Array:
        total = np.zeros_like(weights)
        for case in known:
            odds = np.exp(case.rows @ weights - (case.rows @ weights).max())
            chance, wanted = odds / odds.sum(), odds * case.right
            total += case.rows.T @ (wanted / wanted.sum() - chance)
        penalty: Array = RERANK_PENALTY * weights
        return total / len(known) - penalty

    order = _climb(slope, known[0].rows.shape[1])
    sums = np.concatenate([case.rows @ order for case in dev])
    right = np.concatenate([case.right for case in dev]).astype(float)
    scale, bias = _logit(np.column_stack([sums, np.ones(len(sums))]), right, 0.0)
    return order * scale, float(bias)


def _signs(
    business: Business, dev: Sequence[Case], weights: Array, bias: float
) -> tuple[Array, Array]:
    vocabulary = vocabulary_of(business)
    rows = []
    for case in dev:
        scores = 1 / (1 + np.exp(-(case.rows @ weights + bias)))
        judged = [
            rerank.Judged(one.candidate, one.features, float(score))
            for one, score in zip(case.judged, scores, strict=True)
        ]
        judged.sort(key=lambda one: -one.score)
        rows.append(astuple(answerable.signs_of(case.query, judged, vocabulary)))
    return np.array(rows), np.array([float(bool(case.question.answers)) for case in dev])


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
