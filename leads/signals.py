"""News about leads and appointments, sent after commit with ``send_robust``. Ids only.

``lead_changed``: ``lead_id`` (public), ``business_id`` and ``event``, one of ``created``,
``changed`` and ``noted``. ``appointment_changed``: ``appointment_id`` (public), ``lead_id``
(public, or empty), ``business_id`` and ``event``, one of ``booked``, ``moved``, ``resized``,
``confirmed``, ``canceled``, ``done``, ``missed``, ``synced`` and ``written``.
``suppressed``: ``suppression_id`` (the key), ``business_id``.

``lead_arrived``: ``lead_id`` (public), ``business_id``, ``source`` and ``is_new``: somebody asked
for a call, by a form, an e-mail, a program or a list.
``leads_imported``: ``import_id`` (public), ``business_id``: a part of a file has been taken over;
its rows send no ``lead_changed``, and ``lead_arrived`` only where they are to be worked at once.
``dial_requested``, ``hang_up_requested``: ``dial_id``, ``business_id``.
``dial_changed``: ``dial_id``, ``business_id``, ``status``, ``origin`` and ``origin_id`` of the
dial.
``outcome_recorded``, ``outcome_undone``: ``outcome_id``, ``lead_id`` (both public),
``business_id`` and ``behaviour``.
``consent_withdrawn``: ``lead_id`` (public), ``business_id`` and ``kind``, a ``ConsentKind``.
``touch_due``: ``touch_id`` (public), ``lead_id`` (public), ``business_id`` and ``channel``: it is
being carried out. ``lead_wanted``: ``lead_id`` (public), ``business_id``: a person should call.
``weights_changed``: ``business_id``: what counts how much for the order of its leads.
``opportunity_changed``: ``opportunity_id`` and ``lead_id`` (public), ``business_id``, ``status``.
``leads_merged``: ``lead_id`` (public, the one that was kept), ``absorbed_id`` (public),
``business_id`` and ``event``, ``merged`` or ``undone``.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

lead_changed = Signal()
appointment_changed = Signal()
suppressed = Signal()
lead_arrived = Signal()
leads_imported = Signal()
dial_requested = Signal()
dial_changed = Signal()
hang_up_requested = Signal()
outcome_recorded = Signal()
outcome_undone = Signal()
consent_withdrawn = Signal()
touch_due = Signal()
lead_wanted = Signal()
weights_changed = Signal()
opportunity_changed = Signal()
leads_merged = Signal()


def send_after_commit(signal: Signal, **ids: Any) -> None:
    transaction.on_commit(lambda: _send(signal, ids))


def _send(signal: Signal, ids: dict[str, Any]) -> None:
    signal.send_robust(sender=None, **ids)
