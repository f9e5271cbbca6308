"""The instructions of one turn: a template of the business, filled with what is known by now.

Pure: no database, no clock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from salesdesk.assistant.enums import AgentName, Channel, FactStatus
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.state import Fact, FieldSpec
from salesdesk.assistant.playbooks import following as playbooks
from salesdesk.assistant.prompting.fencing import one_line
from salesdesk.assistant.prompting.templates import VARIABLES, Prompt, PromptData, fill


def build(
    prompt: Prompt,
    conversation: Conversation,
    *,
    channel: str = Channel.PHONE,
    customer: str = "",
    summary: str = "",
    knowledge: str = "",
) -> str:
    """The instructions of the conversation's next turn, in :data:`MOST` characters.

    ``customer`` is the record of who calls, ``summary`` stands for turns that are not shown any
    more, ``knowledge`` for passages that have been looked up already; each may be empty.
    """
    data = data_of(
        prompt,
        conversation,
        channel=channel,
        customer=customer,
        summary=summary,
        knowledge=knowledge,
    )
    return fill(prompt.template, data)


def data_of(
    prompt: Prompt,
    conversation: Conversation,
    *,
    channel: str = Channel.PHONE,
    customer: str = "",
    summary: str = "",
    knowledge: str = "",
) -> PromptData:
    state, now = conversation.state, conversation.now
    return PromptData(
        business_name=conversation.business_name,
        agent=AgentName(state.agent).label,
        today=f"{now:%A, %B} {now.day}, {now.year}" if now else "",
        now=clock_time(now) if now else "",
        channel=Channel(channel).label,
        direction=_direction(conversation.direction, channel),
        brand_voice=prompt.brand_voice,
        compliance_rules=prompt.compliance_rules,
        business_prompt=conversation.prompt,
        playbook=playbook_in_words(conversation),
        missing_fields=missing_in_words(conversation.fields, state.facts),
        guidance=_newest("guidance", [f"- {each}" for each in conversation.guidance]),
        customer=customer,
        known_facts=facts_in_words(conversation.fields, state.facts),
        summary=summary,
        knowledge=knowledge,
    )


def clock_time(moment: datetime) -> str:
    """Like “2:05 PM”."""
    return f"{moment.hour % 12 or 12}:{moment:%M %p}"


def _direction(direction: str, channel: str) -> str:
    if channel in (Channel.CHAT, Channel.API):
        return "The customer writes to us."
    return "We called the customer." if direction == "outbound" else "The customer called us."


def _newest(name: str, lines: Sequence[str]) -> str:
    """As many of the last lines as there is room for in this variable."""
    room, kept = VARIABLES[name].most, list[str]()
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0 and kept:
            break
        kept.append(line)
    return "\n".join(reversed(kept))


def playbook_in_words(conversation: Conversation) -> str:
    """Where the conversation is by the playbook, what comes next, and how to meet an objection."""
    cue = playbooks.cue_of(conversation.playbook, conversation.state, _lines_of(conversation))
    if cue is None:
        return ""
    said = [f"Stage {cue.number} of {cue.count}: {cue.stage.name}. Goal: {cue.stage.goal}"]
    if cue.next.question:
        said.append(f"Next question: {cue.next.question}")
    if cue.next.line:
        said.append(f"A line that fits: {cue.next.line}")
    if cue.objection:
        said.append(f"The customer objects ({cue.objection.name}). Answer: {cue.objection.answer}")
    return "\n".join(said)


def _lines_of(conversation: Conversation) -> list[tuple[str, str]]:
    return [(line.role, line.text) for line in conversation.lines]


def facts_in_words(specs: Sequence[FieldSpec], facts: Mapping[str, Fact]) -> str:
    labels = {spec.key: spec.label for spec in specs}
    return "\n".join(
        f"- {labels.get(key, key)}: {_value_in_words(fact.value)} ({_sureness(fact)})"
        for key, fact in facts.items()
    )


def _value_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(str(value))


def _sureness(fact: Fact) -> str:
    return FactStatus(fact.status).label.lower()


def missing_in_words(specs: Sequence[FieldSpec], facts: Mapping[str, Fact]) -> str:
    """What is not known yet, required things first, with the question that asks for each."""
    missing = sorted(
        (spec for spec in specs if spec.key not in facts), key=lambda spec: not spec.is_required
    )
    return "\n".join(
        f"- {spec.label}{' (required)' if spec.is_required else ''}: {spec.question}"
        for spec in missing
    )
