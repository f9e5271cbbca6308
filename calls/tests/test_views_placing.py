"""Placing a call by hand."""

from collections.abc import Callable

import pytest
from django.test import Client

from calls.models import Call
from calls.tests.carrier import ScriptedCarrier
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured, ProviderError

ClientFor = Callable[[User | None], Client]
NEW = "/calls/new/"
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("open_gate")


def test_places_a_call_and_shows_it(
    rep: User, business: Business, client_for: ClientFor, carrier: ScriptedCarrier
) -> None:
    response = client_for(rep).post(
        NEW, {"business": business.public_id, "number": "(415) 555-0133"}
    )

    call = Call.objects.get()
    assert (call.to_number, call.placed_by) == ("+14155550133", rep)
    assert [dial.to for dial in carrier.dialled] == ["+14155550133"]
    assert response.headers["Location"] == f"/calls/{call.public_id}/"


@pytest.mark.usefixtures("carrier")
def test_htmx_is_sent_to_the_call(rep: User, business: Business, client_for: ClientFor) -> None:
    response = client_for(rep).post(
        NEW, {"business": business.public_id, "number": "+14155550133"}, headers=HTMX
    )

    assert response.headers["HX-Redirect"] == f"/calls/{Call.objects.get().public_id}/"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "This field is required."),
        ("call me", "This is not a phone number."),
        ("+1 415 555", "This phone number has too many or too few digits."),
        ("+1 000 555 0133", "No such phone number can exist; check the area code."),
    ],
)
def test_wrong_numbers_are_named_on_the_form(
    number: str,
    sentence: str,
    rep: User,
    business: Business,
    client_for: ClientFor,
    carrier: ScriptedCarrier,
) -> None:
    data = {"business": business.public_id, "number": number}

    page = client_for(rep).post(NEW, data)
    part = client_for(rep).post(NEW, data, headers=HTMX)

    assert (page.status_code, part.status_code) == (422, 422)
    assert sentence in page.content.decode()
    assert part.content.decode().lstrip().startswith('<form id="new-call"')
    assert sentence in part.content.decode()
    assert carrier.dialled == []


def test_nobody_calls_for_another_business(
    rep: User, other_business: Business, client_for: ClientFor, carrier: ScriptedCarrier
) -> None:
    response = client_for(rep).post(
        NEW, {"business": other_business.public_id, "number": "+14155550133"}
    )

    assert response.status_code == 422
    assert other_business.name not in response.content.decode()
    assert carrier.dialled == []


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (ProviderError("Twilio says that no such number can be called."), 502),
        (NotConfigured("Twilio is not set up."), 409),
    ],
)
def test_the_carriers_refusal_is_a_sentence(
    refusal: ProviderError | NotConfigured,
    status: int,
    rep: User,
    business: Business,
    client_for: ClientFor,
    carrier: ScriptedCarrier,
) -> None:
    carrier.refusal = refusal
    data = {"business": business.public_id, "number": "+14155550133"}

    page = client_for(rep).post(NEW, data)
    toast = client_for(rep).post(NEW, data, headers=HTMX)

    assert (page.status_code, toast.status_code) == (status, status)
    assert refusal.message in page.content.decode()
    assert 'value="+14155550133"' in page.content.decode()
    assert refusal.message in toast.headers["HX-Trigger"]


def test_calling_back_fills_the_form(rep: User, business: Business, client_for: ClientFor) -> None:
    query = f"?to=%2B14155550133&business={business.public_id}"

    html = client_for(rep).get(NEW + query).content.decode()

    assert 'value="+14155550133"' in html
