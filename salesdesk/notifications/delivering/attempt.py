"""One attempt to send one delivery, and what becomes of it.

A delivery moves by conditional updates only, so tasks that run twice, and callbacks that come
twice, late or out of order, do no harm.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from salesdesk.lib.errors import NotConfigured, ProviderError, SalesdeskError
from salesdesk.notifications.channels.base import channel_named
from salesdesk.notifications.enums import DeliveryStatus, Purpose
from salesdesk.notifications.models import LONGEST_ERROR, Delivery
from salesdesk.notifications.signals import delivery_settled, send_after_commit

log = logging.getLogger(__name__)

RESTS = tuple(timedelta(seconds=each) for each in (30, 120, 600, 1800, 7200))
"""Between attempts, of which there is one more than there are rests."""
LEASE = timedelta(minutes=5)
"""Longer than any provider is waited for: what is still being sent then was cut off."""
MOST_AT_ONCE = 500
CUT_OFF = "Sending was cut off; nobody knows whether it went out."
GONE = "Whom it was for does not belong to the business any more."


def deliver(key: int, now: datetime) -> datetime | None:
    """Send the delivery with this key if it is due and nobody else does; when to try again."""
    if not Delivery.objects.claim(key, now, next_try=now + LEASE):
        return None
    related = ("business", "user", "notice__business", "notice__answered_by")
    delivery = Delivery.objects.select_related(*related).get(pk=key)
    if not _is_wanted(delivery):
        return None
    delivery.attempts += 1
    try:
        reference = channel_named(delivery.channel).send(delivery)
    except (ProviderError, NotConfigured) as error:
        return _refused(delivery, error, now)
    _sent(delivery, reference, now)
    return None


def take_up_due(now: datetime) -> list[int]:
    """Keys of what is due. What was cut off is tried again, but for messages to customers: to
    them nothing is sent twice, and it has failed."""
    cut_off = Delivery.objects.filter(status=DeliveryStatus.SENDING, next_try__lte=now)
    for delivery in cut_off.filter(purpose=Purpose.CUSTOMER)[:MOST_AT_ONCE]:
        _settle(delivery, DeliveryStatus.FAILED, error=CUT_OFF)
    cut_off.exclude(purpose=Purpose.CUSTOMER).update(status=DeliveryStatus.WAITING)
    due = Delivery.objects.filter(status=DeliveryStatus.WAITING).due(now)
    return list(due.order_by("next_try").values_list("pk", flat=True)[:MOST_AT_ONCE])


def note_status(delivery: Delivery, *, delivered: bool, error: str = "") -> bool:
    """What the provider has told later; whether that is news."""
    status = DeliveryStatus.DELIVERED if delivered else DeliveryStatus.FAILED
    return _settle(delivery, status, error=error)


def cancel_of(deliveries: QuerySet[Delivery]) -> None:
    """What has not gone out yet need not."""
    waiting = deliveries.filter(status=DeliveryStatus.WAITING)
    waiting.update(status=DeliveryStatus.CANCELED, error="")


def cancel(delivery: Delivery, *, error: str) -> bool:
    """Never send what waits, and tell whoever asked for it why; whether it was waiting."""
    waiting = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.WAITING)
    changed = waiting.update(status=DeliveryStatus.CANCELED, error=error[:LONGEST_ERROR])
    if changed:
        _tell(delivery, DeliveryStatus.CANCELED)
    return bool(changed)


def try_again(delivery: Delivery, now: datetime) -> bool:
    """Let a delivery that has failed be sent once more; whether it had failed."""
    failed = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.FAILED)
    return bool(failed.update(status=DeliveryStatus.WAITING, next_try=now, attempts=0, error=""))


# ---------------------------------------------------------------- what becomes of it


def _is_wanted(delivery: Delivery) -> bool:
    """Whether it is still to be sent; else it is settled."""
    if delivery.purpose == Purpose.CUSTOMER and (objection := _objection()(delivery)):
        _settle(delivery, DeliveryStatus.CANCELED, error=objection)
        return False
    if delivery.notice is not None and delivery.notice.answered_at is not None:
        _settle(delivery, DeliveryStatus.CANCELED)
        return False
    user = delivery.user
    if user is None or delivery.purpose != Purpose.NOTIFICATION or _belongs(delivery):
        return True
    _settle(delivery, DeliveryStatus.CANCELED, error=GONE)
    return False


def _objection() -> Callable[[Delivery], str]:
    """Says in a sentence why a message to a customer must not go out after all, or nothing."""
    return cast(Callable[[Delivery], str], import_string(settings.MESSAGE_OBJECTION))


def _belongs(delivery: Delivery) -> bool:
    user = delivery.user
    assert user is not None
    if not user.is_active:
        return False
    return user.is_superuser or user.memberships.filter(business=delivery.business_id).exists()


def _sent(delivery: Delivery, reference: str, now: datetime) -> None:
    """Callbacks may have come before: then it only gets the provider's name of it."""
    mine = Delivery.objects.filter(pk=delivery.pk)
    mine.update(reference=reference[:200], attempts=delivery.attempts, sent_at=now)
    if mine.filter(status=DeliveryStatus.SENDING).update(status=DeliveryStatus.SENT, error=""):
        _tell(delivery, DeliveryStatus.SENT)


def _refused(delivery: Delivery, error: SalesdeskError, now: datetime) -> datetime | None:
    """Later again where that may help; else, and after the last attempt, it has failed."""
    may_help = isinstance(error, ProviderError) and error.retryable
    extra = {"delivery": delivery.public_id, "channel": delivery.channel}
    if not may_help or delivery.attempts > len(RESTS):
        log.warning("a delivery has failed", extra=extra)
        _settle(delivery, DeliveryStatus.FAILED, error=error.message)
        return None
    log.info("a delivery is tried again later", extra=extra)
    again_at = now + RESTS[delivery.attempts - 1]
    sending = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.SENDING)
    sending.update(
        status=DeliveryStatus.WAITING,
        attempts=delivery.attempts,
        next_try=again_at,
        error=error.message[:LONGEST_ERROR],
    )
    return again_at


def _settle(delivery: Delivery, status: DeliveryStatus, *, error: str = "") -> bool:
    under_way = (DeliveryStatus.SENDING, DeliveryStatus.SENT)
    changed = Delivery.objects.filter(pk=delivery.pk, status__in=under_way).update(
        status=status, error=error[:LONGEST_ERROR], attempts=delivery.attempts
    )
    if changed:
        _tell(delivery, status)
    return bool(changed)


def _tell(delivery: Delivery, status: DeliveryStatus) -> None:
    if delivery.purpose != Purpose.CUSTOMER:
        return
    send_after_commit(
        delivery_settled,
        delivery_id=delivery.public_id,
        business_id=delivery.business_id,
        status=status.value,
        subject_type=delivery.subject_type,
        subject_id=delivery.subject_id,
    )
