"""Dials tell their reservations; leads that are wanted are offered to who waits, and those that
must be left in peace are offered no more."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.enums import DialOrigin
from leads.models import Dial, Lead, Reservation, Suppression
from leads.ready import services, sessions, tasks
from leads.services import left_in_peace_by


@receiver(signals.dial_changed)
def tell_reservation(dial_id: str, origin: str, **_: Any) -> None:
    if origin != DialOrigin.READY:
        return
    dial = Dial.objects.select_related("decision").filter(public_id=dial_id).first()
    if dial is not None:
        services.note_dial(dial)


@receiver(signals.consent_withdrawn)
def take_back_withdrawn(lead_id: str, **_: Any) -> None:
    services.take_back_offer(Lead.objects.get(public_id=lead_id))


@receiver(signals.suppressed)
def take_back_suppressed(suppression_id: int, **_: Any) -> None:
    suppression = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if suppression is not None:
        held = Reservation.objects.held().filter(business=suppression.business)
        for lead in left_in_peace_by(suppression).filter(pk__in=held.values("lead")):
            services.take_back_offer(lead)


@receiver(signals.lead_wanted)
def offer_soon(business_id: int, **_: Any) -> None:
    if sessions.somebody_waits(business_id):
        tasks.offer.delay(business_id)
