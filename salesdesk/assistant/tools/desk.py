"""The agent's tools that keep what the customer tells, and that call for a person."""

from typing import ClassVar

from pydantic import BaseModel, Field

from salesdesk.assistant import escalations
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.capture.facts import Captured
from salesdesk.assistant.enums import Channel, Urgency
from salesdesk.assistant.models import Thread
from salesdesk.assistant.writing.threads import open_thread
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

LONGEST_WORDS = 500


def thread_of(context: ToolContext) -> Thread:
    """The conversation in which a tool is used; one that nobody has put down yet is begun."""
    if context.thread_id is not None:
        threads = Thread.objects.select_related("business")
        return threads.get(pk=context.thread_id, business=context.business_id)
    return open_thread(
        Business.objects.get(pk=context.business_id),
        channel=Channel(context.channel),
        conversation=context.conversation_id,
        customer_phone=context.customer_phone,
    )


class FactGiven(BaseModel):
    field: str = Field(
        min_length=1, max_length=40, description="The key of the field, as it was given to you."
    )
    value: str = Field(
        min_length=1, max_length=LONGEST_WORDS, description="What the customer means, in short."
    )
    said: str = Field(
        "", max_length=LONGEST_WORDS, description="The customer's own words, as they said them."
    )


class CaptureFact:
    """A :class:`~salesdesk.lib.tools.Tool`: keeps a fact that the customer told."""

    name: ClassVar = "capture_fact"
    description: ClassVar = (
        "Keep a fact that the customer has told: one for each field that they spoke of, as soon as "
        "they did. It says how the value was understood, and whether to read it back."
    )
    input: ClassVar[type[BaseModel]] = FactGiven
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    def run(self, context: ToolContext, given: FactGiven) -> ToolResult:
        captured = capture.capture_fact(
            thread_of(context), given.field, given.value, said=given.said, now=context.now
        )
        reading = captured.reading
        data = {
            "field": captured.field.key,
            "value": reading.value,
            "spoken": reading.spoken,
            "needs_read_back": captured.needs_read_back,
            "problem": reading.problem,
        }
        return ToolResult(
            _in_words(captured),
            data=data,
            confidence=captured.confidence,
            is_clarification=bool(reading.problem),
        )


def _in_words(captured: Captured) -> str:
    label, reading = captured.field.label, captured.reading
    if reading.problem:
        return f"Not noted. {reading.problem} Ask the customer again, in other words."
    if captured.needs_read_back:
        return (
            f"{label} heard as: {reading.spoken}. Read this back, ask whether it is right, and use "
            "confirm_fact with the answer."
        )
    return f"Noted. {label}: {reading.spoken}."


class FactConfirmed(BaseModel):
    field: str = Field(min_length=1, max_length=40, description="The key of the field.")
    is_right: bool = Field(description="Whether the customer said that the value is right.")


class ConfirmFact:
    """A :class:`~salesdesk.lib.tools.Tool`: the customer says whether what was read back is right.

    A value that is wrong is forgotten.
    """

    name: ClassVar = "confirm_fact"
    description: ClassVar = (
        "After you have read a value back: put down whether the customer says that it is right. "
        "Where it is wrong, ask for it again; a corrected value goes to capture_fact."
    )
    input: ClassVar[type[BaseModel]] = FactConfirmed
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    def run(self, context: ToolContext, given: FactConfirmed) -> ToolResult:
        spec = capture.confirm_fact(thread_of(context), given.field, given.is_right)
        data = {"field": spec.key, "confirmed": given.is_right}
        if given.is_right:
            return ToolResult(f"{spec.label} is confirmed.", data=data)
        words = f"{spec.label} is forgotten. Ask for it again, slowly."
        return ToolResult(words, data=data, is_clarification=True)


class PersonWanted(BaseModel):
    reason: str = Field(
        min_length=2,
        max_length=escalations.LONGEST_REASON,
        description="Why a person is needed, for that person, in one sentence.",
    )
    urgency: Urgency = Field(
        Urgency.NORMAL, description="high: danger, damage, or a customer about to be lost."
    )
    department: str = Field(
        "",
        max_length=escalations.LONGEST_DEPARTMENT,
        description="Who should take it, where the customer or the business says so.",
    )
    callback_phone: str = Field(
        "",
        max_length=40,
        description="Where to call back, if not on the number that the customer calls from.",
    )


class Escalate:
    """A :class:`~salesdesk.lib.tools.Tool`: asks for a person."""

    name: ClassVar = "escalate"
    description: ClassVar = (
        "Ask for a person: when the customer wants one, complains, or needs what you cannot do. "
        "It puts down a request that people see at once; promise no more than that."
    )
    input: ClassVar[type[BaseModel]] = PersonWanted
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    def run(self, context: ToolContext, given: PersonWanted) -> ToolResult:
        request = escalations.request_person(
            thread_of(context),
            given.reason,
            urgency=given.urgency,
            department=given.department,
            callback_phone=given.callback_phone,
        )
        words = "The request for a person is put down. Tell the customer that somebody will see it."
        return ToolResult(words, data={"request": request.pk})
