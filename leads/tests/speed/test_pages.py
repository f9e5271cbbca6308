"""The page of speed to lead, and its rules."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.enums import ContactHow, LeadSource
from leads.models import ArrivalRules, Lead
from leads.services import create_lead
from leads.speed.services import note_contact, start_clock
from leads.templatetags.speed import seconds, share
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
PAGE, RULES = "/leads/speed/", "/settings/arrivals/"
FILLED = {"target_minutes": 10, "escalate_minutes": 5, "snooze_minutes": 30, "target-email": 60}


@pytest.mark.parametrize(
    ("who", "sees", "changes"),
    [("manager", 200, 302), ("rep", 200, 403), ("auditor", 200, 403), (None, 302, 302)],
)
def test_who_may_see_and_change(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    business: Business,
    who: str | None,
    sees: int,
    changes: int,
) -> None:
    client = client_for(request.getfixturevalue(who) if who else None)

    assert client.get(PAGE).status_code == sees
    assert client.get(RULES).status_code == sees
    assert client.post(RULES, FILLED).status_code == changes
    assert ArrivalRules.objects.exists() == (who == "manager")


def test_rules_are_kept(client_for: ClientFor, manager: User, business: Business) -> None:
    client_for(manager).post(RULES, FILLED)

    rules = ArrivalRules.objects.get(business=business)
    assert (rules.target_of("email"), rules.target_of("web_form")) == (60, 10)
    assert (rules.tells_reps, rules.enrolls) == (False, False)


def test_rules_that_cannot_be_come_back(client_for: ClientFor, manager: User) -> None:
    answer = client_for(manager).post(RULES, {**FILLED, "target_minutes": 0})

    assert answer.status_code == 422
    assert not ArrivalRules.objects.exists()


def test_an_empty_page_says_so(client_for: ClientFor, rep: User) -> None:
    page = client_for(rep).get(PAGE).content.decode()

    assert "Nobody arrived in this time" in page
    assert "chart-data" not in page


def test_figures_and_who_waits_are_shown(
    client_for: ClientFor,
    rep: User,
    lead: Lead,
    business: Business,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = timezone.now()
    start_clock(lead, "web_form", at=now - timedelta(minutes=20))
    note_contact(lead, ContactHow.REP_CALL, at=now - timedelta(minutes=14))
    late = create_lead(business, source=LeadSource.EMAIL, first_name="Lena")
    start_clock(late, "email", at=now - timedelta(hours=2))
    client = client_for(rep)
    client.get(PAGE)

    with django_assert_num_queries(10):
        page = client.get(f"{PAGE}?period=quarter").content.decode()

    assert "6 min" in page
    assert "50 %" in page
    assert "Lena" in page
    assert "late" in page
    assert client.get(f"{PAGE}?period=century").status_code == 404


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (42.3, "42 s"), (390, "6.5 min"), (9000, "2.5 h"), (200000, "2.3 days")],
)
def test_lengths_in_words(value: float | None, words: str) -> None:
    assert seconds(value) == words


def test_shares_in_words() -> None:
    assert [share(each) for each in (None, 0.5, 0.1234)] == ["–", "50 %", "12.3 %"]
