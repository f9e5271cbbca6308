"""The dates that files carry, of which many were set by no one."""

import datetime
import re

EARLIEST = datetime.date(2001, 1, 2)
"""What lies before is the day on which clocks and calendars of computers begin (1970, 1980, 2000,
the first of 2001), and never when a document of a business at work was written."""
TEMPLATE_DATES = frozenset({datetime.date(2013, 12, 23)})
"""What programs leave in each file that they make: python-docx's template."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def believable(*dates: datetime.date | datetime.datetime | None) -> str:
    """The first of these that somebody may have meant, in ISO 8601; empty where there is none.

    None is in the future (a day is left for time zones).
    """
    latest = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    for moment in dates:
        date = moment.date() if isinstance(moment, datetime.datetime) else moment
        if date and EARLIEST <= date <= latest and date not in TEMPLATE_DATES:
            return date.isoformat()
    return ""


def read_date(text: str) -> datetime.date | None:
    """The date with which a text in ISO 8601 begins; nothing for other texts."""
    if not _ISO_DATE.match(text):
        return None
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None
