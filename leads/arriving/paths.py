"""Paths into JSON: ``lead.contact.phone``, ``$.items[0].name``, ``answers["Roof type"]``. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from salesdesk.lib.errors import InvalidInput

LONGEST_PATH = 200
_STEP = re.compile(
    r"""\.?(?P<name>[^.\[\]"'\s][^.\[\]]*)|\[(?P<index>\d{1,4})\]|\[(?P<quote>["'])(?P<key>.*?)(?P=quote)\]"""
)


def steps_of(path: str) -> list[str | int]:
    """Raises ``InvalidInput`` for what is no path."""
    text = path.strip().removeprefix("$")
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or len(path) > LONGEST_PATH:
            raise InvalidInput(f"“{path[:60]}” is no path; write contact.phone or items[0].name.")
        index = found["index"]
        steps.append(int(index) if index else (found["name"] or found["key"] or "").strip())
        at = found.end()
    if not steps:
        raise InvalidInput("A path is missing.")
    return steps


def value_at(data: Any, path: str) -> Any:
    """What stands there, or ``None``. Raises ``InvalidInput`` for what is no path."""
    for step in steps_of(path):
        if isinstance(data, Mapping):
            data = data.get(str(step))
        elif isinstance(data, list) and str(step).isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def values_at(data: Any, mapping: Mapping[str, str]) -> dict[str, Any]:
    """The values of all fields whose path leads to one."""
    found = {field: value_at(data, path) for field, path in mapping.items()}
    return {
        field: value
        for field, value in found.items()
        if value not in (None, "") and not isinstance(value, dict | list)
    }
