"""Opting out by e-mail, in one's own words."""

import pytest

from leads.contacts import add_contact
from leads.enums import SuppressionSource
from leads.messaging.opting import heed_mail
from leads.messaging.sending import send_mail
from leads.models import Lead, Suppression
from leads.services import is_suppressed, update_lead
from leads.tests.conftest import MARIA
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

ADDRESS = "maria@example.com"
FURTHER = "maria@work.example"


def suppressed() -> set[str]:
    rows = Suppression.objects.values_list("phone", "email")
    return {each for row in rows for each in row if each}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Please remove me from your list.", {ADDRESS, MARIA}),
        ("STOP", {ADDRESS, MARIA}),
        ("unsubscribe", {ADDRESS}),
        ("Stop sending me e-mails!", {ADDRESS}),
        ("Yes, Tuesday works. Please stop by at nine.", set()),
        ("", set()),
        (
            "Hello,\n" + "we need a new roof. " * 12 + "\nUnsubscribe from our newsletter here",
            set(),
        ),
    ],
)
def test_what_a_lead_answers_to_an_email(agreed: Lead, text: str, left: set[str]) -> None:
    assert heed_mail(agreed.business, ADDRESS, text) == bool(left)
    assert suppressed() == left


def test_who_was_written_to_need_not_be_a_lead(agreed: Lead) -> None:
    send_mail(agreed.business, "office@example.com", "Hello", "Hello.")

    assert heed_mail(agreed.business, "office@example.com", "Take me off your list")
    assert Suppression.objects.get().source == SuppressionSource.CALLER


def test_a_stranger_opts_out_of_nothing(business: Business) -> None:
    assert not heed_mail(business, "news@portal.com", "unsubscribe")
    assert not is_suppressed(business, email="news@portal.com")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("unsubscribe", {FURTHER, ADDRESS}),
        ("Leave me alone", {FURTHER, ADDRESS, MARIA}),
    ],
)
def test_who_writes_from_a_further_address_means_their_own_too(
    agreed: Lead, text: str, left: set[str]
) -> None:
    add_contact(agreed, name="Maria", email=FURTHER, is_lead=True)

    assert heed_mail(agreed.business, FURTHER, text)
    assert suppressed() == left


def test_who_has_no_number_of_their_own_is_closed_with_a_further_one(agreed: Lead) -> None:
    update_lead(agreed, phone="")
    add_contact(agreed, name="Maria", phone="+14155550124", is_lead=True)

    assert heed_mail(agreed.business, ADDRESS, "Leave me alone")
    assert suppressed() == {ADDRESS, "+14155550124"}
