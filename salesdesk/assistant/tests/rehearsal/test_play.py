"""Playing on a business of the tests, with agents that do as they are told."""

from collections.abc import AsyncIterator

import pytest
from pytest_django import Settings

from leads.models import Appointment, Lead, Suppression
from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.models import AgentRun, Thread, ToolInvocation
from salesdesk.assistant.rehearsal import Dialogue, Stage, judge, play
from salesdesk.businesses.models import Business


def dialogue(*lines: object, **more: object) -> Dialogue:
    given = [{"caller": line} if isinstance(line, str) else line for line in lines]
    script = {"name": "test", "intent": "test", "lines": given, "wanted": {}, **more}
    return Dialogue.model_validate(script)


@pytest.fixture
def stage(business: Business, settings: Settings) -> Stage:
    settings.LLM_MODELS = ["offline"]
    return Stage(business)


def test_what_came_of_it_is_told_and_nothing_is_kept(stage: Stage) -> None:
    script = dialogue(
        "Hi, this is Ann Lee. Book me a roof inspection on Tuesday at ten.",
        "Yes please.",
        "And take me off your list, do not call me.",
    )
    played = play(stage, script)
    assert [(each["start"], each["status"]) for each in played.outcome.visits] == [
        ("2026-11-24 10:00", "booked")
    ]
    assert played.outcome.is_suppressed
    assert played.outcome.lead["first_name"] == "Ann"
    assert played.ending == "opt_out"
    kept = (Lead, Appointment, Suppression, Thread, AgentRun, ToolInvocation)
    assert [model.objects.count() for model in kept] == [0] * len(kept)


def test_the_tools_of_each_turn_are_told(stage: Stage) -> None:
    played = play(stage, dialogue("I want to talk to a person.", "Goodbye."))
    names = [[used.use.name for used in turn.used] for turn in played.turns]
    assert names == [["escalate"], ["end_call"]]


def test_the_caller_is_who_the_script_says(stage: Stage) -> None:
    visits = [{"start": "2026-11-24 15:00", "purpose": "Roof inspection"}]
    setup = {"lead": {"first_name": "Ann"}, "visits": visits, "facts": {"name": "Ann Lee"}}
    played = play(stage, dialogue("When is my appointment?", setup=setup))
    assert "Tuesday, November 24th at three" in played.turns[0].said
    assert played.outcome.facts == {"name": "Ann Lee"}


def test_a_broken_tool_fails(stage: Stage) -> None:
    played = play(stage, dialogue("Stop calling me.", setup={"broken": ["suppress"]}))
    assert [used.status for used in played.turns[0].used][:1] == ["failed"]
    assert not played.outcome.is_suppressed


class Liar:
    """Promises what no tool does, and hangs up."""

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncIterator[AgentChunk]:
        yield Sentence("Your appointment is booked for Friday at nine.")
        yield Ending("goodbye")


def test_any_agent_can_be_judged(stage: Stage) -> None:
    script = dialogue("Hello.", "Hello?")
    verdict = judge(script, play(stage, script, lambda memory: Liar()))
    assert verdict.goal == ["ended 1 lines too early: “goodbye”"]
    assert verdict.facts == [
        "line 1: “9” comes from nowhere",
        "line 1: “friday” comes from nowhere",
        "line 1: claims what book_appointment has not done",
    ]
