"""Keeping what the caller's words tell about the business's fields."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.slots import Heard, heard_in
from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.offline.turn import Turn
from salesdesk.assistant.reading.values import NAMES

TOLD, READ_BACK, LAST, NAME = "told", "read_back", "last_field", "name"

DEFAULT_FIELDS = (
    FieldSpec(
        "interest",
        "Interest",
        FieldType.CHOICE,
        "What are you thinking about at the moment: solar, heating and cooling, or your roof?",
        ("Solar panels", "Heating and cooling", "Roof"),
    ),
    FieldSpec("house_age", "Age of the house", FieldType.NUMBER, "Roughly how old is the house?"),
    FieldSpec("budget", "Budget", FieldType.MONEY, "Do you have a budget in mind?"),
    FieldSpec(
        "owner",
        "Owns the home",
        FieldType.YES_NO,
        "Do you own the home, and who decides with you?",
    ),
    FieldSpec("start", "Start", FieldType.DATE, "When would you like to start?"),
)
"""What is asked for a business that has not said what it wants to know."""


@dataclass(slots=True)
class Caught:
    """What of the caller's words was captured: the fields' keys, and the first problem."""

    keys: list[str] = field(default_factory=list)
    problem: str = ""
    problem_key: str = ""


def fields_of(turn: Turn) -> tuple[FieldSpec, ...]:
    return turn.conversation.fields or DEFAULT_FIELDS


def asked_key(turn: Turn) -> str:
    """The field whose question the caller answers, or corrects the answer to."""
    asked = str(turn.asking.about["key"]) if turn.asking.what in ("field", "read_back") else ""
    last = spec_of(turn, str(turn.notes.get(LAST, "")))
    if last is None or not caller.corrects(turn.text):
        return asked
    spec = spec_of(turn, asked)
    is_answered = spec is not None and heard_in(turn.text, [spec], asked=asked)
    is_corrected = heard_in(turn.text, [last], asked=last.key)
    return last.key if is_corrected and not is_answered else asked


def caught(turn: Turn) -> Caught:
    """Capture everything that the caller's words tell about the business's fields."""
    heard = told_now(turn)
    results = turn.all_results(*(_capture(turn, each) for each in heard))
    done = Caught()
    for each, result in zip(heard, results, strict=True):
        _take(turn, done, each, result.data)
    _keep_name(turn)
    return done


def told_now(turn: Turn) -> list[Heard]:
    """What the words tell, without what is known already; see :func:`heard_in`."""
    heard = heard_in(turn.text, fields_of(turn), asked=asked_key(turn))
    return [each for each in heard if _is_new(turn, each)]


def _is_new(turn: Turn, heard: Heard) -> bool:
    """A choice that was made stays made, though its subject is mentioned again and again."""
    key = heard.field.key
    if turn.asking.what == "read_back":
        return key == asked_key(turn)
    is_kept = heard.field.type == FieldType.CHOICE and key in turn.conversation.state.facts
    is_meant = key == asked_key(turn) or turn.results.of(_capture(turn, heard)) is not None
    return is_meant or not is_kept


def _capture(turn: Turn, heard: Heard) -> ToolUse:
    arguments = {"field": heard.field.key, "value": heard.value, "said": turn.text}
    return ToolUse("capture_fact", arguments, f"The customer tells: {heard.field.label}.")


def _take(turn: Turn, done: Caught, heard: Heard, data: Any) -> None:
    key = heard.field.key
    if data.get("problem"):
        if not done.problem:
            done.problem, done.problem_key = data["problem"], key
        return
    done.keys.append(key)
    turn.keep[LAST] = key
    turn.keep[TOLD] = with_key(turn.note(TOLD), key)
    waiting = [each for each in turn.note(READ_BACK) or [] if each["key"] != key]
    if data.get("needs_read_back"):
        waiting.append({"key": key, "spoken": data["spoken"]})
    turn.keep[READ_BACK] = waiting


def with_key(keys: Sequence[str] | None, key: str) -> list[str]:
    return [*(keys or []), *([] if key in (keys or []) else [key])]


def _keep_name(turn: Turn) -> None:
    """A caller who says who they are is put down under that name."""
    name = caller.full_name(turn.text)
    if not name or turn.notes.get(NAME) == name:
        return
    turn.keep[NAME] = name
    if not any(each.lead_field in NAMES for each in turn.conversation.fields):
        first, _, last = name.partition(" ")
        given = {"first_name": first, "last_name": last}
        given = {key: value for key, value in given.items() if value}
        turn.result("update_lead", "The customer said their name.", **given)


def known_name(turn: Turn) -> str:
    facts = turn.conversation.state.facts
    told = [str(facts[key].value) for key in ("name", "first_name", "last_name") if key in facts]
    return " ".join(told) or str(turn.note(NAME, ""))


def spec_of(turn: Turn, key: str) -> FieldSpec | None:
    return next((spec for spec in fields_of(turn) if spec.key == key), None)
