"""What the rules keep from one turn to the next, in the notes of the conversation's state.

A turn may be decided more than once: the caller goes on speaking before the answer was heard, or
the loop asks again after the last tool. Then it is decided anew with the notes from before it, and
what its tools have changed already is not done a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.offline.guidance import words_for_caller
from salesdesk.assistant.offline.steps import Results
from salesdesk.lib.tools import ToolResult

BEFORE = "before"
ASKING = "asking"
CHANGING = (
    "book_appointment",
    "move_appointment",
    "cancel_appointment",
    "confirm_appointment",
    "suppress",
    "escalate",
    "write_note",
    "update_lead",
    "crm_update",
)


@dataclass(frozen=True, slots=True)
class Memory:
    """The notes at the beginning of a turn, and what was done in earlier decisions of it."""

    notes: Mapping[str, Any] = field(default_factory=dict)
    done: Mapping[str, ToolResult] = field(default_factory=dict)
    guidance: tuple[str, ...] = ()


def recall(conversation: Conversation, text: str) -> Memory:
    """The memory for a turn in which the caller has said ``text``."""
    notes = dict(conversation.state.notes)
    before = notes.pop(BEFORE, None)
    if before is None or not _is_same_turn(before, conversation, text):
        return Memory(notes)
    done = {key: ToolResult(**result) for key, result in before["done"].items()}
    return Memory(before["notes"], done, tuple(before["guidance"]))


def _is_same_turn(before: Mapping[str, Any], conversation: Conversation, text: str) -> bool:
    """Whether nothing was heard of the answer that was decided then."""
    spoken = len(conversation.agent_lines())
    return bool(before["spoken"] == spoken and text.startswith(before["text"]))


def remember(
    conversation: Conversation,
    text: str,
    memory: Memory,
    *,
    keep: Mapping[str, Any],
    results: Results,
    guidance: tuple[str, ...],
) -> None:
    """Store what this turn leaves behind; a value of ``None`` is forgotten."""
    notes = {**memory.notes, **keep}
    conversation.state.notes = {
        **{name: value for name, value in notes.items() if value is not None},
        BEFORE: {
            "text": text,
            "spoken": len(conversation.agent_lines()),
            "notes": dict(memory.notes),
            "done": {**_as_json(memory.done), **_as_json(_changes(results))},
            "guidance": list(guidance),
        },
    }


def take_guidance(conversation: Conversation, memory: Memory) -> tuple[bool, tuple[str, ...]]:
    """Whether people have told the agent something new, and the words for the caller in it."""
    fresh = conversation.take_fresh_guidance()
    words = (words_for_caller(each) for each in fresh)
    return bool(fresh), (*memory.guidance, *(each for each in words if each))


def _changes(results: Results) -> dict[str, ToolResult]:
    return {
        key: result
        for key, result in results.by_key.items()
        if key.partition(" ")[0] in CHANGING and result.data
    }


def _as_json(done: Mapping[str, ToolResult]) -> dict[str, Any]:
    return {
        key: {"output": result.output, "data": dict(result.data)} for key, result in done.items()
    }
