from datetime import UTC, datetime
from typing import Any

import pytest

from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.rehearsal.judge import judge
from salesdesk.assistant.rehearsal.play import Outcome, Performance, Played
from salesdesk.assistant.rehearsal.script import Dialogue
from salesdesk.assistant.tools.running import Used
from salesdesk.lib.tools import ToolResult


def dialogue(wanted: dict[str, Any], *lines: dict[str, Any]) -> Dialogue:
    return Dialogue.model_validate(
        {"name": "d", "intent": "i", "lines": lines or [{"caller": "Hi."}], "wanted": wanted}
    )


def used(name: str, output: str = "", *, data: dict[str, Any] | None = None, **given: Any) -> Used:
    result = ToolResult(output, data={"done": True} if data is None else data)
    return Used(ToolUse(name, given), "desk", "ok", result, "", datetime.now(tz=UTC), 1)


def faults(
    wanted: dict[str, Any],
    said: str = "Yes.",
    *,
    tools: tuple[Used, ...] = (),
    ending: str = "",
    line: dict[str, Any] | None = None,
    sources: tuple[str, ...] = (),
    **outcome: Any,
) -> list[str]:
    script = dialogue(wanted, line or {"caller": "Hi."})
    turn = Played(script.lines[0], said, ending, list(tools))
    return judge(script, Performance([turn], Outcome(**outcome), list(sources))).faults


def test_what_is_as_wanted_has_no_faults() -> None:
    wanted = {
        "facts": {"budget": 18000, "interest": "roof"},
        "visits": [{"start": "2026-11-24 15:00", "purpose": "roof"}],
        "ending": "goodbye",
        "tools": [{"name": "find_slots", "with": {"around": "15:00"}}],
        "says": ["bye$"],
        "escalated": False,
    }
    visit = {"start": "2026-11-24 15:00", "purpose": "Roof visit", "status": "booked"}
    assert (
        faults(
            wanted,
            "Good bye",
            tools=(used("find_slots", around="15:00:00"),),
            ending="goodbye",
            facts={"budget": 18000, "interest": "roof (shingles)"},
            visits=[visit],
        )
        == []
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {"facts": {"budget": 1}},
        {"no_facts": ["owner"]},
        {"visits": [{"start": "2026-11-24 15:00"}]},
        {"lead": {"first_name": "Ann"}},
        {"suppressed": True},
        {"escalated": True},
        {"urgency": "high"},
        {"notes": ["invoice"]},
        {"ending": "goodbye"},
        {"agent": "calendar"},
        {"tools": [{"name": "suppress"}]},
        {"unused": ["write_note"]},
        {"says": ["No"]},
        {"never": ["yes"]},
    ],
)
def test_each_wish_that_is_not_met_is_a_fault(wanted: dict[str, Any]) -> None:
    found = faults(wanted, tools=(used("write_note"),), facts={"owner": True}, agent="desk")
    assert len(found) == 1


@pytest.mark.parametrize(
    "line",
    [
        {"caller": "Hi.", "says": ["No"]},
        {"caller": "Hi.", "never": ["yes"]},
        {"caller": "Hi.", "uses": ["suppress"]},
        {"caller": "Hi.", "unused": ["write_note"]},
        {"caller": "Hi.", "ending": "goodbye"},
    ],
)
def test_each_wish_for_a_line_that_is_not_met_is_a_fault(line: dict[str, Any]) -> None:
    found = faults({}, tools=(used("write_note"),), line=line)
    assert [fault.startswith("line 1") for fault in found] == [True]


@pytest.mark.parametrize(
    ("said", "invented"),
    [
        ("It costs twelve dollars.", False),
        ("It costs 13 dollars.", True),
        ("It takes twenty five minutes.", False),
        ("Come on Friday.", True),
        ("Come on Monday.", False),
        ("You get half off.", True),
    ],
)
def test_figures_and_days_that_nobody_told_are_inventions(said: str, invented: bool) -> None:
    tools = (used("search_knowledge", "It costs 12 dollars."),)
    line = {"caller": "Can you come on Monday?"}
    found = faults({}, said, tools=tools, line=line, sources=("25 minutes",))
    assert bool(found) == invented


@pytest.mark.parametrize(
    ("said", "tool"),
    [
        ("Your appointment is booked for you.", "book_appointment"),
        ("It is moved.", "move_appointment"),
        ("It is canceled.", "cancel_appointment"),
        ("I have asked for a person.", "escalate"),
        ("That is noted.", "write_note"),
        ("I have put you on our do-not-call list.", "suppress"),
    ],
)
def test_what_no_tool_has_done_may_not_be_said_to_be_done(said: str, tool: str) -> None:
    assert faults({}, said, tools=(used(tool),)) == []
    assert faults({}, said, tools=(used(tool, data={}),)) != []
    assert faults({}, said) != []


def test_a_dialogue_that_ends_too_early_is_a_fault() -> None:
    script = dialogue({}, {"caller": "Hi."}, {"caller": "Hello?"})
    turn = Played(script.lines[0], "Goodbye.", "goodbye")
    assert judge(script, Performance([turn], Outcome(), [])).goal == [
        "ended 1 lines too early: “goodbye”"
    ]


def test_saying_nothing_is_a_fault() -> None:
    assert faults({}, "") == ["line 1: nothing is said"]
