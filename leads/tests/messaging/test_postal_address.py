"""What is written to leads while nobody knows where the business gets its post."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from leads.enums import GateReason, MessageChannel, MessagePurpose
from leads.messaging.sending import MessageRefused, write
from leads.messaging.wording import advertising_mail
from leads.models import DialDecision, InboxMessage, Lead, LeadMessage
from salesdesk.accounts.models import User
from salesdesk.businesses.services import set_postal_address
from salesdesk.notifications.models import Delivery

ClientFor = Callable[[User | None], Client]
EMAIL, SMS = MessageChannel.EMAIL, MessageChannel.SMS
SENTENCE = str(GateReason.POSTAL_ADDRESS_MISSING.label)
LETTER = {"channel": "email", "subject": "Hello", "text": "A free roof check."}


def test_the_footer_says_from_whom_where_and_how_to_have_no_more() -> None:
    mail = advertising_mail("Hello.\n", "Bright Solar", "PO Box 1\nAustin", "https://desk/x")
    assert mail == "Hello.\n\n--\nBright Solar\nPO Box 1\nAustin\nUnsubscribe: https://desk/x"


@pytest.fixture
def unaddressed(agreed: Lead) -> Lead:
    set_postal_address(agreed.business, "")
    return agreed


def test_a_first_mail_is_refused_and_the_ledger_says_why(unaddressed: Lead, rep: User) -> None:
    with pytest.raises(MessageRefused, match="postal address"):
        write(unaddressed, EMAIL, "A free roof check.", subject="Hello", by=rep)

    assert DialDecision.objects.get().reasons == ["postal_address_missing"]
    assert not LeadMessage.objects.exists()


@pytest.mark.usefixtures("daytime")
def test_answers_and_texts_go_out_all_the_same(unaddressed: Lead, rep: User) -> None:
    InboxMessage.objects.create(
        business=unaddressed.business,
        lead=unaddressed,
        sender=unaddressed.email,
        uid_validity=1,
        uid=1,
        digest="x",
        raw=b"x",
    )
    answer = write(unaddressed, EMAIL, "Yes, we do.", subject="Re: Roofs", by=rep)
    write(unaddressed, SMS, "Free roof check!", by=rep)

    assert answer.purpose == MessagePurpose.SERVICE
    assert Delivery.objects.filter(channel="email").get().text == "Yes, we do."
    assert Delivery.objects.filter(channel="sms").exists()


def test_page_and_api_say_what_is_missing(
    unaddressed: Lead, rep: User, client_for: ClientFor, api_for: Callable[[User | None], Any]
) -> None:
    path = f"/leads/{unaddressed.public_id}/messages/"
    page = client_for(rep).post(path, LETTER, headers={"HX-Request": "true"})
    assert (page.status_code, SENTENCE in page.content.decode()) == (409, True)

    path = f"/api/v1/leads/{unaddressed.public_id}/messages"
    told = api_for(rep).post(path, LETTER, format="json")
    error = told.json()["error"]
    assert (told.status_code, error["code"], error["message"]) == (409, "message_refused", SENTENCE)
