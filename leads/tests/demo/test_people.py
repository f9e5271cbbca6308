"""What the demo business begins with."""

from collections.abc import Callable

import pytest

from leads.demo.people import CREWS, LEADS, load_demo
from leads.models import Appointment, Calendar, Lead, LeadEvent
from leads.services import is_suppressed
from leads.tests.conftest import NOW
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db


def test_the_reps_have_calendars_and_the_leads_a_history(business: Business, rep: User) -> None:
    assert load_demo(business, now=NOW)
    calendar = Calendar.objects.get(business=business)
    assert (calendar.name, calendar.user) == ("Ray", rep)
    assert Lead.objects.count() == len(LEADS)
    told = dict(Appointment.objects.values_list("lead__last_name", "status"))
    assert told == {"Becker": "booked", "Nair": "confirmed"}
    assert Lead.objects.get(last_name="Nair").stage == "proposal"
    assert is_suppressed(business, Lead.objects.get(last_name="Ortega").phone)
    assert all(lead.events.count() >= 2 for lead in Lead.objects.all())


def test_loading_again_changes_nothing(business: Business) -> None:
    load_demo(business, now=NOW)
    Lead.objects.filter(last_name="Hill").delete()
    count = LeadEvent.objects.count()
    assert not load_demo(business, now=NOW)
    assert (Lead.objects.count(), LeadEvent.objects.count()) == (len(LEADS) - 1, count)


def test_without_reps_there_are_crews(make_business: Callable[..., Business]) -> None:
    business = make_business("Lonely")
    load_demo(business, now=NOW)
    assert tuple(business.calendars.values_list("name", flat=True)) == CREWS


def test_it_loads_on_any_day(business: Business) -> None:
    assert load_demo(business)
    assert Appointment.objects.count() == 2
