"""Messages as Twilio delivers them: signed over the public URL."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from twilio.request_validator import RequestValidator

from conftest import BUSINESS_NUMBER
from leads.enums import ConsentKind
from leads.models import Consent, Lead
from leads.tests.conftest import MARIA

TOKEN = "the account's token"
PUBLIC_URL = "https://desk.example.com"

Write = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def twilio(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.PUBLIC_URL = PUBLIC_URL
    settings.SECURE_SSL_REDIRECT = False


def post(path: str, *, token: str = TOKEN, **parameters: str) -> HttpResponse:
    signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, parameters)
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(path, parameters, headers={"X-Twilio-Signature": signature})
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.fixture
def write(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Write:
    """``write("STOP")``: Maria writes to the business; all that follows the commit happens too."""
    serial = itertools.count(1)

    def send(text: str, **changes: str) -> HttpResponse:
        parameters = {
            "MessageSid": f"SM{next(serial):032x}",
            "From": MARIA,
            "To": BUSINESS_NUMBER,
            "Body": text,
            "NumMedia": "0",
            **changes,
        }
        with django_capture_on_commit_callbacks(execute=True):
            return post("/twilio/text/", **parameters)

    return send


@pytest.fixture
def agreed(lead: Lead) -> Lead:
    """Maria, who agreed to text messages, and has an address."""
    lead.email = "maria@example.com"
    lead.time_zone = "America/New_York"
    lead.save()
    Consent.objects.create(
        business=lead.business, lead=lead, kind=ConsentKind.SMS, is_given=True, wording="Yes."
    )
    return lead


@pytest.fixture
def committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Iterator[Callable[[], Any]]:
    """A way to do something with all that follows its commit."""
    yield lambda: django_capture_on_commit_callbacks(execute=True)
