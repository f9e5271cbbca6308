"""How the tests use a tool: by name and arguments, as a model does."""

import json
from typing import Any

from leads.tests.conftest import MARIA, NOW
from salesdesk.assistant.tools.registry import tools_for, use_tool
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust


def context(business: Business, **changes: Any) -> ToolContext:
    """Maria calls, and the carrier tells her number."""
    values: dict[str, Any] = {"conversation_id": "call1", "now": NOW, "customer_phone": MARIA}
    return ToolContext(business.pk, **{**values, **changes})


def use(context: ToolContext, name: str, /, **arguments: Any) -> ToolResult:
    """The tool's result; fails when it refuses or breaks."""
    outcome = use_tool(tools_for(context.trust)[name], json.dumps(arguments), context)
    assert outcome.status == "ok", outcome.error
    return outcome.result


def refusal(context: ToolContext, name: str, /, **arguments: Any) -> tuple[str, str]:
    """Status and words of a use that is refused."""
    outcome = use_tool(tools_for(context.trust)[name], json.dumps(arguments), context)
    assert outcome.status != "ok"
    return str(outcome.status), outcome.result.output


STAFF = {"trust": Trust.REP, "customer_phone": "", "channel": "chat"}
