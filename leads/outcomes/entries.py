"""What an outcome enters into the do-not-call list, and what an undo takes away again.

Whoever wrote STOP before the outcome or since has opted out by that, and stays so.
"""

from django.utils import timezone

from leads.enums import MessageChannel, MessageMeaning, SuppressionSource
from leads.gate.locking import lock_for_suppression
from leads.messaging.wording import wrote
from leads.models import LeadMessage, Outcome, Suppression
from leads.services import suppress

STOP_OR_START = (MessageMeaning.STOP, MessageMeaning.START)


def enter(outcome: Outcome, *, phone: str, email: str) -> None:
    """Suppress number and address, if any; the outcome keeps what of it is new."""
    if not phone and not email:
        return
    lock_for_suppression(outcome.business_id)
    stops = outcome.business.suppressions.filter(phone=phone, source=SuppressionSource.TEXT)
    outcome.before["stops"] = list(stops.values("pk", "reason"))
    began = timezone.now()
    rows = suppress(
        outcome.business,
        phone=phone,
        email=email,
        reason=outcome.reason or outcome.disposition.label,
        source=SuppressionSource.STAFF,
        conversation=outcome.conversation,
        by=outcome.user,
    )
    outcome.before["suppressions"] = [row.pk for row in rows if row.created_at >= began]
    outcome.save(update_fields=["before"])


def take_back(outcome: Outcome) -> None:
    """The entries are as if the outcome had never been, but for a STOP that came since."""
    lock_for_suppression(outcome.business_id)
    for stop in outcome.before.get("stops", ()):
        _make_stop(stop["pk"], stop["reason"])
    for entry in Suppression.objects.filter(pk__in=outcome.before.get("suppressions", ())):
        told = _stop_since(outcome, entry.phone)
        if told is None:
            entry.delete()
        else:
            _make_stop(entry.pk, wrote(told.text))


def _make_stop(key: int, reason: str) -> None:
    values = {"source": SuppressionSource.TEXT, "by": None, "conversation": ""}
    Suppression.objects.filter(pk=key).update(reason=reason, **values)


def _stop_since(outcome: Outcome, phone: str) -> LeadMessage | None:
    """The STOP from this number that came since, unless START came after it."""
    came = LeadMessage.objects.with_address(outcome.business, MessageChannel.SMS, phone)
    since = came.filter(meaning__in=STOP_OR_START, created_at__gte=outcome.created_at)
    last = since.newest_first().first()
    return last if last is not None and last.meaning == MessageMeaning.STOP else None
