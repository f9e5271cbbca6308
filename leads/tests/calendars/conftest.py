"""A crew whose calendar is also at Google."""

import pytest

from leads.models import Calendar
from leads.outside import integrations
from leads.tests.conftest import WEEK
from leads.tests.vendors.google import CREDENTIALS, CREW, GoogleServer
from leads.visits.appointments import add_calendar
from salesdesk.businesses.models import Business


@pytest.fixture
def crew(business: Business, google: GoogleServer) -> Calendar:
    integrations.set_credentials(business, "google", CREDENTIALS)
    fields = {"hours": WEEK, "provider": "google", "external_id": CREW}
    return add_calendar(business, "Crew G", **fields)
