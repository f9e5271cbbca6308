"""Who agreed to what: kept for ever, the latest of a kind counts."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from leads.enums import ConsentKind, LeadEventKind
from leads.gate.locking import lock_for_suppression
from leads.models import Consent, Lead
from leads.services import announce, record_event
from salesdesk.accounts.models import User


@transaction.atomic
def record_consent(
    lead: Lead,
    kind: ConsentKind,
    *,
    is_given: bool,
    wording: str = "",
    proof: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> Consent:
    """Put down that the lead agreed (or, ``is_given`` false, withdrew). Sends ``lead_changed``.

    What is withdrawn holds from the moment at which this is committed, like a suppression.
    """
    if not is_given:
        lock_for_suppression(lead.business_id)
    consent = Consent.objects.create(
        business=lead.business,
        lead=lead,
        kind=kind,
        is_given=is_given,
        wording=wording,
        proof=proof[:500],
        by=by,
        at=at or timezone.now(),
    )
    told = {"consent": kind, "given": is_given, "proof": consent.proof}
    text = f"{consent.get_kind_display()}: {'agreed' if is_given else 'consent withdrawn'}."
    record_event(lead, LeadEventKind.CHANGED, text, told, by=by)
    announce(lead, "changed")
    return consent


def consents_of(lead: Lead) -> dict[str, bool]:
    """What counts now: for each kind ever told of, whether it is given."""
    rows = lead.consents.order_by("kind", "-at", "-pk").distinct("kind")
    return dict(rows.values_list("kind", "is_given"))


def may(lead: Lead, kind: ConsentKind) -> bool:
    """Whether the lead agreed to this, and has not withdrawn it."""
    return consents_of(lead).get(kind, False)
