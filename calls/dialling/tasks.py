"""Dials placed in the background. Tasks take ids and call one service."""

from celery import shared_task

from calls.dialling.peace import hang_up_suppressed
from calls.dialling.placing import end_dial, place_dial
from leads.dialing import services as dialing

MOST_AT_ONCE = 200


@shared_task
def place(dial_id: str) -> None:
    """Place a dial whose time has come; asked again, it is placed once."""
    place_dial(dial_id)


@shared_task
def place_due() -> None:
    """Place what waited for its time, and what was lost on its way here."""
    for dial_id in dialing.due_dials(MOST_AT_ONCE):
        place.delay(dial_id)


@shared_task
def settle_lost() -> None:
    """Settle dials whose placer died."""
    dialing.settle_lost()


@shared_task
def hang_up(dial_id: str) -> None:
    """End the call that a rep is on; asked again, nothing more happens."""
    end_dial(dial_id)


@shared_task
def leave_in_peace(suppression_id: int) -> None:
    """Hang up where the phone of somebody rings who has opted out."""
    hang_up_suppressed(suppression_id)
