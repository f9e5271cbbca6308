"""What a due touch does: it asks for a call, or writes.

A touch and what it asks for are stored in one transaction, so that a worker that dies has either
done both or nothing. What leaves the house leaves by others, who answer with signals.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from leads import signals
from leads.cadences.services import MOST_CLAIMS, settle
from leads.cadences.wording import fill, values_for
from leads.dialing.services import request_dial
from leads.enums import ContactKind, DialKind, DialOrigin, TouchChannel, TouchResult, TouchStatus
from leads.gate.services import permit_message
from leads.messaging import sending
from leads.models import CadenceStep, Touch
from leads.ready.wanting import want_call
from salesdesk.lib.errors import Conflict, SalesdeskError

TOUCH = "touch"
"""What a message is about, by which its delivery is known again."""
RESULT_WITHIN: Mapping[TouchChannel, timedelta] = {
    TouchChannel.AI_CALL: timedelta(hours=2),
    TouchChannel.REP_CALL: timedelta(hours=24),
    TouchChannel.SMS: timedelta(hours=6),
    TouchChannel.EMAIL: timedelta(hours=6),
}
"""After which nobody waits for the result any more."""


def carry_out(touch_id: int, claims: int) -> bool:
    """Do what the touch says, if it is still this claim's; whether it was.

    What refuses (no consent, no address, nothing configured) settles the touch with its sentence,
    and the cadence goes on. Sends ``touch_due``.
    """
    touch = _held(touch_id, claims)
    if touch is None:
        return False
    if claims > MOST_CLAIMS:
        return settle(touch, TouchResult.FAILED, note="It was tried too often.")
    try:
        return _begin(touch)
    except SalesdeskError as error:
        return settle(touch, TouchResult.FAILED, note=error.message)


def _held(touch_id: int, claims: int) -> Touch | None:
    known = Touch.objects.select_related("business", "lead__business", "lead__owner", "step")
    return known.filter(pk=touch_id, status=TouchStatus.CLAIMED, claims=claims).first()


@transaction.atomic
def _begin(touch: Touch) -> bool:
    """Raises what refuses it; nothing of it is then stored."""
    began = timezone.now()
    held = Touch.objects.filter(pk=touch.pk, status=TouchStatus.CLAIMED, claims=touch.claims)
    until = began + RESULT_WITHIN[TouchChannel(touch.channel)]
    if not held.update(status=TouchStatus.WAITING, began_at=began, next_at=until):
        return False
    touch.began_at = began
    signals.send_after_commit(
        signals.touch_due,
        touch_id=touch.public_id,
        lead_id=touch.lead.public_id,
        business_id=touch.business_id,
        channel=touch.channel,
    )
    _DOES[TouchChannel(touch.channel)](touch)
    return True


# ---------------------------------------------------------------- by channel


def _call(touch: Touch) -> None:
    request_dial(touch.lead, kind=DialKind.AI, origin=DialOrigin.CADENCE, origin_id=touch.public_id)


def _want(touch: Touch) -> None:
    want_call(touch.lead, touch.began_at, why=f"Attempt {touch.position + 1} of the cadence")


def _text(touch: Touch) -> None:
    if not _may_write(touch, ContactKind.SMS):
        return
    sending.send_text(
        touch.business,
        touch.lead.phone,
        _words(touch),
        lead=touch.lead,
        key=key_of(touch),
        subject_type=TOUCH,
        subject_id=touch.public_id,
    )


def _mail(touch: Touch) -> None:
    if not _may_write(touch, ContactKind.EMAIL):
        return
    sending.send_mail(
        touch.business,
        touch.lead.email,
        fill(_step(touch).subject, values_for(touch.lead)),
        _words(touch),
        lead=touch.lead,
        key=key_of(touch),
        subject_type=TOUCH,
        subject_id=touch.public_id,
    )


_DOES: Mapping[TouchChannel, Callable[[Touch], None]] = {
    TouchChannel.AI_CALL: _call,
    TouchChannel.REP_CALL: _want,
    TouchChannel.SMS: _text,
    TouchChannel.EMAIL: _mail,
}


def _may_write(touch: Touch, kind: ContactKind) -> bool:
    """Asks the gate; what it refuses settles the touch."""
    decision = permit_message(
        touch.business, kind=kind, lead=touch.lead, phone=touch.lead.phone, email=touch.lead.email
    )
    if decision.allowed:
        return True
    settle(touch, TouchResult.BLOCKED, note=" ".join(decision.sentences))
    return False


def _words(touch: Touch) -> str:
    return fill(_step(touch).text, values_for(touch.lead))


def _step(touch: Touch) -> CadenceStep:
    """Raises ``Conflict`` when the step was taken out meanwhile."""
    if touch.step is None:
        raise Conflict("The step was taken out of the cadence.")
    return touch.step


def key_of(touch: Touch) -> str:
    """By which a message is sent once, whoever asks again."""
    return f"{TOUCH}:{touch.public_id}"
