"""The clock from arrival to first contact: started once, stopped once, and told when it is late."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import services as leads
from leads.contacts import add_contact
from leads.dialing.services import note_answered, note_ended, note_placed, request_dial
from leads.enums import ContactHow, DialResult, LeadStage, SuppressionSource
from leads.models import Lead, SpeedClock
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.services import record_outcome, undo_outcome
from leads.speed import services, tasks
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.notifications.models import Notification

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
Commit = Callable[[], Any]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Commit:
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def clock(lead: Lead) -> SpeedClock:
    services.start_clock(lead, "web_form", at=timezone.now() - timedelta(minutes=3))
    return SpeedClock.objects.get()


def test_the_clock_knows_the_target_of_the_source(lead: Lead) -> None:
    services.change_rules(lead.business, target_minutes=15, targets={"web_form": 5})

    assert services.start_clock(lead, "web_form", at=NOW)

    clock = SpeedClock.objects.get()
    assert (clock.target_minutes, clock.due_at) == (5, NOW + timedelta(minutes=5))


def test_who_comes_again_meanwhile_is_counted_from_the_first_time(lead: Lead) -> None:
    services.start_clock(lead, "web_form", at=NOW)

    assert not services.start_clock(lead, "email", at=NOW + timedelta(hours=1))

    assert SpeedClock.objects.get().arrived_at == NOW


def test_who_comes_again_later_is_counted_anew(lead: Lead) -> None:
    services.start_clock(lead, "web_form", at=NOW)
    services.note_contact(lead, ContactHow.CALL_IN, at=NOW + timedelta(minutes=2))

    assert services.start_clock(lead, "web_form", at=NOW + timedelta(days=30))

    assert SpeedClock.objects.count() == 2


def test_the_first_contact_stops_it_once(lead: Lead, rep: User) -> None:
    services.start_clock(lead, "web_form", at=NOW)
    first, later = NOW + timedelta(minutes=4), NOW + timedelta(minutes=9)

    assert services.note_contact(lead, ContactHow.REP_CALL, at=first, by=rep)
    assert not services.note_contact(lead, ContactHow.AI_CALL, at=later)

    clock = SpeedClock.objects.get()
    assert (clock.first_contact_at, clock.contact_how, clock.contact_by) == (
        first,
        "rep_call",
        rep,
    )


def test_what_was_before_the_arrival_does_not_count(lead: Lead) -> None:
    services.start_clock(lead, "web_form", at=NOW)

    assert not services.note_contact(lead, ContactHow.REP_CALL, at=NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    "values", [{"targets": {"fax": 5}}, {"targets": {"web_form": 0}}, {"targets": {"api": "5"}}]
)
def test_targets_that_cannot_be_are_refused(business: Business, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        services.change_rules(business, **values)


# ---------------------------------------------------------------- news


@pytest.mark.parametrize(
    ("result", "reached"), [(DialResult.ANSWERED, True), (DialResult.VOICEMAIL, False)]
)
def test_a_call_is_an_attempt_and_a_contact_when_a_person_took_it(
    clock: SpeedClock, rep: User, commit: Commit, result: DialResult, reached: bool
) -> None:
    with commit():
        dial = request_dial(clock.lead, kind="rep", user=rep, origin="ready")
        note_placed(dial, call_id="abc")
    clock.refresh_from_db()
    dial.refresh_from_db()
    assert (clock.first_attempt_at, clock.first_contact_at) == (dial.placed_at, None)

    with commit():
        note_answered(dial)
        note_ended(dial, result)

    clock.refresh_from_db()
    dial.refresh_from_db()
    expected = (dial.answered_at, "rep_call", rep) if reached else (None, "", None)
    assert (clock.first_contact_at, clock.contact_how, clock.contact_by) == expected


@pytest.mark.parametrize(
    ("key", "contact", "closed"),
    [
        ("talked", True, False),
        ("no_answer", False, False),
        ("wrong_number", False, True),
        ("lost", True, False),
    ],
)
def test_an_outcome_tells_whether_somebody_was_talked_with(
    clock: SpeedClock, rep: User, commit: Commit, key: str, contact: bool, closed: bool
) -> None:
    chosen = next(each for each in dispositions_of(clock.business) if each.key == key)

    with commit():
        record_outcome(clock.lead, chosen, user=rep, note="So it was.", reason="Too dear")

    clock.refresh_from_db()
    assert (clock.first_contact_at is not None) == contact
    assert (clock.closed_at is not None) == closed


def opt_out(lead: Lead) -> None:
    leads.suppress(lead.business, phone=lead.phone, source=SuppressionSource.CALLER)


def lose(lead: Lead) -> None:
    leads.update_lead(lead, stage=LeadStage.LOST)


@pytest.mark.parametrize("happen", [opt_out, lose])
def test_who_is_given_up_is_not_waited_for(
    clock: SpeedClock, commit: Commit, happen: Callable[[Lead], None]
) -> None:
    with commit():
        happen(clock.lead)

    clock.refresh_from_db()
    assert clock.closed_at is not None


# ---------------------------------------------------------------- missed targets


def test_managers_are_told_of_a_missed_target_once(
    lead: Lead, manager: User, rep: User, outsider: User
) -> None:
    services.start_clock(lead, "web_form", at=NOW)
    assert services.tell_breaches(NOW + timedelta(minutes=14)) == 0

    assert services.tell_breaches(NOW + timedelta(minutes=15)) == 1
    assert services.tell_breaches(NOW + timedelta(minutes=16)) == 0

    told = Notification.objects.select_related("notice", "user").get()
    assert told.user == manager
    assert told.notice.title == "Maria Lopez has waited 15 minutes"
    assert told.notice.url == f"/leads/{lead.public_id}/"


def test_nobody_is_told_of_who_was_reached(clock: SpeedClock, manager: User) -> None:
    services.note_contact(clock.lead, ContactHow.CALL_IN, at=timezone.now())
    SpeedClock.objects.update(due_at=NOW - timedelta(days=30))

    tasks.tell_of_breaches()

    assert not Notification.objects.exists()


@pytest.mark.parametrize("key", ["talked", "won", "opt_out", "wrong_number"])
def test_a_clock_that_an_outcome_stopped_runs_on_when_it_is_undone(
    clock: SpeedClock, lead: Lead, rep: User, commit: Commit, key: str
) -> None:
    word = next(each for each in dispositions_of(lead.business) if each.key == key)
    with commit():
        outcome = record_outcome(lead, word, user=rep, reason="So.")
    assert not SpeedClock.objects.running().exists()

    with commit():
        undo_outcome(outcome, by=rep)

    running = SpeedClock.objects.running().get()
    assert (running.pk, running.contact_how, running.contact_by) == (clock.pk, "", None)


@pytest.mark.parametrize("since", ["lost", "opted out"])
def test_a_clock_stays_stopped_for_who_was_closed_since_the_outcome(
    clock: SpeedClock, lead: Lead, rep: User, manager: User, commit: Commit, since: str
) -> None:
    word = next(each for each in dispositions_of(lead.business) if each.key == "no_answer")
    with commit():
        outcome = record_outcome(lead, word, user=rep)
    with commit():
        if since == "lost":
            leads.update_lead(lead, stage=LeadStage.LOST, by=manager)
        else:
            leads.suppress(lead.business, phone=lead.phone, source=SuppressionSource.CALLER)

    with commit():
        undo_outcome(outcome, by=rep)

    clock.refresh_from_db()
    assert clock.closed_at is not None


def test_a_contact_that_was_no_outcome_stays(
    clock: SpeedClock, lead: Lead, rep: User, commit: Commit
) -> None:
    services.note_contact(lead, ContactHow.CALL_IN, at=timezone.now())
    word = next(each for each in dispositions_of(lead.business) if each.key == "talked")
    with commit():
        outcome = record_outcome(lead, word, user=rep)
    with commit():
        undo_outcome(outcome, by=rep)
    assert SpeedClock.objects.get().contact_how == ContactHow.CALL_IN


@pytest.mark.parametrize(
    ("named", "closes"),
    [
        ({"email": "maria@example.com"}, False),
        ({"phone": "+14155550124"}, True),
        ({"company": "Acme Roofing, Inc."}, True),
    ],
)
def test_it_is_closed_when_nobody_may_call_any_more(
    lead: Lead, clock: SpeedClock, commit: Commit, named: dict[str, Any], closes: bool
) -> None:
    leads.update_lead(lead, email="maria@example.com", company="Acme Roofing")
    add_contact(lead, name="Maria", phone="+14155550124", is_lead=True)

    with commit():
        leads.suppress(lead.business, source=SuppressionSource.CALLER, **named)

    clock.refresh_from_db()
    assert (clock.closed_at is not None) is closes
