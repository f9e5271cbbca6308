"""Whether a value was said, in whatever form."""

from datetime import date
from typing import Any

import pytest

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.heard import is_said_in
from salesdesk.assistant.reading.result import Setting

SETTING = Setting(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("type_", "value", "text", "is_said"),
    [
        (FieldType.EMAIL, "maria@gmail.com", "m a r i a at gmail dot com?", True),
        (FieldType.EMAIL, "maria@gmail.com", "Maria at Gmail dot com?", True),
        (FieldType.EMAIL, "maria@gmail.com", "Is it maria@gmail.com?", True),
        (FieldType.EMAIL, "maria@gmail.com", "Is it mario@gmail.com?", False),
        (
            FieldType.PHONE,
            "+14155550123",
            "four one five, five five five, zero one two three",
            True,
        ),
        (FieldType.PHONE, "+14155550123", "I have 415-555-0123.", True),
        (FieldType.PHONE, "+14155550123", "I have 415-555-0124.", False),
        (FieldType.NUMBER, 2, "2 years, right?", True),
        (FieldType.NUMBER, 2, "two years, right?", True),
        (FieldType.NUMBER, 2, "We are there 24 hours a day.", False),
        (FieldType.MONEY, 18000, "eighteen thousand dollars", True),
        (FieldType.MONEY, 18000, "$18,000, correct?", True),
        (FieldType.MONEY, 18000, "$180,000, correct?", False),
        (FieldType.DATE, "2027-03-15", "So March fifteenth.", True),
        (FieldType.DATE, "2027-03-15", "So March 15th, 2027.", True),
        (FieldType.DATE, "2027-03-15", "So March sixteenth.", False),
        (FieldType.ADDRESS, "12 Oak Street", "That is twelve Oak Street.", True),
        (FieldType.TEXT, "it leaks", "", False),
        (FieldType.TEXT, "it leaks", "...", False),
    ],
)
def test_a_value_is_found_in_what_is_said(
    type_: FieldType, value: Any, text: str, is_said: bool
) -> None:
    assert is_said_in(FieldSpec("it", "It", type_), value, text, SETTING) is is_said
