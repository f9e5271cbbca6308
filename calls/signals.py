"""News about calls, sent after commit with ``send_robust``; by what they carry it can be looked up.

``call_started``, ``call_updated``, ``call_ended``: ``call_id`` (public), ``business_id``.
``utterance_recorded``: also ``sequence``, ``version`` and ``speaker``. ``answer_cited``: also
``sequence``. ``note_changed``: ``call_id``.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

call_started = Signal()
call_updated = Signal()
call_ended = Signal()
utterance_recorded = Signal()
answer_cited = Signal()
note_changed = Signal()


def send_after_commit(signal: Signal, **ids: Any) -> None:
    transaction.on_commit(lambda: _send(signal, ids))


def _send(signal: Signal, ids: dict[str, Any]) -> None:
    signal.send_robust(sender=None, **ids)
