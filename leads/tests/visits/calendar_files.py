"""iCalendar as a calendar program reads it."""

from typing import Any

from icalendar import Calendar


def read_ics(data: bytes | str) -> Any:
    """The library's own object; its properties have two dozen types."""
    return Calendar.from_ical(data)
