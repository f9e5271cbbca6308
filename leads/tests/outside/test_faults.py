"""Whatever goes wrong outside becomes a sentence for people, and no secret is in it."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leads.calendars.base import Place
from leads.calendars.google import GoogleCalendar
from leads.calendars.salesforce import SalesforceCalendar
from leads.crm.salesforce import SalesforceCrm
from leads.outside.account import Account
from leads.tests.vendors import google as google_vendor
from leads.tests.vendors import salesforce as salesforce_vendor
from leads.tests.vendors.google import GoogleServer
from leads.tests.vendors.salesforce import SalesforceServer
from leads.tests.vendors.server import Vendor
from salesdesk.lib.errors import InvalidInput, NotConfigured, ProviderError
from salesdesk.lib.secrets import encrypt

NOW = datetime(2026, 11, 20, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
Asking = tuple[Vendor, Callable[..., object]]


def account(credentials: dict[str, str]) -> Account:
    return Account(1, encrypt(json.dumps(credentials)))


def ask_crm(server: SalesforceServer, **options: Any) -> object:
    known = account(salesforce_vendor.CREDENTIALS)
    return SalesforceCrm(known, **{**server.options, **options}).find(phone="+14155550199")


def ask_events(server: SalesforceServer, **options: Any) -> object:
    place, known = Place(1, "005000000000001", UTC_ZONE), account(salesforce_vendor.CREDENTIALS)
    calendar = SalesforceCalendar(known, place, **{**server.options, **options})
    return calendar.busy(NOW, NOW + timedelta(days=1))


def ask_google(server: GoogleServer, **options: Any) -> object:
    place, known = Place(1, google_vendor.CREW, UTC_ZONE), account(google_vendor.CREDENTIALS)
    calendar = GoogleCalendar(known, place, **{**server.options, **options})
    return calendar.busy(NOW, NOW + timedelta(days=1))


@pytest.fixture(params=["crm", "events", "google"])
def asking(request: pytest.FixtureRequest) -> Asking:
    if request.param == "google":
        return request.getfixturevalue("google"), ask_google
    ask = {"crm": ask_crm, "events": ask_events}[request.param]
    return request.getfixturevalue("salesforce"), ask


@pytest.mark.parametrize(
    ("status", "body", "words", "retryable"),
    [
        (401, [{"errorCode": "INVALID_SESSION_ID"}], "does not accept the credentials", False),
        (403, {"error": {"errors": []}}, "does not let this account do that", False),
        (400, [{"message": "very-secret"}], "did not accept the request (400)", False),
        (429, {"error": "very-secret"}, "has had too many requests for now", True),
        (500, b"very-secret", "has trouble at the moment", True),
        (503, None, "has trouble at the moment", True),
        (302, b"", None, False),
        (200, b"<html>very-secret</html>", "nobody understands", True),
        (200, {"very-secret": 1}, "nobody understands", True),
        (200, [], "nobody understands", True),
    ],
)
def test_refusals_are_told_in_words(
    asking: Asking, status: int, body: Any, words: str | None, retryable: bool
) -> None:
    server, ask = asking
    server.spoiled = (status, body)

    with pytest.raises(ProviderError) as refused:
        ask(server)

    assert words is None or words in refused.value.message
    assert refused.value.retryable == retryable
    assert "secret" not in refused.value.message


def test_a_limit_that_is_called_a_refusal_passes(asking: Asking) -> None:
    server, ask = asking
    told = {"message": "Rate Limit Exceeded", "errors": [{"reason": "rateLimitExceeded"}]}
    limit = [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    server.spoiled = 403, {"error": told} if ask is ask_google else limit

    with pytest.raises(ProviderError, match="too many requests") as refused:
        ask(server)

    assert refused.value.retryable


def test_silence_is_not_waited_for(asking: Asking) -> None:
    server, ask = asking
    server.is_silent = True

    with pytest.raises(ProviderError, match="did not answer in time") as refused:
        ask(server, timeout=0.3)

    assert refused.value.retryable


def test_who_is_not_there_cannot_be_reached(asking: Asking) -> None:
    server, ask = asking
    server.__exit__()

    with pytest.raises(ProviderError, match="could not be reached") as refused:
        ask(server)

    assert refused.value.retryable


def test_plain_http_is_refused_unless_it_is_allowed(asking: Asking) -> None:
    server, ask = asking

    with pytest.raises(NotConfigured, match="https"):
        ask(server, allow_http=False)


@pytest.mark.parametrize("domain", ["", "evil.com/x", "a b", "127.0.0.1:8000", "user@host"])
def test_a_domain_is_a_name_of_salesforce(domain: str) -> None:
    with pytest.raises(InvalidInput, match="domain"):
        SalesforceCrm(account({**salesforce_vendor.CREDENTIALS, "domain": domain}))


def by_key(username: str = salesforce_vendor.USERNAME, pem: str = "") -> Account:
    key = pem or json.loads(google_vendor.service_account_key(""))["private_key"]
    named = {"consumer_key": salesforce_vendor.KEY, "username": username, "private_key": key}
    return account({**named, "domain": "login"})


def test_a_private_key_signs_in(salesforce: SalesforceServer) -> None:
    SalesforceCrm(by_key(), **salesforce.options).check()

    assert salesforce.seen[-1].headers["authorization"] == f"Bearer {salesforce.token}"


def test_a_private_key_of_nobody_is_refused(salesforce: SalesforceServer) -> None:
    with pytest.raises(ProviderError, match="does not accept the credentials"):
        SalesforceCrm(by_key("nobody@example.com"), **salesforce.options).check()


@pytest.mark.parametrize("pem", ["very-secret", "-----BEGIN PRIVATE KEY-----\nvery-secret\n"])
def test_what_is_no_private_key_is_refused(pem: str) -> None:
    with pytest.raises(InvalidInput, match="not an RSA key") as refused:
        SalesforceCrm(by_key(pem=pem))

    assert "secret" not in refused.value.message


@pytest.mark.parametrize("answer", [[], {"access_token": "x"}, {"instance_url": None}, b"<html>"])
def test_a_token_that_is_none_is_an_error(salesforce: SalesforceServer, answer: Any) -> None:
    crm = SalesforceCrm(account(salesforce_vendor.CREDENTIALS), **salesforce.options)
    salesforce.token_answer = (200, answer)

    with pytest.raises(ProviderError, match="Salesforce"):
        crm.check()


def test_credentials_that_are_refused_are_told(salesforce: SalesforceServer) -> None:
    wrong = account({**salesforce_vendor.CREDENTIALS, "consumer_secret": "very-secret-wrong"})

    with pytest.raises(ProviderError, match="does not accept the credentials") as refused:
        SalesforceCrm(wrong, **salesforce.options).check()

    assert not refused.value.retryable
    assert "secret" not in refused.value.message


def test_a_revoked_token_is_told_and_no_secret_logged(
    google: GoogleServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = account({**google_vendor.CREDENTIALS, "refresh_token": "revoked"})
    calendar = GoogleCalendar(wrong, Place(1, google_vendor.CREW, UTC_ZONE), **google.options)

    with pytest.raises(ProviderError, match="does not accept the credentials") as refused:
        calendar.check()

    assert not refused.value.retryable
    assert "very-secret" not in caplog.text


def test_salesforce_names_no_other_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token's answer that points elsewhere is not followed."""
    crm = SalesforceCrm(account(salesforce_vendor.CREDENTIALS))
    monkeypatch.setattr(crm._client, "_token", ("token", "169.254.169.254"))

    with pytest.raises(ProviderError, match="nobody understands"):
        crm.check()
