from datetime import UTC, datetime

import pytest

from salesdesk.assistant.enums import AgentName, ToolStatus
from salesdesk.assistant.loop.specialists import EVERYBODYS_TOOLS, SPECIALISTS, tools_of
from salesdesk.assistant.tools.own import EndCall, HandOver
from salesdesk.assistant.tools.registry import tools_for, use_tool
from salesdesk.lib.tools import ToolContext, Trust

CONTEXT = ToolContext(1, "c1", datetime(2026, 11, 20, tzinfo=UTC))


def test_another_agent_is_named_with_the_reason() -> None:
    outcome = use_tool(HandOver(), '{"to": "calendar", "reason": "wants a visit"}', CONTEXT)

    assert outcome.result.data == {"to": "calendar", "reason": "wants a visit"}


@pytest.mark.parametrize("arguments", ['{"to": "boss", "reason": "x"}', '{"to": "lead"}'])
def test_nobody_is_handed_over_to_who_is_not_there(arguments: str) -> None:
    assert use_tool(HandOver(), arguments, CONTEXT).status == ToolStatus.INVALID


def test_who_hangs_up_says_why() -> None:
    assert use_tool(EndCall(), "{}", CONTEXT).status == ToolStatus.INVALID
    assert use_tool(EndCall(), '{"reason": "goodbye"}', CONTEXT).status == ToolStatus.OK


def test_every_agent_is_described_and_has_tools_that_are_there() -> None:
    known = set(tools_for(Trust.MANAGER))

    assert set(SPECIALISTS) == set(AgentName)
    assert "hand_over" in known & EVERYBODYS_TOOLS
    assert set().union(*(tools_of(name) for name in AgentName)) >= known
