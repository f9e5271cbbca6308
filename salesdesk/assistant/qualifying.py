"""What a salesperson wants to know about a lead, and what is still to be asked."""

import re
from dataclasses import dataclass

from salesdesk.assistant.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Topic:
    """A question for the lead, and how to see that the lead has already told."""

    question: str
    told: re.Pattern[str]


TOPICS = (
    Topic(
        "What are you thinking about at the moment: solar, heating and cooling, or your roof?",
        re.compile(
            r"\b(solar|panels?|roof\w*|heat\w*|cool\w*|furnace|air condition\w*|ac)\b", re.I
        ),
    ),
    Topic(
        "Roughly how old is the house?",
        re.compile(r"\byears? old\b|\bbuilt (in|around)\b|\bnew (house|home|building)\b", re.I),
    ),
    Topic(
        "Do you have a budget in mind?",
        re.compile(r"\bbudget\b|\$|\bdollars?\b|\bspend\b|\bafford\b", re.I),
    ),
    Topic(
        "Do you own the home, and who decides with you?",
        re.compile(r"\b(own|owner|owns|rent|renting|landlord|tenant|husband|wife)\b", re.I),
    ),
    Topic(
        "When would you like to start?",
        re.compile(
            r"\b(start|begin|january|february|march|april|june|july|august|september|october"
            r"|november|december|spring|summer|autumn|fall|winter|next (month|year)|right away"
            r"|as soon as)\b",
            re.I,
        ),
    ),
)


def next_topic(conversation: Conversation) -> Topic | None:
    """The first topic of which the lead has not spoken and was not asked."""
    told = " ".join(conversation.caller_lines())
    asked = " ".join(conversation.agent_lines())
    return next(
        (topic for topic in TOPICS if not topic.told.search(told) and topic.question not in asked),
        None,
    )


def tells_something(text: str) -> bool:
    """Whether a lead says more of themselves than what they are interested in."""
    return any(topic.told.search(text) for topic in TOPICS[1:])


def was_asked(line: str) -> bool:
    """Whether this line of the agent ends with one of the questions."""
    return line.endswith(tuple(topic.question for topic in TOPICS))
