"""The agent's tools that concern the conversation itself; the loop does what they say."""

from typing import ClassVar

from pydantic import BaseModel, Field

from salesdesk.assistant.enums import AgentName
from salesdesk.assistant.loop.specialists import SPECIALISTS
from salesdesk.lib.tools import ToolContext, ToolResult, Trust


class End(BaseModel):
    reason: str = Field(
        min_length=2,
        max_length=40,
        description="Why, in a word or two: goodbye, wrong_number, opt_out, voicemail …",
    )


class EndCall:
    """A :class:`~salesdesk.lib.tools.Tool`: hangs up when what is said now has been heard."""

    name: ClassVar = "end_call"
    description: ClassVar = (
        "End the conversation. Use it only when the customer says goodbye, has a wrong number, "
        "wants no more calls, or a machine answered. Say goodbye in the same turn, after it."
    )
    input: ClassVar[type[BaseModel]] = End
    timeout_s: ClassVar = 2.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: End) -> ToolResult:
        return ToolResult("The conversation ends after your next words. Say goodbye now.")


class Recipient(BaseModel):
    to: AgentName = Field(
        description="Who goes on. "
        + " ".join(f"{name}: {each.about}." for name, each in SPECIALISTS.items())
    )
    reason: str = Field(max_length=300, description="Why, in one sentence.")


class HandOver:
    """A :class:`~salesdesk.lib.tools.Tool`: another specialised agent goes on."""

    name: ClassVar = "hand_over"
    description: ClassVar = (
        "Let another specialised agent go on with this conversation, with everything that is "
        "known. The customer does not notice: say nothing of it."
    )
    input: ClassVar[type[BaseModel]] = Recipient
    timeout_s: ClassVar = 2.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: Recipient) -> ToolResult:
        return ToolResult(
            f"You are now the {given.to.label} agent.",
            data={"to": given.to.value, "reason": given.reason},
        )
