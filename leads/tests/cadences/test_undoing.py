"""An outcome that is undone leaves the cadence where it was."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.cadences import services
from leads.cadences.carrying import carry_out
from leads.cadences.claiming import claim_due
from leads.dialing.services import block_suppressed, note_ended, note_placed
from leads.enums import DialResult, EnrollmentStatus, StopReason, SuppressionSource
from leads.models import Enrollment, Lead, Outcome
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.services import record_outcome, undo_outcome
from leads.services import is_suppressed, suppress
from leads.tests.cadences.conftest import Clock, MakeCadence, only, touches
from salesdesk.accounts.models import User
from salesdesk.notifications.enums import DeliveryStatus
from salesdesk.notifications.models import Delivery

pytestmark = pytest.mark.django_db

Say = Callable[[str], Outcome]
CALLS = ((10, "rep_call"), (30, "rep_call"))


@pytest.fixture
def say(
    here: Lead,
    rep: User,
    clock: Clock,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Say:
    """The rep says how it came out, with all that follows; so does undoing."""

    def record(key: str) -> Outcome:
        word = next(each for each in dispositions_of(here.business) if each.key == key)
        later = clock.now.replace(hour=23)
        with django_capture_on_commit_callbacks(execute=True):
            outcome = record_outcome(here, word, user=rep, reason="So.", callback_at=later)
        outcome.created_at = clock.now  # the default of the column asks the true clock
        outcome.save(update_fields=["created_at"])
        return outcome

    return record


@pytest.fixture
def undo(
    rep: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Callable[[Outcome], None]:
    def take_back(outcome: Outcome) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            undo_outcome(outcome, by=rep)

    return take_back


def wait_for_rep(lead: Lead, make_cadence: MakeCadence, clock: Clock, *steps: Any) -> None:
    """The first touch is under way."""
    services.enroll(lead, make_cadence(*(steps or CALLS)))
    clock.pass_(hours=1)
    begin_due()


def begin_due() -> None:
    [touch] = claim_due(10)
    carry_out(touch.pk, touch.claims)


def state(lead: Lead) -> tuple[Any, ...]:
    enrollment = Enrollment.objects.get(lead=lead)
    lead.refresh_from_db()
    wish = (lead.wanted_at, lead.wanted_for, lead.stage)
    course = (enrollment.status, enrollment.position, enrollment.stop_reason, enrollment.ended_at)
    return (touches(lead), course, wish)


@pytest.mark.parametrize(
    "key",
    ["talked", "callback", "no_answer", "voicemail", "won", "lost", "opt_out", "wrong_number"],
)
@pytest.mark.parametrize("is_paused", [False, True])
def test_after_undoing_all_is_as_it_was(
    key: str,
    is_paused: bool,
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    wait_for_rep(here, make_cadence, clock)
    if is_paused:
        services.pause(here)
    before = state(here)
    clock.pass_(seconds=5)
    outcome = say(key)
    assert state(here) != before

    clock.pass_(seconds=20)
    undo(outcome)

    assert state(here) == before
    assert not is_suppressed(here.business, here.phone, here.email)
    assert here.events.filter(text__startswith="The cadence goes on").count() == 1


def test_a_touch_that_was_planned_is_planned_again(
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    services.enroll(here, make_cadence(*CALLS))
    due = only(here).due_at
    outcome = say("won")
    assert touches(here) == [("rep_call", "canceled", "")]

    undo(outcome)

    touch = only(here)
    assert (touch.status, touch.due_at, touch.done_at) == ("planned", due, None)


def test_a_call_that_the_opt_out_canceled_is_placed_anew(
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    wait_for_rep(here, make_cadence, clock, (10, "ai_call"))
    outcome = say("opt_out")
    assert [dial.status for dial in here.dials.all()] == ["canceled"]

    undo(outcome)

    assert only(here).status == "planned"
    assert Enrollment.objects.get(lead=here).status == EnrollmentStatus.ACTIVE


@pytest.mark.parametrize("by", ["another entry", "by hand", "another cadence"])
def test_what_stopped_it_otherwise_meanwhile_still_holds(
    by: str,
    here: Lead,
    rep: User,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    wait_for_rep(here, make_cadence, clock)
    outcome = say("no_answer" if by == "by hand" else "callback")
    with django_capture_on_commit_callbacks(execute=True):
        if by == "by hand":
            services.stop(here, StopReason.STAFF, by=rep)
        elif by == "another entry":
            rows = suppress(here.business, phone=here.phone, source=SuppressionSource.CALLER)
            block_suppressed(rows[0])
        else:
            services.enroll(here, make_cadence((5, "rep_call"), name="Other"))

    undo(outcome)

    first = Enrollment.objects.filter(lead=here).earliest("pk")
    assert first.status == EnrollmentStatus.STOPPED


def test_a_step_that_has_begun_by_then_is_not_taken_back(
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    wait_for_rep(here, make_cadence, clock, (10, "rep_call"), (0, "rep_call"))
    outcome = say("no_answer")
    begin_due()

    undo(outcome)

    assert [row[1:] for row in touches(here)] == [("done", "no_answer"), ("waiting", "")]


def test_after_a_message_that_was_tried_the_step_behind_it_stays_planned(
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    wait_for_rep(here, make_cadence, clock, (10, "rep_call"), (0, "sms"), (30, "rep_call"))
    outcome = say("no_answer")
    begin_due()
    before = touches(here)
    assert before[1:] == [("sms", "done", "blocked"), ("rep_call", "planned", "")]

    undo(outcome)

    assert touches(here) == before
    assert not here.events.filter(text__startswith="The cadence goes on").exists()


def test_a_call_that_the_cadence_made_itself_meanwhile_still_counts(
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    services.enroll(here, make_cadence((10, "ai_call"), (30, "rep_call")))
    clock.pass_(minutes=10)
    outcome = say("no_answer")
    begin_due()
    dial = here.dials.get()
    with django_capture_on_commit_callbacks(execute=True):
        note_placed(dial, call_id="c1")
        note_ended(dial, DialResult.NO_ANSWER)
    before = touches(here)
    assert before == [("ai_call", "done", "no_answer"), ("rep_call", "planned", "")]

    undo(outcome)

    assert touches(here) == before
    assert here.dials.count() == 1


def test_a_pause_since_then_holds(
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    wait_for_rep(here, make_cadence, clock)
    outcome = say("no_answer")
    services.pause(here)

    undo(outcome)

    assert Enrollment.objects.get(lead=here).status == EnrollmentStatus.PAUSED
    assert touches(here) == [("rep_call", "waiting", "")]


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (DeliveryStatus.SENT, "sent"),
        (DeliveryStatus.DELIVERED, "sent"),
        (DeliveryStatus.FAILED, "failed"),
        (DeliveryStatus.CANCELED, "failed"),
    ],
)
def test_what_became_of_a_message_meanwhile_is_not_lost(
    status: DeliveryStatus,
    result: str,
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    wait_for_rep(here, make_cadence, clock, (10, "email"), (30, "rep_call"))
    assert touches(here) == [("email", "waiting", "")]
    outcome = say("won")
    Delivery.objects.update(status=status)

    undo(outcome)

    assert touches(here) == [("email", "done", result), ("rep_call", "planned", "")]


def test_a_message_that_is_still_on_its_way_is_waited_for(
    here: Lead,
    make_cadence: MakeCadence,
    clock: Clock,
    say: Say,
    undo: Callable[[Outcome], None],
) -> None:
    wait_for_rep(here, make_cadence, clock, (10, "email"), (30, "rep_call"))
    outcome = say("won")

    undo(outcome)

    assert touches(here) == [("email", "waiting", "")]
