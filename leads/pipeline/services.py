"""Moving leads from stage to stage, and what may be sold to them."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from leads import signals
from leads.enums import LeadEventKind, LeadStage, OpportunityFinder, OpportunityStatus
from leads.models import Lead, Opportunity
from leads.services import CLOSED, announce, record_event, update_lead
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, InvalidInput

LONGEST_REASON, LONGEST_TOPIC, LONGEST_QUOTE = 300, 80, 2000
LARGEST_AMOUNT = Decimal("9999999999.99")
EARLY = (LeadStage.NEW, LeadStage.CONTACTED)
"""Who may buy something is further than that."""

# ---------------------------------------------------------------- stages


@transaction.atomic
def move(
    lead: Lead,
    stage: LeadStage,
    *,
    expected: str = "",
    reason: str = "",
    conversation: str = "",
    by: User | None = None,
) -> Lead:
    """Bring the lead to ``stage``; won and lost want a reason. Sends ``lead_changed``.

    ``expected`` is the stage that whoever moves it has seen: raises ``Conflict`` when it is another
    one by now, ``InvalidInput`` without a reason where one is needed. To where it is already,
    nothing happens.
    """
    reason = reason.strip()
    if stage in CLOSED and not reason:
        raise InvalidInput(f"Say why it is {stage.label.lower()}.")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(f"A reason has {LONGEST_REASON} characters at most.")
    current = Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)
    if current.stage == stage and not reason:
        return current
    if expected and current.stage != expected:
        now = LeadStage(current.stage).label.lower()
        raise Conflict(f"Somebody has moved {lead} meanwhile, to “{now}”.")
    moved = update_lead(lead, stage=stage, close_reason=reason, conversation=conversation, by=by)
    if reason:
        told = {"stage": stage, "reason": reason}
        record_event(moved, LeadEventKind.STAGE, f"{stage.label}: {reason}", told, conversation, by)
    return moved


# ---------------------------------------------------------------- opportunities


@transaction.atomic
def propose(
    lead: Lead,
    *,
    topic: str,
    quote: str,
    amount: Decimal | None = None,
    conversation: str = "",
    found_by: OpportunityFinder = OpportunityFinder.RULES,
    confidence: float = 0.0,
    by: User | None = None,
) -> Opportunity:
    """Propose something that the lead may buy, with the words that speak for it.

    The same topic of the same conversation is proposed once: again, it stays as it is. Writes
    history, sends ``lead_changed`` and ``opportunity_changed``. Raises ``InvalidInput`` for an
    empty topic or an amount that cannot be.
    """
    topic = topic.strip()[:LONGEST_TOPIC]
    if not topic:
        raise InvalidInput("Say what may be sold.")
    if amount is not None and not 0 < amount <= LARGEST_AMOUNT:
        raise InvalidInput("This amount cannot be.")
    values = {
        "business": lead.business,
        "amount": amount,
        "quote": quote.strip()[:LONGEST_QUOTE],
        "found_by": found_by,
        "confidence": max(0.0, min(1.0, confidence)),
    }
    if conversation:
        made, is_new = Opportunity.objects.get_or_create(
            lead=lead, conversation=conversation, topic=topic, defaults=values
        )
    else:
        made, is_new = Opportunity.objects.create(lead=lead, topic=topic, **values), True
    if is_new:
        _tell(made, "Opportunity proposed", by)
    return made


@transaction.atomic
def accept(
    opportunity: Opportunity, *, amount: Decimal | None = None, by: User | None = None
) -> Opportunity:
    """It is one: its amount counts for the lead's value, and a lead that is new is qualified.

    ``amount`` replaces what was proposed. Raises ``Conflict`` when it was settled already.
    """
    settled = _settle(opportunity, OpportunityStatus.ACCEPTED, by, amount)
    lead = settled.lead
    values: dict[str, object] = {"value": _value_of(lead)}
    if lead.stage in EARLY:
        values["stage"] = LeadStage.QUALIFIED
    update_lead(lead, conversation=settled.conversation, by=by, **values)
    _tell(settled, "Opportunity accepted", by)
    return settled


@transaction.atomic
def dismiss(opportunity: Opportunity, *, by: User | None = None) -> Opportunity:
    """It is none. Raises ``Conflict`` when it was settled already."""
    settled = _settle(opportunity, OpportunityStatus.DISMISSED, by, None)
    _tell(settled, "Opportunity dismissed", by)
    return settled


def _settle(
    opportunity: Opportunity, status: OpportunityStatus, by: User | None, amount: Decimal | None
) -> Opportunity:
    if amount is not None and not 0 < amount <= LARGEST_AMOUNT:
        raise InvalidInput("This amount cannot be.")
    open_ones = Opportunity.objects.proposed().filter(pk=opportunity.pk)
    changed = open_ones.update(
        status=status,
        by=by,
        settled_at=timezone.now(),
        **({} if amount is None else {"amount": amount}),
    )
    if not changed:
        raise Conflict("Somebody has accepted or dismissed it already.")
    known = Opportunity.objects.select_related("lead__business")
    return known.get(pk=opportunity.pk)


def _value_of(lead: Lead) -> Decimal | None:
    """The sum of what was accepted; what stood there without any amount stays."""
    accepted = lead.opportunities.filter(status=OpportunityStatus.ACCEPTED)
    amounts = [each.amount for each in accepted if each.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else lead.value


def _tell(opportunity: Opportunity, what: str, by: User | None) -> None:
    lead, amount = opportunity.lead, opportunity.amount
    worth = f", {amount:,.0f}" if amount is not None else ""
    told = {"opportunity": opportunity.public_id, "status": opportunity.status}
    text = f"{what}: {opportunity.topic}{worth}."
    record_event(lead, LeadEventKind.OPPORTUNITY, text, told, opportunity.conversation, by)
    announce(lead, "changed")
    signals.send_after_commit(
        signals.opportunity_changed,
        opportunity_id=opportunity.public_id,
        lead_id=lead.public_id,
        business_id=opportunity.business_id,
        status=opportunity.status,
    )
