"""What agents may look up in the playbook that their business follows."""

from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from salesdesk.assistant.enums import Author
from salesdesk.assistant.loop.state import ObjectionSpec, PlaybookSpec, State
from salesdesk.assistant.models import Thread
from salesdesk.assistant.playbooks import following as playbooks
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

NO_PLAYBOOK = "The business has no playbook. Answer, and find out what the customer needs."
NO_OBJECTION = (
    "The playbook has no answer to this. Say that you understand, ask what it is about, and look "
    "facts up with search_knowledge."
)
NOTHING = {"stage": "", "goal": "", "question": "", "line": "", "answer": ""}
MOST_LINES = 60
SEVERAL_WORDS, ONE_WORD = 0.9, 0.7
"""How sure it is that somebody objects, by the length of the sign in what they said."""


class PlaybookQuery(BaseModel):
    topic: Literal["stage", "objection", "next_line"] = Field(
        description="stage: where the conversation is and what its goal is. "
        "objection: how to answer a doubt. next_line: what to ask or say next."
    )
    text: str = Field(
        default="",
        max_length=500,
        description="What the customer just said, in their words; needed for an objection.",
    )


class PlaybookTool:
    """A :class:`~salesdesk.lib.tools.Tool`: where the conversation is, and what comes next.

    ``data`` is ``{"stage", "goal", "question", "line", "answer"}``, empty texts where there is
    nothing to say.
    """

    name: ClassVar = "playbook"
    description: ClassVar = (
        "Look into the business's playbook: the stage of the conversation and its goal, the next "
        "best question or line, and how to answer an objection. Its words may be used as they are."
    )
    input: ClassVar[type[BaseModel]] = PlaybookQuery
    timeout_s: ClassVar = 2.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: PlaybookQuery) -> ToolResult:
        spec = playbooks.spec_for(Business.objects.get(pk=context.business_id))
        if given.topic == "objection":
            return _answer(spec, given.text)
        return _place(spec, context, given)


def _answer(spec: PlaybookSpec, text: str) -> ToolResult:
    objection = playbooks.objection_in(spec, text)
    if objection is None:
        return ToolResult(NO_OBJECTION, data=NOTHING)
    return ToolResult(
        f"The customer objects: {objection.name}. Answer: {objection.answer}",
        data={**NOTHING, "answer": objection.answer},
        confidence=_sureness(objection, text),
    )


def _sureness(objection: ObjectionSpec, text: str) -> float:
    return SEVERAL_WORDS if playbooks.length_of_sign(objection, text) > 1 else ONE_WORD


def _place(spec: PlaybookSpec, context: ToolContext, given: PlaybookQuery) -> ToolResult:
    state, lines = _so_far(context)
    if given.text:
        lines.append((playbooks.CALLER, given.text))
    cue = playbooks.cue_of(spec, state, lines)
    if cue is None:
        return ToolResult(NO_PLAYBOOK, data=NOTHING)
    answer = cue.objection.answer if cue.objection else ""
    data = {
        "stage": cue.stage.name,
        "goal": cue.stage.goal,
        "question": cue.next.question,
        "line": cue.next.line,
        "answer": answer,
    }
    said = (f"{name.capitalize()}: {value}" for name, value in data.items() if value)
    return ToolResult("\n".join(said), data=data)


def _so_far(context: ToolContext) -> tuple[State, list[tuple[str, str]]]:
    """What is kept of the conversation: its state, and the newest of what was written.

    What was spoken on the phone is the call's, and not in reach from here; the state says how far
    that has come.
    """
    kept = Thread.objects.filter(business_id=context.business_id)
    thread = kept.filter(conversation=context.conversation_id).first()
    if thread is None:
        return State(), []
    newest = thread.messages.order_by("-sequence").values_list("author", "text")[:MOST_LINES]
    lines = [
        (playbooks.CALLER if author == Author.CUSTOMER else "agent", text)
        for author, text in reversed(newest)
    ]
    return State.from_json(thread.state), lines
