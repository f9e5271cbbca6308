"""News about documents, sent after commit with ``send_robust``. All carry ids only.

``document_changed``: ``document_id`` (public), ``business_id`` and ``event``, one of ``added``,
``edited``, ``queued``, ``ready``, ``failed``, ``retired`` and ``deleted``.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

document_changed = Signal()


def send_after_commit(signal: Signal, **ids: Any) -> None:
    transaction.on_commit(lambda: _send(signal, ids))


def _send(signal: Signal, ids: dict[str, Any]) -> None:
    signal.send_robust(sender=None, **ids)
