"""Dials and opt-outs tell the campaigns that they concern."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.campaigns import settling
from leads.consent import BARS
from leads.enums import ContactKind, DialOrigin
from leads.models import Dial, Lead, Outcome, Suppression


@receiver(signals.dial_changed)
def note_dial(dial_id: str, origin: str, **_: Any) -> None:
    if origin != DialOrigin.CAMPAIGN:
        return
    dial = Dial.objects.select_related("decision").filter(public_id=dial_id).first()
    if dial is not None:
        settling.note_dial(dial)


@receiver(signals.outcome_undone)
def note_undo(outcome_id: str, **_: Any) -> None:
    outcomes = Outcome.objects.select_related("lead__business")
    settling.note_undo(outcomes.get(public_id=outcome_id))


@receiver(signals.consent_withdrawn)
def note_withdrawal(lead_id: str, kind: str, **_: Any) -> None:
    if ContactKind.AI in BARS[kind]:
        settling.note_withdrawal(Lead.objects.get(public_id=lead_id))


@receiver(signals.suppressed)
def note_opt_out(suppression_id: int, **_: Any) -> None:
    suppression = Suppression.objects.filter(pk=suppression_id).first()
    if suppression is not None:
        settling.note_suppression(suppression)
