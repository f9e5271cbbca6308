"""Accounts with outside services: their credentials, and whether they work."""

import logging

import pytest

from leads.calendars.google import GoogleCalendar
from leads.calendars.salesforce import SalesforceCalendar
from leads.crm.internal import DeskCrm
from leads.crm.salesforce import SalesforceCrm
from leads.models import Calendar, Integration
from leads.outside import integrations
from leads.outside.account import Account
from leads.tests.vendors import google as google_vendor
from leads.tests.vendors import salesforce as salesforce_vendor
from leads.tests.vendors.google import GoogleServer, service_account_key
from leads.tests.vendors.salesforce import SalesforceServer
from leads.visits.appointments import add_calendar
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotConfigured

pytestmark = pytest.mark.django_db
SALESFORCE, GOOGLE = salesforce_vendor.CREDENTIALS, google_vendor.CREDENTIALS


def test_credentials_are_stored_encrypted(business: Business) -> None:
    integration = integrations.set_credentials(business, "salesforce", SALESFORCE)

    stored = Integration.objects.get()
    assert stored == integration
    assert stored.credentials
    assert not any(value in stored.credentials for value in SALESFORCE.values())
    account = Account(business.pk, stored.credentials)
    assert account.credentials == SALESFORCE
    assert stored.credentials not in repr(account)


def test_new_credentials_replace_those_before_and_what_was_known(business: Business) -> None:
    integrations.set_credentials(business, "salesforce", SALESFORCE)
    Integration.objects.update(error="Broken.", is_active=False)

    integrations.set_credentials(business, "salesforce", {**SALESFORCE, "domain": "new.my"})

    stored = Integration.objects.get()
    assert (stored.error, stored.checked_at, stored.is_active) == ("", None, True)


@pytest.mark.parametrize(
    ("provider", "given"),
    [
        ("salesforce", {}),
        ("salesforce", {"domain": "acme.my", "consumer_key": "key"}),
        ("salesforce", {**SALESFORCE, "private_key": "both"}),
        ("salesforce", {**SALESFORCE, "domain": "127.0.0.1/"}),
        ("google", {"refresh_token": "x"}),
        ("google", {"service_account": "{}"}),
        ("google", {"service_account": "no JSON"}),
        ("google", {"service_account": '{"private_key": "very-secret", "client_email": "x"}'}),
    ],
)
def test_what_cannot_be_credentials_is_refused(
    business: Business, provider: str, given: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        integrations.set_credentials(business, provider, given)

    assert "very-secret" not in refused.value.message
    assert not Integration.objects.exists()


def test_a_working_account_is_told(business: Business, salesforce: SalesforceServer) -> None:
    integration = integrations.set_credentials(business, "salesforce", SALESFORCE)

    tried = integrations.test_connection(integration)

    assert (tried.error, tried.checked_at is not None) == ("", True)
    assert salesforce.seen[0].path == "/services/oauth2/token"


def test_an_account_that_fails_says_why_and_no_secret_is_logged(
    business: Business, salesforce: SalesforceServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = {**SALESFORCE, "consumer_secret": "very-secret-wrong"}
    integration = integrations.set_credentials(business, "salesforce", wrong)

    integrations.test_connection(integration)

    stored = Integration.objects.get()
    assert stored.error == "Salesforce does not accept the credentials. Enter them again."
    assert stored.checked_at is not None
    assert "very-secret" not in caplog.text


def test_a_service_account_signs_in_where_the_settings_say(
    business: Business, google: GoogleServer
) -> None:
    """The address in the key file is not believed."""
    key = service_account_key("http://169.254.169.254/token")
    integration = integrations.set_credentials(business, "google", {"service_account": key})

    assert integrations.test_connection(integration).error == ""
    assert google.assertions
    assert google.assertions[0].count(".") == 2


def test_each_calendar_is_tried(business: Business, google: GoogleServer) -> None:
    add_calendar(business, "Crew A", provider="google", external_id=google_vendor.CREW)
    add_calendar(business, "Crew B", provider="google", external_id="not-shared@example.com")
    integration = integrations.set_credentials(business, "google", GOOGLE)

    tried = integrations.test_connection(integration)

    assert "Google Calendar does not have this any more" in tried.error


def test_a_user_who_is_not_there_is_told(business: Business, salesforce: SalesforceServer) -> None:
    add_calendar(business, "Crew", provider="salesforce", external_id="005000000000009")
    integration = integrations.set_credentials(business, "salesforce", SALESFORCE)

    tried = integrations.test_connection(integration)

    assert tried.error == "Salesforce has no user with this calendar's external id."


def test_without_an_account_the_desk_is_the_crm(
    business: Business, other_business: Business
) -> None:
    integrations.set_credentials(other_business, "salesforce", SALESFORCE)

    assert isinstance(integrations.crm_of(business), DeskCrm)
    assert isinstance(integrations.crm_of(other_business), SalesforceCrm)


def test_an_account_that_is_off_is_not_used(business: Business) -> None:
    integrations.set_credentials(business, "salesforce", SALESFORCE)
    Integration.objects.update(is_active=False)

    assert isinstance(integrations.crm_of(business), DeskCrm)


def test_a_calendar_is_that_of_its_provider(business: Business, calendar: Calendar) -> None:
    integrations.set_credentials(business, "google", GOOGLE)
    integrations.set_credentials(business, "salesforce", SALESFORCE)
    crew = add_calendar(business, "G", provider="google", external_id="g@example.com")
    user = add_calendar(business, "S", provider="salesforce", external_id="005")

    assert integrations.outside_calendar(calendar) is None
    assert isinstance(integrations.outside_calendar(crew), GoogleCalendar)
    assert isinstance(integrations.outside_calendar(user), SalesforceCalendar)


def test_a_calendar_without_an_account_is_not_connected(business: Business) -> None:
    crew = add_calendar(business, "Crew", provider="google", external_id="g@example.com")

    with pytest.raises(NotConfigured, match="Crew is not connected with Google Calendar"):
        integrations.outside_calendar(crew)


def test_what_is_removed_is_forgotten(business: Business) -> None:
    integrations.remove(integrations.set_credentials(business, "google", GOOGLE))

    assert not Integration.objects.exists()
