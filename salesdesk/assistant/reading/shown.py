"""Values of fields as pages show them."""

from datetime import date
from typing import Any

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.reading.spoken import MONTHS
from salesdesk.lib.phone import for_people


def shown(type_: str, value: Any) -> str:
    """``18000`` of type money → ``$18,000``; what does not fit its type comes as it is."""
    match type_, value:
        case FieldType.YES_NO, bool():
            return "Yes" if value else "No"
        case ((FieldType.MONEY | FieldType.NUMBER), (int() | float())):
            return _number(value, "$" if type_ == FieldType.MONEY else "")
        case FieldType.PHONE, str():
            return for_people(value)
        case FieldType.DATE, str():
            return _day(value)
        case _:
            return str(value)


def _number(value: float, sign: str) -> str:
    is_cents = bool(sign) and not float(value).is_integer()
    return f"{sign}{value:,.2f}" if is_cents else f"{sign}{value:,}"


def _day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value.capitalize()
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
