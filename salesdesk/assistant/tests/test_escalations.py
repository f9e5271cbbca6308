"""Requests for a person."""

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from salesdesk.assistant.enums import Urgency
from salesdesk.assistant.escalations import request_person
from salesdesk.assistant.models import EscalationRequest
from salesdesk.assistant.signals import escalation_requested
from salesdesk.assistant.tests.capturing import PHONE, make_thread, news_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

pytestmark = pytest.mark.django_db


def test_a_request_is_put_down_and_told_once(
    business: Business, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    thread, told = make_thread(business), news_of(escalation_requested)
    with django_capture_on_commit_callbacks(execute=True):
        request = request_person(
            thread, "Heat pump  broke down", urgency=Urgency.HIGH, department="Service"
        )
        again = request_person(thread, "heat pump broke down.")

    assert again == request == EscalationRequest.objects.get()
    assert (request.reason, request.urgency, request.department, request.callback_phone) == (
        "Heat pump broke down",
        "high",
        "Service",
        PHONE,
    )
    assert [(each["conversation"], each["request_id"]) for each in told] == [("call1", request.pk)]


def test_another_reason_a_settled_one_and_another_conversation_are_new(business: Business) -> None:
    thread = make_thread(business)
    first = request_person(thread, "Wants a manager")
    other = request_person(thread, "Wants a refund")
    elsewhere = request_person(make_thread(business, "call2"), "Wants a manager")
    EscalationRequest.objects.filter(pk=first.pk).update(settled_at=timezone.now())
    anew = request_person(thread, "Wants a manager")

    assert len({first.pk, other.pk, elsewhere.pk, anew.pk}) == 4


def test_where_to_call_back(business: Business) -> None:
    thread = make_thread(business)

    assert (
        request_person(thread, "a", callback_phone="415 555 0123").callback_phone == "+14155550123"
    )
    with pytest.raises(InvalidInput, match="too many or too few digits"):
        request_person(thread, "b", callback_phone="415 555")
