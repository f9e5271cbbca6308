"""A lead that calls stops the cadence and the clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.enums import CallStatus
from calls.models import Call
from calls.replies import tell_of_reply
from conftest import CUSTOMER_NUMBER, MakeCall
from leads.cadences.services import enroll
from leads.enums import LeadSource
from leads.models import Enrollment, Lead, SpeedClock
from leads.services import create_lead
from leads.speed.services import start_clock
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(business: Business) -> Lead:
    lead = create_lead(business, source=LeadSource.WEB_FORM, phone=CUSTOMER_NUMBER)
    start_clock(lead, "web_form", at=timezone.now() - timedelta(minutes=5))
    enroll(lead)
    return lead


@pytest.mark.parametrize(
    ("status", "number", "stopped"),
    [
        (CallStatus.COMPLETED, CUSTOMER_NUMBER, True),
        (CallStatus.NO_ANSWER, CUSTOMER_NUMBER, False),
        (CallStatus.COMPLETED, "+14155550123", False),
    ],
)
def test_who_calls_has_replied(
    lead: Lead, make_call: MakeCall, status: CallStatus, number: str, stopped: bool
) -> None:
    call = make_call(status=status, from_number=number)
    if status == CallStatus.NO_ANSWER:
        Call.objects.update(answered_at=None)

    tell_of_reply(call.public_id)

    expected = ("stopped", "replied") if stopped else ("active", "")
    enrollment, clock = Enrollment.objects.get(), SpeedClock.objects.get()
    assert (enrollment.status, enrollment.stop_reason) == expected
    assert clock.contact_how == ("call_in" if stopped else "")
