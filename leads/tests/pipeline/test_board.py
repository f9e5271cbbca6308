"""The board: what its lanes hold, who may move what, and what the script is told."""

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.contacts import create_account
from leads.enums import LeadSource, LeadStage, SuppressionSource
from leads.models import Lead
from leads.pipeline.board import board_context, lanes_of
from leads.pipeline.services import propose
from leads.services import create_lead, suppress, update_lead
from leads.tests.conftest import MARIA
from leads.tests.pages.conftest import visitor
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
URL = "/pipeline/"


def made(business: Business, stage: LeadStage, value: int | None = None, **values: Any) -> Lead:
    worth = None if value is None else Decimal(value)
    return create_lead(
        business, source=LeadSource.API, first_name="A", stage=stage, value=worth, **values
    )


def test_lanes_have_counts_and_sums_of_all_and_show_the_first(
    business: Business, rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leads.pipeline.board.CARDS", 2)
    leads = [made(business, LeadStage.NEW, value) for value in (5, None, 7)]
    Lead.objects.filter(pk=leads[2].pk).update(rank=1e12)
    lanes = {lane.stage: lane for lane in lanes_of(business)}
    new = lanes[LeadStage.NEW]
    assert (new.count, new.total, new.more) == (3, Decimal(12), 1)
    assert list(new.cards) == [leads[2], leads[0]]
    assert [lane.stage for lane in lanes_of(business)] == list(LeadStage)
    assert (lanes[LeadStage.WON].count, lanes[LeadStage.WON].total) == (0, Decimal(0))


def test_a_board_can_be_of_ones_own_leads(business: Business, rep: User, manager: User) -> None:
    mine = made(business, LeadStage.NEW, owner=rep)
    made(business, LeadStage.NEW, owner=manager)
    lanes = board_context(rep, business, QueryDict("owner=me"))["lanes"]
    assert [lead for lane in lanes for lead in lane.cards] == [mine]


def test_a_board_costs_the_same_however_much_is_on_it(
    business: Business,
    rep: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_for(rep)
    accounts = (create_account(business, name=f"Harbor {number}") for number in count())
    for stage in LeadStage:
        made(business, stage, owner=rep, account=next(accounts))
    client.get(URL)
    for _ in range(2):
        new = made(business, LeadStage.NEW, owner=rep, account=next(accounts))
        propose(new, topic="Roof", quote="A roof.")
        with django_assert_num_queries(19):
            client.get(URL)


def test_a_card_says_who_gets_no_mail(lead: Lead, rep: User, client_for: ClientFor) -> None:
    update_lead(lead, email="maria@example.com")
    suppress(lead.business, email="maria@example.com", source=SuppressionSource.LINK)
    page = client_for(rep).get(URL).content.decode()
    card = page.partition(f'id="card-{lead.public_id}"')[2].partition("</li>")[0]
    assert "No e-mails" in card and "Do not call" not in card


def test_the_page_shows_stages_proposals_and_who_must_be_left_in_peace(
    lead: Lead, rep: User, auditor: User, outsider: User, client_for: ClientFor
) -> None:
    propose(lead, topic="New roof", quote="I need a roof.")
    suppress(lead.business, phone=MARIA, source="staff")  # type: ignore[arg-type]
    told = client_for(rep).get(URL).content.decode()
    for words in ("Maria Lopez", "New roof", "I need a roof.", "Do not call", "data-movable"):
        assert words in told
    looking = client_for(auditor).get(URL).content.decode()
    assert "Maria Lopez" in looking
    assert "data-movable" not in looking and "<select" not in looking
    assert "Maria Lopez" not in client_for(outsider).get(URL).content.decode()
    assert client_for(None).get(URL).status_code == 302


MOVING = {
    "admin_user": 200,
    "manager": 200,
    "rep": 200,
    "auditor": 403,
    "outsider": 404,
    "anonymous": 302,
    "superuser": 200,
}


@pytest.mark.parametrize(("name", "status"), MOVING.items())
def test_who_may_move_a_card(
    name: str, status: int, lead: Lead, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    address = reverse("leads:move_card", args=[lead.public_id])
    response = client_for(visitor(name, request)).post(address, {"stage": "qualified"})
    lead.refresh_from_db()
    assert response.status_code == status
    assert (lead.stage == "qualified") is (status == 200)


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        ({"stage": "lost"}, 422, "Say why it is lost."),
        ({"stage": "famous"}, 422, "Select a valid choice. famous is not one of"),
        ({"stage": "won", "expected": "new", "reason": "Price"}, 409, "Somebody has moved Maria"),
    ],
)
def test_the_script_is_told_why_not(
    data: dict[str, str],
    status: int,
    message: str,
    lead: Lead,
    rep: User,
    client_for: ClientFor,
) -> None:
    update_lead(lead, stage=LeadStage.CONTACTED)
    address = reverse("leads:move_card", args=[lead.public_id])
    response = client_for(rep).post(address, data)
    assert response.status_code == status
    assert message in response.json()["message"]
