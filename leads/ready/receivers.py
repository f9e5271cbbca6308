"""Dials tell their reservations; leads that are wanted are offered to who waits."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.enums import DialOrigin
from leads.models import Dial
from leads.ready import services, sessions, tasks


@receiver(signals.dial_changed)
def tell_reservation(dial_id: str, origin: str, **_: Any) -> None:
    if origin != DialOrigin.READY:
        return
    dial = Dial.objects.select_related("decision").filter(public_id=dial_id).first()
    if dial is not None:
        services.note_dial(dial)


@receiver(signals.lead_wanted)
def offer_soon(business_id: int, **_: Any) -> None:
    if sessions.somebody_waits(business_id):
        tasks.offer.delay(business_id)
