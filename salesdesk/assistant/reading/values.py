"""Reads what a customer said to a field, by the field's type."""

from collections.abc import Callable, Mapping

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.choices import read_choice, read_yes_no
from salesdesk.assistant.reading.contacts import read_address, read_email, read_name, read_phone
from salesdesk.assistant.reading.dates import read_date
from salesdesk.assistant.reading.numbers import read_money, read_number
from salesdesk.assistant.reading.result import Reading, Setting

NOTHING = "I did not catch an answer."
LONGEST_TEXT = 500
LONGEST_SAID = 2_000
NAMES = ("name", "first_name", "last_name")
"""Fields of a lead that take a person's name."""


def read_value(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """What ``text`` (words as they were said, or the value itself) means to the field."""
    text = " ".join(text[:LONGEST_SAID].split())
    if not any(sign.isalnum() for sign in text):
        return Reading(problem=NOTHING)
    return _READERS[FieldType(spec.type)](spec, text, setting)


def _read_text(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    if spec.lead_field in NAMES:
        return read_name(spec, text, setting)
    return Reading(text[:LONGEST_TEXT], text[:LONGEST_TEXT])


Reader = Callable[[FieldSpec, str, Setting], Reading]
_READERS: Mapping[FieldType, Reader] = {
    FieldType.TEXT: _read_text,
    FieldType.NUMBER: read_number,
    FieldType.MONEY: read_money,
    FieldType.YES_NO: read_yes_no,
    FieldType.DATE: read_date,
    FieldType.EMAIL: read_email,
    FieldType.PHONE: read_phone,
    FieldType.ADDRESS: read_address,
    FieldType.CHOICE: read_choice,
}
