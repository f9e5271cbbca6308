"""Credentials are typed in the admin, tried at once, and never shown."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from leads import contacts
from leads.enums import SuppressionSource
from leads.models import Integration
from leads.outside import integrations
from leads.outside.account import Account
from leads.services import suppress
from leads.tests.vendors.google import service_account_key
from leads.tests.vendors.salesforce import CREDENTIALS, SECRET, SalesforceServer
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db
ADD = "/admin/leads/integration/add/"
LIST = "/admin/leads/integration/"


@pytest.fixture
def browser(superuser: User, client_for: Callable[[User | None], Client]) -> Client:
    return client_for(superuser)


@pytest.fixture
def stored(business: Business, salesforce: SalesforceServer) -> Integration:
    return integrations.set_credentials(business, "salesforce", CREDENTIALS)


def form(business: Business, **values: str) -> dict[str, str]:
    where = {"business": str(business.pk), "provider": "salesforce", "is_active": "on"}
    return {**where, **values}


def told(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_credentials_are_stored_and_tried(
    browser: Client, business: Business, salesforce: SalesforceServer
) -> None:
    response = browser.post(ADD, form(business, **CREDENTIALS), follow=True)

    integration = Integration.objects.get()
    assert Account(business.pk, integration.credentials).credentials == CREDENTIALS
    assert (integration.error, integration.checked_at is None) == ("", False)
    assert "it works" in told(response)
    assert not any(SECRET in entry.change_message for entry in LogEntry.objects.all())


def test_a_company_renamed_here_is_left_in_peace_as_before(
    browser: Client, business: Business, superuser: User
) -> None:
    account = contacts.create_account(business, name="Harbor")
    suppress(business, company="Harbor", reason="No.", source=SuppressionSource.STAFF)
    told = {"business": str(business.pk), "name": "Bay"}
    assert browser.post(f"/admin/leads/account/{account.pk}/change/", told).status_code == 302
    entry = business.suppressions.get(company="bay")
    assert (entry.reason, entry.by) == ("No.", superuser)


def test_the_form_shows_none_of_them(browser: Client, stored: Integration) -> None:
    page = told(browser.get(f"{LIST}{stored.pk}/change/"))

    assert 'name="consumer_secret"' in page
    assert not any(value in page for value in (*CREDENTIALS.values(), stored.credentials))


def test_an_error_in_the_form_shows_none_of_them(browser: Client, business: Business) -> None:
    key = service_account_key("https://oauth2.googleapis.com/token")
    given = form(business, consumer_secret=SECRET, private_key=key, domain="acme.my")

    page = told(browser.post(ADD, given))

    assert "nothing else" in page
    assert SECRET not in page
    assert "PRIVATE KEY" not in page
    assert not Integration.objects.exists()


def test_what_is_left_empty_stays(browser: Client, stored: Integration) -> None:
    browser.post(f"{LIST}{stored.pk}/change/", {})

    after = Integration.objects.get()
    assert (after.credentials, after.is_active) == (stored.credentials, False)


def test_new_ones_replace_all_those_before(browser: Client, stored: Integration) -> None:
    given = {**CREDENTIALS, "consumer_secret": "wrong", "is_active": "on"}
    page = told(browser.post(f"{LIST}{stored.pk}/change/", given, follow=True))

    after = Integration.objects.get()
    assert after.error == "Salesforce does not accept the credentials. Enter them again."
    assert after.error in page


def test_the_connection_can_be_tried_again(
    browser: Client, stored: Integration, salesforce: SalesforceServer
) -> None:
    salesforce.spoiled = (503, None)
    given = {"action": "try_connection", "_selected_action": str(stored.pk)}

    page = told(browser.post(LIST, given, follow=True))

    assert "Salesforce has trouble at the moment." in page
    assert Integration.objects.get().error == "Salesforce has trouble at the moment."
