import wave

import pytest

from calls.sandbox.scenarios import (
    AUDIO,
    Scenario,
    all_scenarios,
    default_callee,
    default_callees,
)
from calls.sandbox.script import Answer, AtTheEnd, DuringAgent, HangUp, Line

NAMES = {
    "solar-warranty",
    "angry-manager",
    "qualify-roof",
    "opt-out",
    "barge-in",
    "voicemail",
    "silent-caller",
    "keypad",
    "hang-up-early",
    "back-channel",
    "rep",
}


def test_all_scenarios_are_there() -> None:
    assert set(all_scenarios()) == NAMES


def spoken_lines(scenario: Scenario) -> list[Line]:
    return [step for step in scenario.script.steps if isinstance(step, Line)]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_line_has_words_and_a_telephone_recording(name: str) -> None:
    for line in spoken_lines(all_scenarios()[name]):
        assert line.text
        assert line.audio is not None
        with wave.open(str(line.audio)) as wav:
            assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 1, 2)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_scenario_comes_to_an_end(name: str) -> None:
    script = all_scenarios()[name].script
    assert script.at_the_end is AtTheEnd.HANG_UP or isinstance(script.steps[-1], HangUp)


@pytest.mark.parametrize("name", ["barge-in", "back-channel"])
def test_the_second_line_is_said_into_the_agents_answer(name: str) -> None:
    first, second, *_ = spoken_lines(all_scenarios()[name])
    assert not isinstance(first.when, DuringAgent)
    assert isinstance(second.when, DuringAgent)


def test_no_recording_lies_unused() -> None:
    used = {line.audio for each in all_scenarios().values() for line in spoken_lines(each)}
    assert used == set(AUDIO.glob("*/*.wav"))


def test_somebody_answers_outbound_calls_and_some_numbers_do_not() -> None:
    assert default_callee().answer is Answer.ANSWERS
    assert {callee.answer for callee in default_callees().values()} == set(Answer)
