"""The outcomes that a business begins with."""

from leads.enums import Behaviour
from leads.models import Disposition
from salesdesk.businesses.models import Business

HOUR, DAY = 60, 24 * 60
NO_OUTCOME = "no_outcome"
APPOINTMENT = "appointment"

USUAL: tuple[tuple[str, str, Behaviour, int | None], ...] = (
    (APPOINTMENT, "Appointment booked", Behaviour.NEXT, None),
    ("callback", "Call back", Behaviour.CALLBACK, None),
    ("no_answer", "No answer", Behaviour.RETRY, 4 * HOUR),
    ("voicemail", "Voicemail left", Behaviour.VOICEMAIL, DAY),
    ("busy", "Busy", Behaviour.RETRY, 30),
    ("talked", "Talked, nothing agreed", Behaviour.NEXT, None),
    ("won", "Won", Behaviour.WON, None),
    ("lost", "Not interested", Behaviour.LOST, None),
    ("wrong_number", "Wrong number", Behaviour.WRONG_NUMBER, None),
    ("opt_out", "Do not call again", Behaviour.OPT_OUT, None),
    (NO_OUTCOME, "No outcome set", Behaviour.RETRY, HOUR),
)
"""Key, label, behaviour, and minutes until the next try."""


def dispositions_of(business: Business) -> list[Disposition]:
    """All of the business, in their order; the usual ones are made at the first asking."""
    known = list(business.dispositions.all())
    return known or _made(business)


def no_outcome_of(business: Business) -> Disposition:
    """What is noted where nobody said how it came out."""
    dispositions_of(business)
    usual = next(each for each in USUAL if each[0] == NO_OUTCOME)
    found, _ = business.dispositions.get_or_create(
        key=NO_OUTCOME, defaults={**_values(usual), "order": len(USUAL)}
    )
    return found


def _made(business: Business) -> list[Disposition]:
    rows = [
        Disposition(business=business, key=each[0], order=place, **_values(each))
        for place, each in enumerate(USUAL)
    ]
    Disposition.objects.bulk_create(rows, ignore_conflicts=True)
    return list(business.dispositions.all())


def _values(usual: tuple[str, str, Behaviour, int | None]) -> dict[str, object]:
    return {"label": usual[1], "behaviour": usual[2], "retry_minutes": usual[3]}
