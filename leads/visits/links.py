"""Links by which customers look after their appointment without signing in.

A link carries the appointment and how long it is good, signed. Following it shows the page only,
since mail programs and phones follow links by themselves; what changes something is a press of a
button. Forged, old and unknown links all look the same.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from leads.models import Appointment
from salesdesk.lib.errors import NotFound

SALT = "leads.visits.links"
OVER = "This link is no longer good."


def token_of(appointment: Appointment) -> str:
    """Good until the appointment, as it is now, is over."""
    until = int(appointment.ends_at.timestamp())
    return signing.Signer(salt=SALT, sep="~").sign(f"{appointment.public_id}.{until:x}")


def link_of(appointment: Appointment) -> str:
    path = reverse("visit:page", args=[token_of(appointment)])
    return f"{settings.PUBLIC_URL}{path}"


def appointment_of(token: str, now: datetime) -> Appointment:
    """Raises ``NotFound`` for a link that is forged or old, always with the same words."""
    try:
        told = signing.Signer(salt=SALT, sep="~").unsign(token)
    except signing.BadSignature:
        raise NotFound(OVER) from None
    key, _, until = told.rpartition(".")
    if datetime.fromtimestamp(int(until, 16), tz=UTC) <= now:
        raise NotFound(OVER)
    known = Appointment.objects.select_related("business", "calendar__user", "lead")
    found = known.filter(public_id=key, business__is_active=True, lead__isnull=False).first()
    if found is None:
        raise NotFound(OVER)
    return found
