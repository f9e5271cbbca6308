"""What an appointment is for, from what the caller says, has said, or wants to have."""

import re
from collections.abc import Sequence

from salesdesk.assistant.offline.phrases import capitalized
from salesdesk.assistant.offline.turn import Turn

_SUBJECTS = (
    (r"\b(roof\w*|shingles?|gutters?)\b", "Roof"),
    (r"\b(solar|panels?|photovoltaic)\b", "Solar"),
    (r"\bheat pumps?\b", "Heat pump"),
    (r"\b(ac|a/c|air condition\w*|cooling)\b", "Air conditioning"),
    (r"\b(furnace|heating|heater|boiler)\b", "Heating"),
    (r"\b(charger|battery)\b", "Battery or charger"),
)
_KINDS = (
    (r"\binspect\w*\b", "inspection"),
    (r"\b(repair\w*|fix\w*|broken?|broke|leak\w*|not working)\b", "repair"),
    (r"\bconsult\w*\b", "consultation"),
    (r"\b(estimate|quote)\b", "estimate"),
    (r"\bmaintenance|service|tune-?up\b", "maintenance"),
)


def purpose(turn: Turn) -> str:
    """“Roof inspection”, from what the caller says now, has said before, or wants to have."""
    lines = [turn.text, *turn.conversation.caller_lines(), *_wanted_things(turn)]
    subject = _first(_SUBJECTS, lines)
    kind = _first(_KINDS, lines[:3]) or "visit"
    return capitalized(f"{subject} {kind}".strip())


def _wanted_things(turn: Turn) -> list[str]:
    return [str(fact.value) for fact in turn.conversation.state.facts.values()]


def _first(table: Sequence[tuple[str, str]], lines: Sequence[str]) -> str:
    found = (name for line in lines for sign, name in table if re.search(sign, line, re.I))
    return next(found, "")
