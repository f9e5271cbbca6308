"""Consent that is withdrawn stops what was planned or queued by that way, at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import signals
from leads.cadences import services as cadences
from leads.consent import barred_ways, record_consent
from leads.dialing.services import note_placed, request_dial
from leads.enums import (
    ConsentKind,
    ContactKind,
    DialKind,
    DialOrigin,
    DialStatus,
    MemberStatus,
)
from leads.models import Dial, Enrollment, Lead
from leads.ready.wanting import want_call
from leads.tests.cadences.conftest import Clock, MakeCadence, touches
from leads.tests.cadences.conftest import clock as clock
from leads.tests.cadences.conftest import here as here
from leads.tests.cadences.conftest import make_cadence as make_cadence
from leads.tests.campaigns.made import member_of, started
from salesdesk.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_gate")]
CALL, AI, SMS, EMAIL = ConsentKind.CALL, ConsentKind.AI_VOICE, ConsentKind.SMS, ConsentKind.EMAIL


@pytest.fixture
def withdraw(here: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    def put_down(kind: ConsentKind, **values: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            record_consent(here, kind, is_given=False, wording="No more.", **values)
        here.refresh_from_db()

    return put_down


@pytest.mark.parametrize(
    ("kind", "by_agent", "by_rep"),
    [(CALL, "blocked", "blocked"), (AI, "blocked", "queued"), (SMS, "queued", "queued")],
)
def test_queued_dials_are_refused_with_a_line_in_the_ledger(
    kind: ConsentKind, by_agent: str, by_rep: str, here: Lead, rep: User, withdraw: Any
) -> None:
    how: dict[str, Any] = {"origin": DialOrigin.MANUAL, "user": rep}
    dials = [request_dial(here, kind=each, **how) for each in (DialKind.AI, DialKind.REP)]

    withdraw(kind)

    for dial, status in zip(dials, (by_agent, by_rep), strict=True):
        dial.refresh_from_db()
        assert dial.status == status
        assert (dial.decision is not None) == (status == "blocked")
        if dial.decision:
            assert "consent_withdrawn" in dial.decision.reasons


@pytest.mark.parametrize(("kind", "is_wanted"), [(CALL, False), (AI, True), (EMAIL, True)])
def test_no_rep_is_asked_to_call_who_wants_no_calls(
    kind: ConsentKind, is_wanted: bool, here: Lead, withdraw: Any
) -> None:
    want_call(here, why="New lead")
    withdraw(kind)
    assert (here.wanted_at is not None) is is_wanted


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        (AI, [("ai_call", "done", "blocked"), ("rep_call", "planned", "")]),
        (CALL, [("ai_call", "done", "blocked"), ("sms", "planned", "")]),
        (SMS, [("ai_call", "planned", "")]),
    ],
)
def test_a_cadence_goes_on_by_the_ways_that_are_left(
    kind: ConsentKind,
    left: list[tuple[str, str, str]],
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    withdraw: Any,
) -> None:
    cadences.enroll(here, make_cadence((10, "ai_call"), (30, "rep_call"), (30, "sms")))
    withdraw(kind)
    rows = touches(here)
    assert [row for row in rows if row[0] != "rep_call" or kind == AI] == left


def test_a_cadence_without_another_way_is_stopped(
    here: Lead, make_cadence: MakeCadence, clock: Clock, withdraw: Any
) -> None:
    cadences.enroll(here, make_cadence((10, "ai_call"), (30, "rep_call")))
    withdraw(AI)
    assert Enrollment.objects.get().status == "active"
    withdraw(CALL)
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.stop_reason) == ("stopped", "opted_out")


def test_a_call_that_rings_already_goes_on(
    here: Lead, make_cadence: MakeCadence, clock: Clock, withdraw: Any
) -> None:
    cadences.enroll(here, make_cadence((10, "ai_call"), (30, "rep_call")))
    touch = here.touches.get()
    here.touches.update(status="waiting")
    dial = request_dial(
        here, kind=DialKind.AI, origin=DialOrigin.CADENCE, origin_id=touch.public_id
    )
    note_placed(dial, call_id="c1")
    withdraw(AI)
    assert Dial.objects.get().status == DialStatus.PLACED
    assert touches(here) == [("ai_call", "waiting", "")]


@pytest.mark.parametrize(
    ("kind", "status"),
    [(AI, MemberStatus.BARRED), (CALL, MemberStatus.BARRED), (SMS, MemberStatus.WAITING)],
)
def test_campaigns_leave_out_who_wants_no_ai_voice(
    kind: ConsentKind, status: MemberStatus, here: Lead, manager: User, withdraw: Any
) -> None:
    campaign = started(here.business, manager)
    withdraw(kind)
    member = member_of(campaign, here)
    assert member.status == status
    assert bool(member.settled_at) is (status == MemberStatus.BARRED)


def test_an_older_withdrawal_put_down_later_stops_nothing(
    here: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, withdraw: Any
) -> None:
    heard: list[str] = []

    def note(kind: str, **_: Any) -> None:
        heard.append(kind)

    signals.consent_withdrawn.connect(note)
    record_consent(here, SMS, is_given=True, wording="Yes.")
    withdraw(SMS, at=timezone.now() - timedelta(days=9))
    withdraw(EMAIL)
    signals.consent_withdrawn.disconnect(note)
    assert heard == ["email"]
    assert barred_ways(here) == {ContactKind.EMAIL}
