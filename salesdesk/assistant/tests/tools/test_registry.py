import logging
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, Field
from pytest_django import Settings

from salesdesk.assistant.tools import registry as tools
from salesdesk.assistant.tools.registry import describe, tools_for, use_tool, without_reason
from salesdesk.lib.errors import Conflict
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

CONTEXT = ToolContext(
    business_id=1, conversation_id="c1", now=datetime(2026, 1, 1, tzinfo=UTC), trust=Trust.REP
)


class Wish(BaseModel):
    day: str = Field(description="Which day.", max_length=20)
    seats: int = 1


class Book:
    name: ClassVar = "book"
    description: ClassVar = "Books."
    input: ClassVar[type[BaseModel]] = Wish
    timeout_s: ClassVar = 1.0
    role: ClassVar = Trust.REP
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: Wish) -> ToolResult:
        if given.day == "Sunday":
            raise Conflict("We are closed on Sundays.")
        if given.day == "never":
            raise RuntimeError("a fault")
        return ToolResult(f"{given.seats} on {given.day} for {context.conversation_id}")


class Shout(Book):
    name: ClassVar = "shout"
    role: ClassVar = Trust.CALLER

    def run(self, context: ToolContext, given: Any) -> ToolResult:
        return ToolResult("A" * 20_000)


@pytest.fixture(autouse=True)
def two_tools(settings: Settings) -> None:
    settings.AGENT_TOOLS = [f"{__name__}.Book", f"{__name__}.Shout"]


def test_tools_are_found_by_the_setting_and_by_whom_they_are_for() -> None:
    assert set(tools_for(Trust.CALLER)) == {"shout"}
    assert set(tools_for(Trust.MANAGER)) == {"book", "shout"}


WHY = "Why, in a few words. For the log."


def test_a_tool_is_described_by_its_input() -> None:
    assert describe(Book()) == {
        "name": "book",
        "description": "Books.",
        "parameters": {
            "type": "object",
            "properties": {
                "day": {"description": "Which day.", "maxLength": 20, "type": "string"},
                "seats": {"default": 1, "type": "integer"},
                "why": {"type": "string", "description": WHY},
            },
            "required": ["day"],
        },
    }


def test_a_tool_gets_what_it_asked_for() -> None:
    result = use_tool(Book(), '{"day": "Monday", "seats": 2}', CONTEXT).result
    assert result.output == "2 on Monday for c1"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('{"day": 7}', "day: Input should be a valid string"),
        ("{}", "day: Field required"),
        ("not JSON", "Invalid JSON"),
        ('{"day": "Sunday"}', "We are closed on Sundays."),
    ],
)
def test_what_does_not_fit_is_told_in_words(arguments: str, words: str) -> None:
    assert words in use_tool(Book(), arguments, CONTEXT).result.output


def test_a_fault_is_logged_in_full_and_told_without_detail(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        result = use_tool(Book(), '{"day": "never"}', CONTEXT).result
    assert result.output == tools.FAILED
    assert "RuntimeError: a fault" in caplog.text


def test_long_output_is_cut() -> None:
    output = use_tool(Shout(), '{"day": "x"}', CONTEXT).result.output
    assert len(output) == tools.MOST_OUTPUT
    assert output.endswith(tools.CUT_OFF)


@pytest.mark.parametrize(
    ("given", "arguments", "why"),
    [
        ({"day": "Monday", "why": "asked"}, {"day": "Monday"}, "asked"),
        ({"day": "Monday"}, {"day": "Monday"}, ""),
        ({"why": None}, {}, ""),
        ({"why": "x" * 900}, {}, "x" * 500),
    ],
)
def test_the_reason_is_no_argument(
    given: dict[str, Any], arguments: dict[str, Any], why: str
) -> None:
    assert without_reason(given) == (arguments, why)
