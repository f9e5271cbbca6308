"""Whether somebody has said a value, in whatever form."""

import re
from typing import Any

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.result import Setting
from salesdesk.assistant.reading.shown import shown
from salesdesk.assistant.reading.values import read_value

SHORTEST_PART = 5
ONLY_READ = (FieldType.NUMBER, FieldType.MONEY, FieldType.YES_NO)
"""Types whose values may stand in the words for others: 18 in 180."""


def is_said_in(spec: FieldSpec, value: Any, text: str, setting: Setting) -> bool:
    """Whether ``text`` holds the value: written, as pages show it, or in words or letters.

    Punctuation does not count, so that “m a r i a dot lopez” is “maria dot l o p e z”.
    """
    if not bare(text):
        return False
    if read_value(spec, text, setting).value == value:
        return True
    if spec.type in ONLY_READ:
        return False
    again = read_value(spec, str(value), setting)
    forms = {bare(form) for form in (str(value), shown(spec.type, value), again.spoken)}
    return any(_is_in(form, text) for form in forms if form)


def _is_in(form: str, text: str) -> bool:
    """Short ones as a word of its own only: AC is not said by saying Jack."""
    if len(form) < SHORTEST_PART:
        return form in map(bare, text.split())
    return form in bare(text)


def bare(text: str) -> str:
    """Small letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
