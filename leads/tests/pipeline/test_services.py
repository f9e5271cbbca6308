from decimal import Decimal

import pytest

from leads.enums import LeadEventKind, LeadStage, OpportunityStatus
from leads.models import Lead, Opportunity
from leads.pipeline import services
from leads.services import update_lead
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, InvalidInput


def proposed(lead: Lead, **values: object) -> Opportunity:
    told = {"topic": "New roof", "quote": "We need a new roof.", "conversation": "c1", **values}
    return services.propose(lead, **told)  # type: ignore[arg-type]


# ---------------------------------------------------------------- stages


def test_a_lead_is_moved(lead: Lead, rep: User) -> None:
    moved = services.move(lead, LeadStage.PROPOSAL, expected="new", by=rep)
    assert moved.stage == LeadStage.PROPOSAL
    assert lead.events.latest("pk").data == {"stage": ["new", "proposal"]}


@pytest.mark.parametrize("stage", [LeadStage.WON, LeadStage.LOST])
def test_won_and_lost_want_a_reason(lead: Lead, stage: LeadStage) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        services.move(lead, stage, reason="  ")
    moved = services.move(lead, stage, reason="Price")
    assert (moved.close_reason, moved.closed_at is not None) == ("Price", True)
    told = lead.events.get(kind=LeadEventKind.STAGE)
    assert told.text == f"{stage.label}: Price"


def test_what_somebody_else_has_moved_is_not_moved_blindly(lead: Lead) -> None:
    update_lead(lead, stage=LeadStage.QUALIFIED)
    with pytest.raises(Conflict, match="qualified"):
        services.move(lead, LeadStage.CONTACTED, expected="new")
    lead.refresh_from_db()
    assert lead.stage == LeadStage.QUALIFIED


def test_to_where_it_is_nothing_moves(lead: Lead) -> None:
    before = lead.events.count()
    services.move(lead, LeadStage.NEW, expected="contacted")
    assert lead.events.count() == before


# ---------------------------------------------------------------- opportunities


def test_the_same_is_proposed_once_in_a_conversation(lead: Lead) -> None:
    one, two = proposed(lead), proposed(lead, quote="Again: a new roof.")
    assert one == two
    assert proposed(lead, conversation="c2") != one
    assert lead.events.filter(kind=LeadEventKind.OPPORTUNITY).count() == 2


def test_an_accepted_one_makes_the_lead_worth_something(lead: Lead, rep: User) -> None:
    first = services.accept(proposed(lead, amount=Decimal(18000)), by=rep)
    services.accept(proposed(lead, topic="Battery"), amount=Decimal("4500.50"), by=rep)
    lead.refresh_from_db()
    assert (first.status, first.by) == (OpportunityStatus.ACCEPTED, rep)
    assert (lead.value, lead.stage) == (Decimal("22500.50"), LeadStage.QUALIFIED)


def test_who_is_further_stays_there(lead: Lead) -> None:
    update_lead(lead, stage=LeadStage.PROPOSAL, value=Decimal(9))
    services.accept(proposed(lead))
    lead.refresh_from_db()
    assert (lead.stage, lead.value) == (LeadStage.PROPOSAL, Decimal(9))


def test_a_dismissed_one_changes_nothing_but_itself(lead: Lead, rep: User) -> None:
    dismissed = services.dismiss(proposed(lead, amount=Decimal(18000)), by=rep)
    lead.refresh_from_db()
    assert dismissed.status == OpportunityStatus.DISMISSED
    assert (lead.value, lead.stage) == (None, LeadStage.NEW)


@pytest.mark.parametrize("again", [services.accept, services.dismiss])
def test_nothing_is_settled_twice(lead: Lead, again: object) -> None:
    opportunity = proposed(lead)
    services.dismiss(opportunity)
    with pytest.raises(Conflict, match="already"):
        again(opportunity)  # type: ignore[operator]


@pytest.mark.parametrize(
    "values", [{"topic": " "}, {"amount": Decimal(-1)}, {"amount": Decimal(0)}]
)
def test_what_cannot_be_is_not_proposed(lead: Lead, values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        proposed(lead, **values)
    assert not Opportunity.objects.exists()
