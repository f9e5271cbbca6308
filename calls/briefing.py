"""What a speech-to-speech model is told on a call: the prompts and tools that all agents have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from calls.dialling.wishes import instructed, wishes_of_call
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.specialists import tools_of
from salesdesk.assistant.loop.turn import END_CALL
from salesdesk.assistant.memory.opening import load_memory
from salesdesk.assistant.prompting.building import build as build_prompt
from salesdesk.assistant.tools.registry import describe, tools_for
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, Trust


@dataclass(frozen=True, slots=True)
class CallBriefing:
    """For the agent that is at work. ``tools`` as models are told of them (JSON)."""

    thread_id: int
    agent: str
    prompt: str
    tools: tuple[Mapping[str, object], ...]


def brief_call(business_id: int, call_id: str, *, phone: str, direction: str) -> CallBriefing:
    """What a model is to be told now, from what is remembered of the call."""
    business = Business.objects.get(pk=business_id)
    now = datetime.now(tz=UTC)
    memory = load_memory(ToolContext(business.pk, call_id, now, customer_phone=phone))
    prompt = instructed(business.prompt, wishes_of_call(call_id))
    conversation = Conversation(business.name, direction=direction, prompt=prompt)
    conversation.now = now.astimezone(business.tz)
    memory.furnish(conversation)
    agent = memory.state.agent
    prompt = build_prompt(
        memory.briefing.prompts[agent],
        conversation,
        customer=memory.briefing.customer,
        summary=memory.briefing.summary,
    )
    return CallBriefing(memory.briefing.thread_id, agent, prompt, _tools_of(agent))


def _tools_of(agent: str) -> tuple[Mapping[str, object], ...]:
    """Those that callers may have used for them; hanging up is a tool of the engine itself."""
    names = tools_of(agent) - {END_CALL}
    known = tools_for(Trust.CALLER)
    return tuple(describe(tool) for name, tool in known.items() if name in names)
