"""Asking the gate, and using what it allowed: the only writer of the ledger.

Each decision is a line of the ledger, allowed or not. One that was allowed can be used once, soon,
by whoever dials; using it looks at the facts again, under the same locks, so that a suppression
that came in between still counts.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.enums import ContactKind, DialKind, MessagePurpose
from leads.enums import GateReason as Reason
from leads.gate import clock
from leads.gate.callers import caller_of
from leads.gate.decide import Decision, decide
from leads.gate.facts import Facts
from leads.gate.locking import lock_for_decision
from leads.gate.reading import Contacting, read_facts
from leads.models import Attempt, DialDecision, Lead
from leads.services import find_lead, find_number
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotAllowed
from salesdesk.lib.phone import for_people

FRESH = timedelta(seconds=60)
LONGEST_REASON = 300
LONGEST_NUMBER = 40


class DialRefused(Conflict):
    """The gate has something against it; ``decision`` is its line in the ledger."""

    code = "dial_refused"

    def __init__(self, decision: DialDecision) -> None:
        super().__init__(" ".join(decision.sentences))
        self.decision = decision


# ---------------------------------------------------------------- asking


def permit(
    business: Business,
    *,
    phone: str,
    lead: Lead | None = None,
    kind: DialKind | str,
    user: User | None = None,
    campaign: Any = None,
    override_reason: str = "",
    caller: str = "",
) -> DialDecision:
    """Whether the number may be dialled now, put down in the ledger.

    ``user`` is who wants it; with an ``override_reason`` they answer for what may be overridden.
    ``campaign`` is one, or its public id. ``caller`` is the business's number to call from. Raises
    ``NotAllowed`` when the user may not override, ``InvalidInput`` for a caller or a reason that
    cannot be.
    """
    reason = _override_reason(business, user, override_reason)
    number = find_number(phone)
    whom = Contacting(
        business=business,
        kind=ContactKind(kind),
        number=number,
        lead=lead or (find_lead(business, phone=number) if number else None),
        caller=caller_of(business, caller),
    )
    told = {"phone": number or phone[:LONGEST_NUMBER], "campaign": _campaign_id(campaign)}
    return _decide(whom, user, override_reason=reason, **told)


def permit_message(
    business: Business,
    *,
    lead: Lead | None = None,
    phone: str = "",
    email: str = "",
    kind: ContactKind | str = "",
    user: User | None = None,
    campaign: Any = None,
    purpose: MessagePurpose = MessagePurpose.MARKETING,
) -> DialDecision:
    """Whether a text message (``phone``) or an e-mail (``email``) may be sent now; in the ledger.

    With both, ``kind`` says which is meant. What somebody waits for, like a reminder, is of the
    purpose ``SERVICE``: no hours and no consent are asked for, but nobody is written to who must be
    left in peace. Raises ``InvalidInput`` where nothing says which it is.
    """
    if not kind and bool(phone) == bool(email):
        raise InvalidInput("Give the phone number or the e-mail address.")
    by = ContactKind(kind) if kind else ContactKind.EMAIL if email else ContactKind.SMS
    phone, email = (phone, "") if by == ContactKind.SMS else ("", email)
    number, address = find_number(phone), email.strip().lower()
    whom = Contacting(
        business=business,
        kind=by,
        number=number,
        email=address,
        lead=lead or find_lead(business, phone=number, email=address),
        purpose=purpose,
    )
    told = {"phone": number or phone[:LONGEST_NUMBER], "campaign": _campaign_id(campaign)}
    return _decide(whom, user, **told)


@transaction.atomic
def _decide(whom: Contacting, user: User | None, **told: str) -> DialDecision:
    lock_for_decision(whom.business.pk, whom.number)
    facts = read_facts(whom, clock.now())
    return _put_down(whom, facts, decide(facts), user, **told)


def _put_down(
    whom: Contacting,
    facts: Facts,
    decision: Decision,
    user: User | None,
    *,
    phone: str,
    campaign: str = "",
    override_reason: str = "",
) -> DialDecision:
    overridden = bool(override_reason) and decision.may_be_overridden
    return DialDecision.objects.create(
        business=whom.business,
        kind=whom.kind,
        phone=phone,
        email=whom.email,
        caller=whom.caller,
        lead=whom.lead,
        lead_name=str(whom.lead or "")[:200],
        user=user,
        user_name=str(user or "")[:200],
        campaign=campaign,
        allowed=decision.allowed or overridden,
        reasons=list(decision.reasons),
        overridden=overridden,
        override_reason=override_reason if overridden else "",
        facts=facts.as_json(),
    )


def _override_reason(business: Business, user: User | None, reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        return ""
    if user is None or not has_ability(user, business.pk, Ability.OVERRIDE_GATE):
        raise NotAllowed("Your role does not allow you to override the gate.")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(f"A reason has {LONGEST_REASON} characters at most.")
    return reason


def _campaign_id(campaign: Any) -> str:
    return str(getattr(campaign, "public_id", campaign) or "")[:40]


# ---------------------------------------------------------------- using


def use(decision: DialDecision) -> Attempt:
    """Take the decision for dialling, once: whoever comes second, or too late, is refused.

    Raises :class:`DialRefused` when it was not allowed, or is no longer (which is another line of
    the ledger), and ``Conflict`` when it is used or too old.
    """
    if not decision.allowed:
        raise DialRefused(decision)
    if timezone.now() - decision.at > FRESH:
        raise Conflict("What the gate allowed is too old; ask again.")
    used = _use(decision)
    if isinstance(used, DialDecision):
        raise DialRefused(used)
    return used


@transaction.atomic
def _use(decision: DialDecision) -> Attempt | DialDecision:
    lock_for_decision(decision.business_id, decision.phone)
    if Attempt.objects.filter(decision=decision).exists():
        raise Conflict("What the gate allowed has been used already.")
    news = _decide_again(decision)
    if news is not None:
        return news
    return Attempt.objects.create(
        decision=decision,
        business=decision.business,
        phone=decision.phone,
        caller=decision.caller,
        kind=decision.kind,
    )


def _decide_again(decision: DialDecision) -> DialDecision | None:
    """A new line of the ledger where there is something against it now that was not before."""
    whom = Contacting(
        business=decision.business,
        kind=ContactKind(decision.kind),
        number=decision.phone,
        lead=_lead_of(decision),
        caller=decision.caller,
    )
    facts = read_facts(whom, clock.now())
    now = decide(facts)
    if set(now.reasons) <= set(decision.gate_reasons):
        return None
    told = {"phone": decision.phone, "campaign": decision.campaign}
    return _put_down(whom, facts, now, decision.user, **told)


def _lead_of(decision: DialDecision) -> Lead | None:
    """The lead, unless it is gone meanwhile."""
    return Lead.objects.filter(pk=decision.lead_id).first() if decision.lead_id else None


def is_left_in_peace(decision: DialDecision) -> bool:
    """Whether by now nobody may call this number, person or company."""
    whom = Contacting(
        business=decision.business,
        kind=ContactKind(decision.kind),
        number=decision.phone,
        lead=_lead_of(decision),
    )
    reasons = set(decide(read_facts(whom, clock.now())).reasons)
    return bool(reasons & IN_PEACE)


IN_PEACE = frozenset(
    {
        Reason.DO_NOT_CALL_NUMBER,
        Reason.DO_NOT_CALL_PERSON,
        Reason.DO_NOT_CALL_COMPANY,
        Reason.CONSENT_WITHDRAWN,
    }
)


def may_be_overridden(refused: DialDecision) -> bool:
    """Whether somebody with the right to may have it allowed, for a reason of theirs."""
    return Decision(refused.allowed, refused.gate_reasons).may_be_overridden


def in_words(decision: DialDecision) -> str:
    """One line for a person: whom, whether, and why not."""
    told = "allowed" if decision.allowed else "refused"
    reasons = " ".join(decision.sentences)
    return f"{for_people(decision.phone) or decision.email}: {told}. {reasons}".strip()
