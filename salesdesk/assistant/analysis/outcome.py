"""How sure an answer is, once it is known what the agent found and did for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from salesdesk.assistant.analysis.intents import SURE_ENOUGH
from salesdesk.assistant.analysis.types import Analysis, Intent
from salesdesk.assistant.enums import ToolStatus

ASKED_OF_DOCUMENTS = frozenset(
    {Intent.PRODUCT_QUESTION, Intent.PRICE, Intent.WARRANTY, Intent.FINANCING}
)
UNSCORED = 0.5
"""What a passage counts whose search gave it no score."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message.

    ``passage_scores`` (0 to 1) of the passages that the answer cites, ``tool_statuses`` of the
    tools that were used; ``asked_back``: a tool needs the customer to say more.
    """

    passage_scores: tuple[float, ...] = ()
    tool_statuses: tuple[str, ...] = ()
    asked_back: bool = False

    @classmethod
    def of(cls, answer: Mapping[str, Any], *, asked_back: bool = False) -> Self:
        """Of an answer's ``citations`` and ``tools`` as they are stored."""
        citations: Sequence[Mapping[str, Any]] = answer["citations"]
        scores = tuple(_score(citation) for citation in citations)
        statuses = tuple(str(tool["status"]) for tool in answer["tools"] if tool["status"])
        return cls(scores, statuses, asked_back)


def _score(citation: Mapping[str, Any]) -> float:
    score = citation.get("score")
    return UNSCORED if score is None else max(0.0, min(1.0, float(score)))


def after(meant: Analysis, outcome: Outcome) -> Analysis:
    """The analysis with what became of it.

    ``confidence`` is the mean of what is known of these three: how certain the intent is; for
    what documents are asked, the best score of the passages cited (0 where none is); of the tools
    used, the share that did their work. A greeting, which needs neither, is as sure as its intent.
    """
    parts = [meant.confidence]
    if meant.intent in ASKED_OF_DOCUMENTS:
        parts.append(max(outcome.passage_scores, default=0.0))
    if outcome.tool_statuses:
        done = sum(status == ToolStatus.OK for status in outcome.tool_statuses)
        parts.append(done / len(outcome.tool_statuses))
    return meant.model_copy(
        update={
            "confidence": round(sum(parts) / len(parts), 3),
            "needs_clarification": meant.needs_clarification or outcome.asked_back,
            "reasoning": _told(meant.reasoning, outcome),
        }
    )


def _told(reasoning: str, outcome: Outcome) -> str:
    """The sentence, with what was used at its end."""
    used = []
    if outcome.tool_statuses:
        failed = sum(status != ToolStatus.OK for status in outcome.tool_statuses)
        used.append(_counted(len(outcome.tool_statuses), "tool") + " used")
        used += [f"{failed} of them without success"] if failed else []
    if outcome.passage_scores:
        used.append(_counted(len(outcome.passage_scores), "passage") + " cited")
    return f"{reasoning.rstrip('.')}; {', '.join(used)}." if used else reasoning


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def is_unclear(intent: Intent, certainty: float) -> bool:
    """Whether a message by itself must be asked about."""
    return intent is Intent.OTHER or certainty < SURE_ENOUGH
