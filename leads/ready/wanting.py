"""Since when a person should call a lead, who, and why. The only writer of these columns."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from leads import signals
from leads.models import Lead
from salesdesk.accounts.models import User

LONGEST_WHY = 80


def want_call(
    lead: Lead, at: datetime | None = None, *, rep: User | None = None, why: str = ""
) -> None:
    """From ``at`` on (now) a person should call, of all reps only ``rep`` if one is given.

    Sends ``lead_wanted``.
    """
    restore_wanted(
        lead, {"wanted_at": at or timezone.now(), "wanted_by_id": rep and rep.pk, "wanted_for": why}
    )


def unwant_call(lead: Lead) -> None:
    """Nobody needs to call any more."""
    _set(lead, {"wanted_at": None, "wanted_by_id": None, "wanted_for": ""})


def wanted_of(lead: Lead) -> dict[str, Any]:
    """What :func:`restore_wanted` takes; JSON."""
    at = lead.wanted_at.isoformat() if lead.wanted_at else None
    return {"wanted_at": at, "wanted_by_id": lead.wanted_by_id, "wanted_for": lead.wanted_for}


def restore_wanted(lead: Lead, wanted: dict[str, Any]) -> None:
    """Want the call as it was wanted. Sends ``lead_wanted`` where it is."""
    at = wanted["wanted_at"]
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    why = str(wanted["wanted_for"])[:LONGEST_WHY]
    _set(lead, {**wanted, "wanted_at": moment, "wanted_for": why})
    if moment is not None:
        signals.send_after_commit(
            signals.lead_wanted, lead_id=lead.public_id, business_id=lead.business_id
        )


def _set(lead: Lead, values: dict[str, Any]) -> None:
    Lead.objects.filter(pk=lead.pk).update(**values)
    for name, value in values.items():
        setattr(lead, name, value)
