"""What `simulate_call --scenario opt-out` shows of the product, without the carrier."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from calls import services
from calls.enums import CallStatus
from calls.management.opt_out import OptOutWatch, fresh_number
from calls.models import Call
from conftest import CUSTOMER_NUMBER, MakeCall
from leads.enums import SuppressionSource
from leads.models import Dial, DialDecision
from leads.services import suppress
from salesdesk.businesses.models import Business
from salesdesk.lib.phone import to_e164

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("daytime")]


@pytest.fixture
def call(make_call: MakeCall) -> Call:
    return make_call()


def test_the_number_is_suppressed_in_the_call_and_a_queued_dial_refused(
    call: Call, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    watch = OptOutWatch(call.sid or "")
    watch.look()
    watch.look()  # once is enough
    assert Dial.objects.count() == 1
    assert not watch.is_settled()

    assert call.business is not None
    with django_capture_on_commit_callbacks(execute=True):
        suppress(call.business, phone=CUSTOMER_NUMBER, source=SuppressionSource.CALLER)
    assert watch.is_settled()
    services.advance_call(call, CallStatus.COMPLETED)

    told = watch.result()
    assert (told["number"], told["suppressed"]) == (CUSTOMER_NUMBER, True)
    assert told["suppressed_before_the_end"] is True
    assert told["seconds_before_the_end"] >= 0
    assert told["dial"]["status"] == "blocked"
    line = DialDecision.objects.get()
    assert told["ledger"]["id"] == line.public_id
    assert told["ledger"]["allowed"] is False
    assert "do_not_call_number" in told["ledger"]["reasons"]
    assert "This number must not be called." in told["ledger"]["in_words"]


def test_a_caller_who_did_not_opt_out_is_told_so(call: Call) -> None:
    watch = OptOutWatch(call.sid or "")
    watch.look()
    services.advance_call(call, CallStatus.COMPLETED)
    told = watch.result()
    assert told["suppressed"] is False
    assert (told["dial"]["status"], told["ledger"]) == ("queued", None)


def test_a_call_that_the_product_does_not_know_shows_nothing() -> None:
    watch = OptOutWatch("CA1")
    watch.look()
    assert watch.is_settled()
    assert watch.result() == {}
    assert not Dial.objects.exists()


def test_who_opts_out_is_somebody_new(business: Business) -> None:
    number = fresh_number(business)
    assert to_e164(number) == number
    assert "55501" in number
