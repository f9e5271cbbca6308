"""Scripts played against a scripted agent: one letter for each 20 ms tick."""

from collections.abc import Sequence
from itertools import chain, repeat

import pytest

from calls.sandbox.performer import Part, Performer
from calls.sandbox.playback import SILENT_FRAME
from calls.sandbox.script import (
    AfterAgent,
    AfterPause,
    AtTheEnd,
    CallerScript,
    DuringAgent,
    HangUp,
    Keys,
    Line,
    Silence,
    Step,
)
from calls.sandbox.timeline import Kind, Timeline

VOICE = b"\x01" * 160
FINISHED_MS, GIVE_UP_MS = 100, 400


def play(steps: Sequence[Step], agent: str, *, waiting_ms: int = 0, hang_up: bool = False) -> str:
    """What the person does in each tick: ``.`` nothing, ``s`` speak, ``x`` hang up, or a key.

    ``agent`` is what is heard: ``a`` for sound; it is silent for ever afterwards. A line lasts
    two ticks.
    """
    return "".join(_letters(*_performing(steps, hang_up=hang_up), agent, waiting_ms))


def _performing(steps: Sequence[Step], *, hang_up: bool) -> tuple[Performer, Timeline]:
    end = AtTheEnd.HANG_UP if hang_up else AtTheEnd.STAY
    script = CallerScript(steps, end, finished_ms=FINISHED_MS, give_up_ms=GIVE_UP_MS)
    parts = [Part(step, VOICE * 2) for step in script.all_steps()]
    timeline = Timeline()
    return Performer(script, parts, timeline), timeline


def _letters(performer: Performer, timeline: Timeline, agent: str, waiting_ms: int) -> list[str]:
    letters = []
    for sound in chain(agent, repeat(" ", 40 - len(agent))):
        act = performer.tick(audible=sound == "a", waiting_ms=waiting_ms)
        spoke = "." if act.frame is SILENT_FRAME else "s"
        letters.append("x" if act.hangs_up else act.key or spoke)
    return letters


def test_a_line_waits_until_the_agent_has_finished() -> None:
    assert play([Line("Hi")], "  aaa").rstrip(".") == "." * 9 + "ss"


def test_a_short_pause_of_the_agent_is_not_the_end() -> None:
    assert play([Line("Hi")], "aaa   aaa").rstrip(".") == "." * 13 + "ss"


def test_an_agent_with_audio_still_to_play_has_not_finished() -> None:
    assert "s" not in play([Line("Hi")], "aaa", waiting_ms=500)


def test_a_line_can_wait_a_little_longer() -> None:
    assert play([Line("Hi", when=AfterAgent(pause_ms=40))], "a").rstrip(".") == "." * 7 + "ss"


def test_a_patient_line_does_not_need_the_agent() -> None:
    assert play([Line("Hi", when=AfterAgent(patience_ms=100))], "").rstrip(".") == "." * 4 + "ss"


def test_a_line_after_a_pause_does_not_care_about_the_agent() -> None:
    assert play([Line("Hi", when=AfterPause(60))], "aaaaaa").rstrip(".") == "..ss"


def test_a_barge_in_comes_so_long_after_the_agents_first_sound() -> None:
    line = Line("Wait", when=DuringAgent(at_ms=100))
    assert play([line], "   aaaaaaaaaaaa").rstrip(".") == "." * 8 + "ss"


def test_a_barge_in_into_a_short_answer_comes_after_it() -> None:
    line = Line("Wait", when=DuringAgent(at_ms=1_000))
    assert play([line], "aa").rstrip(".") == "." * 6 + "ss"


def test_each_step_waits_for_an_answer_to_the_one_before() -> None:
    agent = "a" + " " * 11 + "aa"
    assert play([Line("One"), Line("Two")], agent).rstrip(".") == "." * 5 + "ss" + "." * 11 + "ss"


def test_keys_are_pressed_one_by_one() -> None:
    assert play([Keys("12#", when=AfterPause(), gap_ms=60)], "").rstrip(".") == "1..2..#"


def test_silence_takes_its_time() -> None:
    steps: list[Step] = [Silence(100), Line("Hi", when=AfterPause(20))]
    assert play(steps, "").rstrip(".") == "." * 6 + "ss"


def test_after_the_last_line_the_caller_waits_for_the_answer_and_hangs_up() -> None:
    steps = [Line("Bye", when=AfterPause(20))]
    assert play(steps, "    aaa", hang_up=True).rstrip(".") == "ss" + "." * 9 + "x"


def test_a_caller_who_stays_does_nothing_more() -> None:
    assert "x" not in play([Line("Bye", when=AfterPause(20))], "    aaa")


def test_a_caller_can_hang_up_while_the_agent_speaks() -> None:
    assert play([HangUp(DuringAgent(60))], "aaaaaaaa").rstrip(".") == "...x"


def test_a_caller_gives_up_on_a_silent_agent() -> None:
    performer, timeline = _performing([Line("Hi")], hang_up=True)
    letters = "".join(_letters(performer, timeline, "", 0))
    assert letters.rstrip(".") == "." * 19 + "x"
    assert [happening.kind for happening in timeline.happenings] == [Kind.GAVE_UP]


def test_an_agent_who_speaks_long_is_not_given_up_on() -> None:
    assert "x" not in play([Line("Hi")], "a" * 40)


def test_what_a_test_wants_now_comes_before_the_rest_of_the_script() -> None:
    performer, timeline = _performing([Line("Hi")], hang_up=False)
    performer.do_now(Part(Keys("5", when=AfterPause())))
    assert "".join(_letters(performer, timeline, "", 0)).startswith("5")


def test_a_line_that_is_cut_off_by_the_end_of_the_call_is_written_to_its_end() -> None:
    performer, timeline = _performing([Line("Hi", when=AfterPause(20))], hang_up=False)
    performer.tick(audible=False, waiting_ms=0)
    performer.stop()
    assert [happening.kind for happening in timeline.happenings] == [
        Kind.CALLER_STARTED,
        Kind.CALLER_STOPPED,
    ]


@pytest.mark.parametrize("keys", ["", "12a", "1 2"])
def test_only_keys_of_a_telephone_can_be_pressed(keys: str) -> None:
    with pytest.raises(ValueError, match="keys are"):
        Keys(keys)
