"""Dials are placed when they are wanted, and learn what their calls came to."""

from typing import Any

from django.dispatch import receiver

from calls import signals
from calls.dialling import rep, reporting, tasks
from calls.models import Call
from leads import signals as leads


@receiver(leads.dial_requested)
def place_soon(dial_id: str, **_: Any) -> None:
    tasks.place.delay(dial_id)


@receiver(leads.hang_up_requested)
def end_soon(dial_id: str, **_: Any) -> None:
    tasks.hang_up.delay(dial_id)


@receiver(leads.suppressed)
def hang_up_soon(suppression_id: int, **_: Any) -> None:
    tasks.leave_in_peace.delay(suppression_id)


@receiver((signals.call_updated, signals.call_ended))
def tell_dial(call_id: str, **_: Any) -> None:
    reporting.tell_dial(call_id)


@receiver(signals.call_ended)
def let_rep_go(call_id: str, **_: Any) -> None:
    call = Call.objects.filter(public_id=call_id, bridge__isnull=False).first()
    if call is not None:
        rep.note_lead_over(call)
