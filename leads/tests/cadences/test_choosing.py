"""Which step follows."""

from dataclasses import dataclass

import pytest

from leads.cadences.choosing import first_step, next_step
from leads.enums import StepCondition, TouchResult


@dataclass(frozen=True)
class Step:
    position: int
    condition: StepCondition = StepCondition.NOT_REACHED


STEPS = [
    Step(3, StepCondition.REACHED),
    Step(0),
    Step(1, StepCondition.VOICEMAIL),
    Step(2),
    Step(4, StepCondition.NO_ANSWER),
    Step(5, StepCondition.ALWAYS),
]


@pytest.mark.parametrize(
    ("position", "result", "expected"),
    [
        (0, TouchResult.VOICEMAIL, 1),
        (0, TouchResult.NO_ANSWER, 2),
        (0, TouchResult.SENT, 2),
        (0, TouchResult.BLOCKED, 2),
        (0, TouchResult.REACHED, 3),
        (2, TouchResult.BUSY, 4),
        (2, TouchResult.VOICEMAIL, 5),
        (3, TouchResult.REACHED, 5),
        (5, TouchResult.NO_ANSWER, None),
    ],
)
def test_the_next_step_is_the_first_ahead_whose_condition_is_met(
    position: int, result: TouchResult, expected: int | None
) -> None:
    found = next_step(STEPS, position, result)

    assert (found.position if found else None) == expected


def test_the_first_step_is_taken_whatever_its_condition() -> None:
    assert first_step([Step(4), Step(2, StepCondition.VOICEMAIL)]) == Step(
        2, StepCondition.VOICEMAIL
    )
    assert first_step([]) is None
