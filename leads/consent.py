"""Who agreed to what: kept for ever, the latest of a kind counts."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from leads import signals
from leads.enums import ConsentKind, ContactKind, LeadEventKind
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

    What is withdrawn holds from the moment at which this is committed, like a suppression: it sends
    ``consent_withdrawn``, whereupon what was planned or queued by these ways is taken back.
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
    if not consents_of(lead).get(kind, True):  # not where something newer was put down before
        signals.send_after_commit(
            signals.consent_withdrawn,
            lead_id=lead.public_id,
            business_id=lead.business_id,
            kind=str(ConsentKind(kind)),
        )
    return consent


BARS: Mapping[str, tuple[ContactKind, ...]] = {
    ConsentKind.CALL: (ContactKind.AI, ContactKind.REP),
    ConsentKind.AI_VOICE: (ContactKind.AI,),
    ConsentKind.SMS: (ContactKind.SMS,),
    ConsentKind.EMAIL: (ContactKind.EMAIL,),
}
"""By which ways nobody may be contacted who withdrew this; the gate refuses the same."""


def barred_ways(lead: Lead) -> frozenset[ContactKind]:
    """The ways of contact to which the lead no longer agrees."""
    withdrawn = (kind for kind, is_given in consents_of(lead).items() if not is_given)
    return frozenset(way for kind in withdrawn for way in BARS[kind])


def consents_of(lead: Lead) -> dict[str, bool]:
    """What counts now: for each kind ever told of, whether it is given."""
    rows = lead.consents.order_by("kind", "-at", "-pk").distinct("kind")
    return dict(rows.values_list("kind", "is_given"))


def may(lead: Lead, kind: ConsentKind) -> bool:
    """Whether the lead agreed to this, and has not withdrawn it."""
    return consents_of(lead).get(kind, False)
