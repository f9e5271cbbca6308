"""The specialised agents: what each is for, and which tools it has besides everybody's."""

from collections.abc import Mapping
from dataclasses import dataclass

from salesdesk.assistant.enums import AgentName


@dataclass(frozen=True, slots=True)
class Specialist:
    """``about`` tells the others when to hand over to this one."""

    about: str
    tools: frozenset[str]


EVERYBODYS_TOOLS = frozenset(
    {
        "search_knowledge",
        "look_up_lead",
        "capture_fact",
        "confirm_fact",
        "write_note",
        "escalate",
        "suppress",
        "hand_over",
        "end_call",
    }
)
SPECIALISTS: Mapping[str, Specialist] = {
    AgentName.DESK: Specialist(
        "greets, answers questions about the business and its products, and finds out what it is "
        "about",
        frozenset({"customer_history", "integrations_info", "playbook"}),
    ),
    AgentName.LEAD: Specialist(
        "finds out whether and what the customer may buy: budget, who decides, need, time, and "
        "what else the business wants to know",
        frozenset({"update_lead", "customer_history", "playbook"}),
    ),
    AgentName.CALENDAR: Specialist(
        "finds, books, moves, cancels and confirms appointments",
        frozenset(
            {
                "find_slots",
                "book_appointment",
                "move_appointment",
                "cancel_appointment",
                "confirm_appointment",
                "update_lead",
                "customer_history",
            }
        ),
    ),
    AgentName.CRM: Specialist(
        "reads and changes what is kept of the customer in the CRM",
        frozenset({"crm_read", "crm_update", "update_lead", "customer_history"}),
    ),
    AgentName.OBJECTIONS: Specialist(
        "answers what the customer holds against buying, honestly and without pressing",
        frozenset({"playbook", "customer_history"}),
    ),
}


def tools_of(agent: str) -> frozenset[str]:
    """The names of the tools that this agent has."""
    return EVERYBODYS_TOOLS | SPECIALISTS[agent].tools
