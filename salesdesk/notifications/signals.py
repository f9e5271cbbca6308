"""News about notifications, sent after commit with ``send_robust``. All carry ids only.

``notification_changed``: ``notification_id`` (public), ``user_id`` and ``event``, one of ``told``,
``changed`` and ``deleted``; ``notification_id`` is empty when many have changed.
``notification_answered``: ``notification_id`` (public; of who answered), ``action``, ``user_id``,
``subject_type``, ``subject_id`` and ``business_id``, once a notice.
``delivery_settled``: ``delivery_id`` (public), ``business_id``, ``status``, ``subject_type`` and
``subject_id``, when a message to a customer was sent, was delivered, or has failed for good.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

notification_changed = Signal()
notification_answered = Signal()
delivery_settled = Signal()


def send_after_commit(signal: Signal, **ids: Any) -> None:
    transaction.on_commit(lambda: _send(signal, ids))


def _send(signal: Signal, ids: dict[str, Any]) -> None:
    signal.send_robust(sender=None, **ids)
