"""Calendars and leads of the business that all tests play about."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import HealthCheck, settings
from pytest_django import Settings

from leads.enums import LeadSource
from leads.models import Calendar, Lead
from leads.services import create_lead
from leads.tests.vendors.google import GoogleServer
from leads.tests.vendors.salesforce import SalesforceServer
from leads.visits.appointments import add_calendar
from salesdesk.businesses.models import Business

settings.register_profile(  # how fast an example is says more of the machine than of the code
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

MARIA = "+14155550199"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""Friday, ten in the morning in New York, where the business is."""
WEEK = {key: ["08:00", "18:00"] for key in ("mon", "tue", "wed", "thu", "fri")}
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def lead(business: Business) -> Lead:
    return create_lead(
        business, source=LeadSource.CALL_IN, first_name="Maria", last_name="Lopez", phone=MARIA
    )


@pytest.fixture
def calendar(business: Business) -> Calendar:
    return add_calendar(business, "Crew A", hours=WEEK)


@pytest.fixture
def second_calendar(calendar: Calendar) -> Calendar:
    return add_calendar(calendar.business, "Crew B", hours=WEEK)


def at(business: Business, clock: str, day: date = TUESDAY) -> datetime:
    """This time of the clock where the business is."""
    return datetime.combine(day, time.fromisoformat(clock), business.tz)


@pytest.fixture
def salesforce(settings: Settings) -> Iterator[SalesforceServer]:
    """A Salesforce on this machine, which the settings name."""
    with SalesforceServer() as server:
        crm = {"BACKEND": "leads.crm.salesforce.SalesforceCrm", "OPTIONS": server.options}
        events = "leads.calendars.salesforce.SalesforceCalendar"
        settings.CRM_BACKENDS = {**settings.CRM_BACKENDS, "salesforce": crm}
        settings.CALENDAR_BACKENDS = {
            **settings.CALENDAR_BACKENDS,
            "salesforce": {"BACKEND": events, "OPTIONS": server.options},
        }
        yield server


@pytest.fixture
def google(settings: Settings) -> Iterator[GoogleServer]:
    """A Google Calendar on this machine, which the settings name."""
    with GoogleServer() as server:
        backend = "leads.calendars.google.GoogleCalendar"
        settings.CALENDAR_BACKENDS = {
            **settings.CALENDAR_BACKENDS,
            "google": {"BACKEND": backend, "OPTIONS": server.options},
        }
        yield server
