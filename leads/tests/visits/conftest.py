"""An appointment that customers are written to about."""

import pytest

from leads.models import Appointment, Calendar, Lead
from leads.services import update_lead
from leads.tests.conftest import NOW, at
from leads.visits.appointments import book


@pytest.fixture
def reachable(lead: Lead) -> Lead:
    """Has a number and an address."""
    return update_lead(lead, email="maria@example.com", address="12 Elm Street")


@pytest.fixture
def visit(reachable: Lead, calendar: Calendar) -> Appointment:
    """On Tuesday at three in the afternoon, booked on Friday morning."""
    return book(reachable, at(reachable.business, "15:00"), purpose="Roof inspection", now=NOW)
