"""Carrying cadences out, in the background."""

import logging

from celery import shared_task
from django.utils import timezone

from leads.cadences.answers import give_up
from leads.cadences.carrying import carry_out
from leads.cadences.claiming import claim_due
from leads.models import Touch

log = logging.getLogger(__name__)

BATCH = 100
MOST_BATCHES = 20
"""What is due beyond that waits for the next beat."""


@shared_task
def carry_out_due() -> None:
    """Hand out what is due, each touch to a task of its own."""
    for _ in range(MOST_BATCHES):
        touches = claim_due(BATCH)
        for touch in touches:
            carry_out_touch.delay(touch.pk, touch.claims)
        if len(touches) < BATCH:
            return


@shared_task
def carry_out_touch(touch_id: int, claims: int) -> None:
    if not carry_out(touch_id, claims):
        log.info("touch %s was somebody else's, or stopped", touch_id)


@shared_task
def give_up_waiting() -> None:
    """Go on with cadences whose touch never got a result."""
    late = Touch.objects.given_up(timezone.now()).order_by("next_at")
    for touch in late.select_related("lead__business")[:BATCH]:
        give_up(touch)
