"""Words and signs of conversations in writing, as pages show them."""

from collections.abc import Mapping
from typing import Any

from django import template

from salesdesk.assistant.analysis import EntityType, Intent
from salesdesk.assistant.enums import ToolStatus
from salesdesk.assistant.models import Message

register = template.Library()

TOOL_WORDS: Mapping[str, str] = {
    "search_knowledge": "Search the documents",
    "look_up_lead": "Look up the lead",
    "update_lead": "Write to the lead",
    "customer_history": "Read the customer's history",
    "find_slots": "Find free times",
    "book_appointment": "Book an appointment",
    "move_appointment": "Move the appointment",
    "cancel_appointment": "Cancel the appointment",
    "confirm_appointment": "Confirm the appointment",
    "write_note": "Write a note",
    "suppress": "Note that they want no more contact",
    "crm_read": "Read the CRM",
    "crm_update": "Write to the CRM",
    "integrations_info": "Look at the integrations",
    "playbook": "Look into the playbook",
    "capture_fact": "Note a fact",
    "confirm_fact": "Confirm a fact",
    "escalate": "Ask for a person",
    "end_call": "End the conversation",
    "hand_over": "Hand over",
}
"""What is not here is shown by its own name."""

ENTITY_WORDS: Mapping[str, str] = {
    EntityType.EMAIL: "E-mail",
    EntityType.PHONE: "Phone",
    EntityType.MONEY: "Amount",
    EntityType.DATE: "Date",
    EntityType.TIME: "Time",
    EntityType.PRODUCT: "Product",
    EntityType.NAME: "Name",
    EntityType.NUMBER: "Number",
}


@register.filter
def tool_words(name: str) -> str:
    return TOOL_WORDS.get(name) or name.replace("_", " ").capitalize()


@register.filter
def tool_status(status: str) -> str:
    return ToolStatus(status).label if status else "Running"


@register.filter
def uses_tool(message: Message) -> bool:
    """Whether a tool of its answer is running."""
    return any(not tool["status"] for tool in message.tools)


@register.filter
def intent_words(intent: str) -> str:
    return Intent(intent).label


@register.filter
def entity_words(kind: str) -> str:
    return ENTITY_WORDS[kind]


@register.filter
def as_percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


@register.filter
def sources(message: Message) -> list[dict[str, Any]]:
    """The passages that the answer cites, each once."""
    passages: dict[str, dict[str, Any]] = {}
    for citation in message.citations:
        passages.setdefault(citation["passage"], citation)
    return list(passages.values())


@register.filter
def own_feedback(message: Message) -> Any:
    """What the one who looks thinks of the answer, where that was read."""
    return next(iter(getattr(message, "own_feedback", ())), None)
