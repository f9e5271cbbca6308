"""News about leads and appointments, sent after commit with ``send_robust``. Ids only.

``lead_changed``: ``lead_id`` (public), ``business_id`` and ``event``, one of ``created``,
``changed`` and ``noted``. ``appointment_changed``: ``appointment_id`` (public), ``lead_id``
(public, or empty), ``business_id`` and ``event``, one of ``booked``, ``moved``, ``confirmed``,
``canceled``, ``done`` and ``missed``. ``suppressed``: ``suppression_id`` (the key),
``business_id``.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

lead_changed = Signal()
appointment_changed = Signal()
suppressed = Signal()


def send_after_commit(signal: Signal, **ids: Any) -> None:
    transaction.on_commit(lambda: _send(signal, ids))


def _send(signal: Signal, ids: dict[str, Any]) -> None:
    signal.send_robust(sender=None, **ids)
