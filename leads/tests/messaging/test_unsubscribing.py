"""The link in an e-mail: asked by a GET, done by a POST, for people and mail programs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from leads.enums import GateReason, SuppressionSource
from leads.gate.services import permit, permit_message
from leads.messaging.links import SALT, unsubscribe_link
from leads.messaging.sending import send_mail, send_text
from leads.models import Lead, Suppression
from leads.services import suppress
from leads.tests.conftest import MARIA
from leads.tests.messaging.conftest import PUBLIC_URL
from salesdesk.accounts.models import User
from salesdesk.notifications.models import Delivery

pytestmark = pytest.mark.django_db

ADDRESS = "maria@example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def path(agreed: Lead) -> str:
    message = send_mail(agreed.business, ADDRESS, "Hello", "A free roof check.", lead=agreed)
    return unsubscribe_link(message).removeprefix(PUBLIC_URL)


@pytest.fixture
def browser() -> Client:
    """Nobody, without a cookie; forms without a secret would be refused."""
    return Client(enforce_csrf_checks=True)


def test_following_the_link_asks_and_changes_nothing(path: str, browser: Client) -> None:
    answer = browser.get(path)

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "No more e-mails?" in page
    assert ADDRESS in page
    assert f'action="{path}"' in page
    assert not Suppression.objects.exists()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.cookies == {}


@pytest.mark.parametrize("body", [ONE_CLICK, {}])
def test_a_press_suppresses_the_address_and_works_twice(
    agreed: Lead, path: str, browser: Client, body: dict[str, str]
) -> None:
    first, again = browser.post(path, body), browser.post(path, body)

    assert (first.status_code, again.status_code) == (200, 200)
    assert "You are unsubscribed" in again.content.decode()
    [row] = Suppression.objects.all()
    assert (row.email, row.phone, row.source) == (ADDRESS, "", SuppressionSource.LINK)
    assert "You are unsubscribed" in browser.get(path).content.decode()
    assert agreed.events.filter(kind="suppressed").count() == 1


@pytest.mark.usefixtures("open_gate")
def test_then_the_gate_refuses_mail_and_nothing_else(
    agreed: Lead, path: str, browser: Client
) -> None:
    browser.post(path)

    refused = permit_message(agreed.business, lead=agreed, email=ADDRESS)
    assert refused.reasons == [GateReason.DO_NOT_WRITE]
    assert permit_message(agreed.business, lead=agreed, phone=MARIA).allowed
    assert permit(agreed.business, phone=MARIA, kind="rep").allowed


def test_mail_that_waits_is_held_back(
    path: str, browser: Client, committed: Callable[[], Any]
) -> None:
    with committed():
        browser.post(path)

    assert Delivery.objects.get().status == "canceled"


def test_it_holds_for_this_business_only(
    agreed: Lead, other_business: Any, path: str, browser: Client
) -> None:
    browser.post(path)

    assert permit_message(other_business, email=ADDRESS).allowed


def test_the_link_outlives_the_lead(agreed: Lead, path: str, browser: Client) -> None:
    agreed.delete()
    browser.post(path)

    assert Suppression.objects.get().email == ADDRESS


def test_forged_and_foreign_links_look_the_same(agreed: Lead, path: str, browser: Client) -> None:
    text = send_text(agreed.business, MARIA, "Hello.", lead=agreed)
    signer = signing.Signer(salt=SALT, sep="~")
    tokens = [
        "abc",
        path.split("/")[2][:-1] + "x",
        signer.sign("0" * 16),
        signer.sign(text.public_id),
        signing.Signer(salt="another", sep="~").sign(path.split("/")[2].partition("~")[0]),
    ]
    answers = [browser.post(f"/unsubscribe/{token}/") for token in tokens]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not Suppression.objects.exists()


def test_one_link_cannot_be_pressed_without_end(path: str, browser: Client) -> None:
    answers = [browser.post(path).status_code for _ in range(31)]

    assert answers == [200] * 30 + [429]


def test_the_leads_page_says_that_they_get_no_emails_and_may_be_called(
    agreed: Lead, rep: User, path: str, browser: Client, client_for: Callable[[User], Client]
) -> None:
    browser.post(path)
    page = client_for(rep).get(f"/leads/{agreed.public_id}/").content.decode()
    assert "Gets no e-mails." in page
    assert f"/leads/{agreed.public_id}/call/" in page
    assert "Write to them" in page

    suppress(agreed.business, phone=MARIA, source=SuppressionSource.STAFF)
    page = client_for(rep).get(f"/leads/{agreed.public_id}/").content.decode()
    assert "Must not be called or written to." in page
    assert f"/leads/{agreed.public_id}/call/" not in page
    assert "nothing can be sent to them" in page
