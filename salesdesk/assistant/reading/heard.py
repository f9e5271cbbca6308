"""Whether somebody has said a value, in whatever form."""

import re
from typing import Any

from salesdesk.assistant.reading.result import Setting
from salesdesk.assistant.reading.shown import shown
from salesdesk.assistant.reading.values import read_value
from salesdesk.assistant.state import FieldSpec


def is_said_in(spec: FieldSpec, value: Any, text: str, setting: Setting) -> bool:
    """Whether ``text`` holds the value: written, as pages show it, or in words or letters.

    Punctuation does not count, so that “m a r i a dot lopez” is “maria dot l o p e z”.
    """
    said = bare(text)
    again = read_value(spec, str(value), setting)
    forms = {bare(form) for form in (str(value), shown(spec.type, value), again.spoken)}
    if any(form and form in said for form in forms):
        return True
    return bool(said) and read_value(spec, text, setting).value == value


def bare(text: str) -> str:
    """Small letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
