"""Which step follows, by what came of the one before. Pure."""

from collections.abc import Container, Iterable, Mapping
from typing import Protocol, TypeVar

from leads.enums import StepCondition, TouchResult

NOT_REACHED = frozenset(TouchResult) - {TouchResult.REACHED}
MEETS: Mapping[str, Container[str]] = {
    StepCondition.NOT_REACHED: NOT_REACHED,
    StepCondition.NO_ANSWER: {TouchResult.NO_ANSWER, TouchResult.BUSY},
    StepCondition.VOICEMAIL: {TouchResult.VOICEMAIL},
    StepCondition.REACHED: {TouchResult.REACHED},
    StepCondition.ALWAYS: frozenset(TouchResult),
}
"""The results of the touch before with which a step is taken. What was sent reached nobody yet."""


class StepLike(Protocol):
    @property
    def position(self) -> int: ...

    @property
    def condition(self) -> str: ...


S = TypeVar("S", bound=StepLike)


def first_step(steps: Iterable[S]) -> S | None:
    """The one to begin with. Its condition is not asked: nothing came before it."""
    return min(steps, key=lambda step: step.position, default=None)


def next_step(steps: Iterable[S], position: int, result: str) -> S | None:
    """The first step after ``position`` whose condition ``result`` meets; others are left out."""
    ahead = sorted((step for step in steps if step.position > position), key=_position)
    return next((step for step in ahead if result in MEETS[step.condition]), None)


def _position(step: StepLike) -> int:
    return step.position
