"""Changing calendars, and trying those outside."""

from typing import Any

from leads.models import Calendar
from leads.outside.integrations import outside_calendar
from salesdesk.lib.errors import SalesdeskError


def change_calendar(calendar: Calendar, **values: Any) -> Calendar:
    """Set ``values``; what is booked stays. Raises ``ValidationError`` as its model does."""
    for name, value in values.items():
        setattr(calendar, name, value)
    calendar.full_clean()
    calendar.save()
    return calendar


def problem_outside(calendar: Calendar) -> str:
    """In a sentence why its calendar outside does not work; nothing when it does."""
    try:
        there = outside_calendar(calendar)
        if there is not None:
            there.check()
    except SalesdeskError as error:
        return error.message
    return ""
