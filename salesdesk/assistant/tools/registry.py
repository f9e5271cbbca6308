"""The tools that agents have: found by setting, described to models, run for them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string
from pydantic import ValidationError

from salesdesk.assistant.enums import ToolStatus
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.tools import Tool, ToolContext, ToolResult, Trust

logger = logging.getLogger(__name__)

MOST_OUTPUT = 8_000
"""Characters of a tool's output that a model gets to read."""
REASON = "why"
LONGEST_REASON = 500
CUT_OFF = " [cut off]"
UNKNOWN = "There is no such tool."
FAILED = "This does not work at the moment. Say so, and offer that a colleague gets in touch."


def tools_for(role: Trust) -> Mapping[str, Tool]:
    """The tools that may be used on behalf of somebody of this role, by name."""
    return {
        name: tool
        for name, tool in _all_tools(tuple(settings.AGENT_TOOLS)).items()
        if tool.role <= role
    }


@cache
def _all_tools(paths: tuple[str, ...]) -> Mapping[str, Tool]:
    tools = [cast(Tool, import_string(path)()) for path in paths]
    return {tool.name: tool for tool in tools}


def describe(tool: Tool) -> dict[str, Any]:
    """The tool as models are told of it: its name, description and parameters (JSON Schema).

    To its own parameters comes ``why``, which :func:`without_reason` takes away again.
    """
    schema = tool.input.model_json_schema()
    schema.pop("title", None)
    properties = schema.setdefault("properties", {})
    for field in properties.values():
        field.pop("title", None)
    properties[REASON] = {"type": "string", "description": "Why, in a few words. For the log."}
    return {"name": tool.name, "description": tool.description, "parameters": schema}


def without_reason(given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """A tool's arguments without the reason that the model gave for its use, and that reason."""
    rest = dict(given)
    return rest, str(rest.pop(REASON, None) or "")[:LONGEST_REASON]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a tool was used: ``error`` is for the log and may hold what the model is not told."""

    result: ToolResult
    status: str = ToolStatus.OK
    error: str = ""


def use_tool(tool: Tool, arguments: str, context: ToolContext) -> Outcome:
    """Run the tool on ``arguments`` (JSON, as a model wrote them); never raises.

    What goes wrong is told in words, so that the model can make the best of it.
    """
    if tool.role > context.trust:
        return refused(UNKNOWN)
    try:
        result = tool.run(context, tool.input.model_validate_json(arguments or "{}"))
    except ValidationError as error:
        words = f"These arguments do not fit: {_in_words(error)}"
        return Outcome(ToolResult(words), ToolStatus.INVALID, words)
    except SalesdeskError as error:
        logger.warning("tool %s refused: %s", tool.name, type(error).__name__)
        return refused(error.message)
    except Exception as error:  # a call must not end because a tool has a fault
        logger.exception("tool %s failed", tool.name)
        return Outcome(ToolResult(FAILED), ToolStatus.FAILED, repr(error))
    return Outcome(_bounded(result))


def refused(words: str) -> Outcome:
    return Outcome(ToolResult(words), ToolStatus.REFUSED, words)


def _in_words(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in faults)


def _bounded(result: ToolResult) -> ToolResult:
    if len(result.output) <= MOST_OUTPUT:
        return result
    return replace(result, output=result.output[: MOST_OUTPUT - len(CUT_OFF)] + CUT_OFF)
