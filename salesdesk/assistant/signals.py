"""News about conversations, sent after commit with ``send_robust``. All carry ids only.

``thread_changed``: ``thread_id`` (public), ``business_id`` and ``event``, one of ``added``,
``written``, ``answered``, ``understood`` and ``ended``.
``thread_ended``: ``thread_id`` and ``business_id``, once for each conversation in writing.
``agent_worked``: ``business_id``, ``conversation`` (a call's public id or a thread's) and
``run_id``, after each turn of an agent, whatever the channel; without ``run_id`` after each use of
a tool by a speech-to-speech model, which has no turns.
``facts_changed``: ``business_id``, ``conversation`` and ``thread_id`` (public), when something was
captured, read back, confirmed or taken back.
``escalation_requested``: ``business_id``, ``conversation`` and ``request_id``, once a request.
``alert_raised``: ``business_id`` and ``alert_id``, when a figure crosses a rule's threshold.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

thread_changed = Signal()
thread_ended = Signal()
agent_worked = Signal()
facts_changed = Signal()
escalation_requested = Signal()
alert_raised = Signal()


def send_after_commit(signal: Signal, **ids: Any) -> None:
    transaction.on_commit(lambda: _send(signal, ids))


def _send(signal: Signal, ids: dict[str, Any]) -> None:
    signal.send_robust(sender=None, **ids)
