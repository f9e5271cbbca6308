"""Playing a dialogue: line by line to an agent, and noting what it says and does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync

from leads.enums import LeadEventKind
from leads.models import Appointment, Lead, Suppression
from salesdesk.assistant.capture.lead import write_to_lead
from salesdesk.assistant.loop.agent import Ending, Sentence, TextAgent
from salesdesk.assistant.loop.desk_agent import DeskAgent
from salesdesk.assistant.loop.state import State
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.models import EscalationRequest, Thread
from salesdesk.assistant.offline.policy import decide
from salesdesk.assistant.rehearsal.script import Dialogue, Spoken
from salesdesk.assistant.rehearsal.stage import Scene, Stage
from salesdesk.assistant.tools.running import Used

MakeAgent = Callable[[Memory], TextAgent]


@dataclass(slots=True)
class Played:
    """One turn: the caller's line, the agent's words and deeds."""

    line: Spoken
    said: str = ""
    ending: str = ""
    used: list[Used] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What is there when the dialogue is over, as plain data; see :class:`~.script.Wanted`."""

    facts: dict[str, Any] = field(default_factory=dict)
    visits: list[dict[str, str]] = field(default_factory=list)
    lead: dict[str, str] = field(default_factory=dict)
    is_suppressed: bool = False
    escalations: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    agent: str = ""


@dataclass(slots=True)
class Performance:
    turns: list[Played]
    outcome: Outcome
    sources: list[str]
    """Texts from which the agent may have its figures, besides the caller and the tools."""

    @property
    def said(self) -> str:
        return "\n".join(turn.said for turn in self.turns)

    @property
    def ending(self) -> str:
        return next((turn.ending for turn in reversed(self.turns) if turn.ending), "")

    @property
    def used(self) -> list[Used]:
        return [used for turn in self.turns for used in turn.used]


def offline(memory: Memory) -> TextAgent:
    """The agent as it answers everywhere, by the models of the settings or else by rules."""
    return DeskAgent(memory, decide=decide)


def play(stage: Stage, dialogue: Dialogue, make_agent: MakeAgent = offline) -> Performance:
    """The whole dialogue, until the agent ends it. Nothing of it stays in the database."""
    with stage.scene(dialogue) as scene:
        agent = make_agent(scene.memory)
        turns: list[Played] = []
        for line in dialogue.lines:
            turns.append(async_to_sync(_turn)(scene, agent, line))
            if turns[-1].ending:
                break
        return Performance(turns, _outcome(scene), _sources(scene))


async def _turn(scene: Scene, agent: TextAgent, line: Spoken) -> Played:
    conversation = scene.conversation
    if line.guide:
        conversation.guide(line.guide)
    if line.caller:
        conversation.hear(line.caller)
    played = Played(line)
    sentences = []
    used = _record(scene.memory)
    async for chunk in agent.reply(conversation, conversation.unanswered()):
        if isinstance(chunk, Sentence):
            sentences.append(chunk.text)
        elif isinstance(chunk, Ending):
            played.ending = chunk.reason
    played.said, played.used = " ".join(sentences), used
    if played.said:
        conversation.say(f"agent-{len(conversation.lines)}", played.said)
    return played


def _record(memory: Memory) -> list[Used]:
    """A list that fills with what the turn uses, before the log is put down."""
    used: list[Used] = []
    memory.runner.log = _Noting(used)
    return used


class _Noting(list[Used]):
    """A log that also tells another list."""

    def __init__(self, told: list[Used]) -> None:
        super().__init__()
        self._told = told

    def append(self, used: Used) -> None:
        super().append(used)
        self._told.append(used)


# ---------------------------------------------------------------- what came of it


def _outcome(scene: Scene) -> Outcome:
    state = State.from_json(Thread.objects.get(pk=scene.thread.pk).state)
    lead = write_to_lead(scene.thread) or scene.lead
    suppressed = Suppression.objects.filter(
        business=scene.business, phone=scene.thread.customer_phone
    )
    requests = EscalationRequest.objects.filter(thread=scene.thread).order_by("pk")
    return Outcome(
        facts={key: fact.value for key, fact in scene.memory.state.facts.items()},
        visits=[_visit(each) for each in lead.appointments.order_by("pk")] if lead else [],
        lead=_lead(lead) if lead else {},
        is_suppressed=suppressed.exists(),
        escalations=[(each.reason, each.urgency) for each in requests],
        notes=_notes(lead) if lead else [],
        agent=state.agent,
    )


def _visit(appointment: Appointment) -> dict[str, str]:
    start = appointment.starts_at.astimezone(appointment.business.tz)
    return {
        "start": f"{start:%Y-%m-%d %H:%M}",
        "purpose": appointment.purpose,
        "status": str(appointment.status),
    }


def _lead(lead: Lead) -> dict[str, str]:
    return {
        name: str(getattr(lead, name))
        for name in ("first_name", "last_name", "email", "phone", "address", "stage")
    }


def _notes(lead: Lead) -> list[str]:
    return list(lead.events.filter(kind=LeadEventKind.NOTE).values_list("text", flat=True))


def _sources(scene: Scene) -> list[str]:
    conversation = scene.conversation
    playbook = conversation.playbook
    return [
        conversation.business_name,
        conversation.lines[0].text,
        *(text for pair in conversation.facts for text in pair),
        *(f"{spec.label} {spec.question} {' '.join(spec.choices)}" for spec in conversation.fields),
        *(each.answer for each in playbook.objections),
        *(" ".join((*each.questions, *each.lines)) for each in playbook.stages),
    ]
