"""What a rep who is ready gets, does, and is told."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.consent import record_consent
from leads.dialing import services as dialing
from leads.enums import (
    ConsentKind,
    DialResult,
    DialStatus,
    LeadSource,
    LeadStage,
    ReservationState,
    SessionState,
    SuppressionSource,
)
from leads.models import (
    Dial,
    DialDecision,
    Lead,
    Outcome,
    ReadySession,
    Reservation,
    SpeedClock,
)
from leads.outcomes.defaults import dispositions_of
from leads.ready import queue, services, sessions, tasks
from leads.ready.figures import day_of
from leads.services import suppress
from leads.speed.services import start_clock
from leads.tests.ready.conftest import AddLead, ago
from leads.visits.appointments import add_calendar
from salesdesk.accounts.enums import Availability
from salesdesk.accounts.models import User
from salesdesk.accounts.services import rep_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotAllowed, NotConfigured

pytestmark = pytest.mark.django_db


def offered(session: ReadySession) -> Reservation:
    reservation = services.next_lead(session)
    assert reservation is not None
    return reservation


def again(row: Any) -> Any:
    row.refresh_from_db()
    return row


def finish(reservation: Reservation, key: str = "talked", **told: Any) -> Outcome:
    words = dispositions_of(reservation.business)
    return services.finish(reservation, next(each for each in words if each.key == key), **told)


@pytest.fixture
def called(session: ReadySession, add_lead: AddLead) -> Reservation:
    """A lead that is being called."""
    add_lead("Ana")
    reservation = offered(session)
    services.call(reservation)
    return reservation


def dial_of(reservation: Reservation) -> Dial:
    return Dial.objects.get(origin_id=reservation.public_id)


# ---------------------------------------------------------------- getting a lead


def test_the_due_lead_that_ranks_highest_comes_first(
    session: ReadySession, add_lead: AddLead
) -> None:
    add_lead("Low", rank=1)
    high = add_lead("High", rank=3)
    add_lead("Later", rank=9, minutes=30)

    reservation = offered(session)

    assert reservation.lead == high
    assert (reservation.state, reservation.wanted_for) == ("offered", "New lead")


def test_a_callback_that_the_rep_promised_comes_before_all(
    session: ReadySession, add_lead: AddLead, rep: User
) -> None:
    add_lead("High", rank=99)
    promised = add_lead("Promised", rep=rep)

    assert offered(session).lead == promised


def test_somebody_elses_callback_waits_for_them_a_while(
    session: ReadySession, add_lead: AddLead, rita: User
) -> None:
    promised = add_lead("Promised", rep=rita, minutes=-5)
    assert services.next_lead(session) is None

    Lead.objects.filter(pk=promised.pk).update(wanted_at=ago(minutes=16))
    assert offered(session).lead == promised


def test_asking_again_gives_the_same_lead(session: ReadySession, add_lead: AddLead) -> None:
    add_lead("Ana")
    add_lead("Bo")

    assert offered(session) == offered(session)


def test_nobody_else_gets_a_reserved_lead(
    session: ReadySession, add_lead: AddLead, rita: User, business: Business
) -> None:
    add_lead("Ana")
    offered(session)

    assert services.next_lead(sessions.start(rita, business)) is None


def test_leads_of_another_business_are_never_offered(
    session: ReadySession, add_lead: AddLead, other_business: Business
) -> None:
    lead = add_lead("Ana")
    Lead.objects.filter(pk=lead.pk).update(business=other_business)

    assert services.next_lead(session) is None


def test_who_may_not_be_called_is_passed_over_and_leaves_the_queue(
    session: ReadySession, add_lead: AddLead
) -> None:
    peace = add_lead("Peace", rank=9)
    allowed = add_lead("Allowed")
    suppress(peace.business, phone=peace.phone, source=SuppressionSource.STAFF)

    assert offered(session).lead == allowed
    assert again(peace).wanted_at is None


def test_where_it_is_night_the_lead_is_put_off_to_its_morning(
    session: ReadySession, add_lead: AddLead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leads.gate.clock.now", lambda: timezone.now().replace(hour=9, minute=0))
    lead = add_lead("Asleep")
    before = lead.wanted_at
    assert before is not None

    assert services.next_lead(session) is None
    assert again(lead).wanted_at > before + timedelta(minutes=5)


def test_when_all_dialling_is_paused_leads_stay_where_they_are(
    session: ReadySession, add_lead: AddLead, business: Business
) -> None:
    lead = add_lead("Ana")
    business.numbers.update(is_active=False)

    assert services.next_lead(session) is None
    assert again(lead).wanted_at == lead.wanted_at


def test_a_lead_that_was_given_back_is_not_offered_to_the_same_rep_again_soon(
    session: ReadySession, add_lead: AddLead, rita: User, business: Business
) -> None:
    lead = add_lead("Ana")
    services.skip(offered(session))

    assert services.next_lead(session) is None
    assert offered(sessions.start(rita, business)).lead == lead


def test_a_chosen_lead_replaces_the_offered_one(session: ReadySession, add_lead: AddLead) -> None:
    add_lead("High", rank=9)
    wish = add_lead("Wish", minutes=60)
    first = offered(session)

    assert services.take_lead(session, wish).lead == wish
    assert again(first).state == ReservationState.RELEASED
    assert services.take_lead(session, wish).lead == wish


def test_a_lead_that_another_rep_has_cannot_be_taken(
    session: ReadySession, add_lead: AddLead, rita: User, business: Business
) -> None:
    lead = add_lead("Ana")
    offered(session)

    with pytest.raises(Conflict, match="Somebody else"):
        services.take_lead(sessions.start(rita, business), lead)


@pytest.mark.django_db(transaction=True)
def test_many_reps_at_once_each_get_a_lead_of_their_own(
    business: Business, add_lead: AddLead, many_sessions: Callable[[int], list[ReadySession]]
) -> None:
    for number in range(8):
        add_lead(f"Lead {number}")
    ready = many_sessions(8)
    got: list[int | None] = []
    start = threading.Barrier(len(ready))

    def ask(session: ReadySession) -> None:
        try:
            start.wait(timeout=30)
            reservation = services.next_lead(session)
            got.append(reservation.lead_id if reservation else None)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(session,)) for session in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(got) == 8
    assert None not in got
    assert len(set(got)) == 8


# ---------------------------------------------------------------- calling


def test_calling_twice_is_one_dial(called: Reservation) -> None:
    with pytest.raises(Conflict):
        services.call(called)

    dial = dial_of(called)
    assert (dial.kind, dial.origin, dial.user, dial.lead) == (
        "rep",
        "ready",
        called.user,
        called.lead,
    )


def test_without_a_phone_nobody_can_be_connected(
    rita: User, business: Business, add_lead: AddLead
) -> None:
    add_lead("Ana")
    reservation = offered(sessions.start(rita, business))

    with pytest.raises(NotConfigured):
        services.call(reservation)
    assert again(reservation).state == ReservationState.OFFERED


def test_the_dial_tells_the_reservation_where_it_is(called: Reservation) -> None:
    dial = dial_of(called)
    dialing.note_placed(dial, call_id="call1")
    dialing.note_answered(dial)
    services.note_dial(again(dial))
    assert (again(called).conversation, called.state) == ("call1", "calling")
    assert called.answered_at is not None

    dialing.note_ended(dial, DialResult.ANSWERED)
    services.note_dial(again(dial))
    assert (again(called).state, called.result) == ("wrap_up", "answered")
    assert called.expires_at is not None


def test_a_lead_who_is_not_reached_leaves_a_suggestion(called: Reservation) -> None:
    dial = dial_of(called)
    dialing.note_ended(dial, DialResult.BUSY)
    services.note_dial(again(dial))

    assert services.SUGGESTED[again(called).result] == "busy"


def test_a_rep_whose_phone_was_not_answered_may_try_again(called: Reservation) -> None:
    dial = dial_of(called)
    dialing.note_ended(dial, DialResult.FAILED, error="Your phone was not answered.")
    services.note_dial(again(dial))

    assert (again(called).state, called.problem) == ("offered", "Your phone was not answered.")
    services.call(called)
    assert Dial.objects.filter(origin_id=called.public_id).count() == 2


def test_a_dial_that_the_gate_refuses_brings_the_next_lead(
    called: Reservation, add_lead: AddLead
) -> None:
    other = add_lead("Bo")
    suppress(called.business, phone=called.lead.phone, source=SuppressionSource.CALLER)
    dial = dialing.claim_dial(dial_of(called).public_id)
    assert dial is not None
    assert not dialing.ask_gate(dial).allowed
    services.note_dial(again(dial))

    assert (again(called).state, called.problem) == ("released", "This number must not be called.")
    held = services.current(called.session)
    assert held is not None
    assert held.lead == other


def test_news_that_come_late_change_nothing(called: Reservation) -> None:
    dial = dial_of(called)
    dialing.note_ended(dial, DialResult.NO_ANSWER)
    services.note_dial(again(dial))
    finish(called, "no_answer")
    services.note_dial(again(dial))

    assert again(called).state == ReservationState.DONE


def test_ones_own_phone_dials_only_what_the_gate_allows(
    session: ReadySession, add_lead: AddLead
) -> None:
    allowed = add_lead("Ana", rank=2)
    refused = add_lead("Bo", rank=1)
    first = offered(session)

    assert services.call_by_own_phone(first) == f"tel:{allowed.phone}"
    assert again(first).state == ReservationState.WRAP_UP
    dial = Dial.objects.get()
    assert (dial.kind, dial.origin, dial.origin_id) == ("rep", "ready", first.public_id)
    assert (dial.status, dial.result, dial.user) == (DialStatus.PLACED, "", session.user)
    finish(first)
    assert (again(dial).status, dial.result) == (DialStatus.ENDED, DialResult.ANSWERED)
    second = offered(session)
    suppress(refused.business, phone=refused.phone, source=SuppressionSource.STAFF)
    assert services.call_by_own_phone(second) == ""
    assert again(second).state == ReservationState.RELEASED
    ledger = DialDecision.objects.order_by("pk").values_list("phone", "allowed")
    assert list(ledger) == [(allowed.phone, True), (refused.phone, False)]


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("voicemail", "voicemail"),
        ("busy", "busy"),
        ("no_answer", "no_answer"),
        ("wrong_number", ""),
        ("no_outcome", ""),
    ],
)
def test_the_outcome_tells_how_ones_own_phone_got_on(
    session: ReadySession, add_lead: AddLead, key: str, result: str
) -> None:
    add_lead("Ana")
    reservation = offered(session)
    services.call_by_own_phone(reservation)
    finish(reservation, key)

    dial = Dial.objects.get()
    assert (dial.status, dial.result) == (DialStatus.ENDED, result)


def test_undo_lets_ones_own_phone_have_got_on_otherwise(
    session: ReadySession, add_lead: AddLead
) -> None:
    add_lead("Ana")
    reservation = offered(session)
    services.call_by_own_phone(reservation)
    finish(reservation, "talked")

    services.undo(session)
    dial = Dial.objects.get()
    assert (dial.status, dial.result, dial.ended_at) == (DialStatus.PLACED, "", None)
    finish(reservation, "no_answer")

    assert (again(dial).status, dial.result) == (DialStatus.ENDED, DialResult.NO_ANSWER)
    assert dial.ended_at is not None


def test_undo_leaves_a_call_of_which_the_carrier_told_as_it_was(called: Reservation) -> None:
    dial = dial_of(called)
    dialing.note_placed(dial, call_id="call1")
    dialing.note_ended(dial, DialResult.ANSWERED)
    services.note_dial(again(dial))
    finish(called)

    services.undo(called.session)

    assert (again(dial).status, dial.result) == (DialStatus.ENDED, DialResult.ANSWERED)


@pytest.mark.parametrize("key", ["talked", "wrong_number", "opt_out", "lost"])
def test_undo_sets_the_clock_of_the_arrival_going_again(
    key: str,
    session: ReadySession,
    add_lead: AddLead,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    start_clock(add_lead("Ana"), LeadSource.WEB_FORM, at=ago(minutes=3))
    reservation = offered(session)
    services.call_by_own_phone(reservation)
    with django_capture_on_commit_callbacks(execute=True):
        finish(reservation, key, reason="No roof")
    assert not SpeedClock.objects.running().exists()

    with django_capture_on_commit_callbacks(execute=True):
        services.undo(session)

    assert SpeedClock.objects.running().count() == 1


def test_who_was_not_at_the_phone_gets_the_callback_they_promised_all_the_same(
    session: ReadySession, add_lead: AddLead, rep: User
) -> None:
    promised = add_lead("Promised", rep=rep)
    dial = services.call(offered(session))
    dialing.note_ended(dial, DialResult.NOT_TAKEN, error="No key was pressed.")
    services.note_dial(again(dial))

    assert services.next_lead(session) is None
    assert offered(sessions.start(rep, session.business)).lead == promised


def test_a_rep_who_hangs_up_before_anything_rings_is_told_so(called: Reservation) -> None:
    dial = dial_of(called)
    dialing.cancel_dial(dial)
    services.note_dial(again(dial))

    assert (again(called).state, called.problem) == ("offered", services.ENDED_UNDIALLED)


def test_news_of_an_answer_that_come_after_those_of_the_end_keep_the_result(
    called: Reservation,
) -> None:
    dial = dial_of(called)
    dialing.note_answered(dial)
    late = Dial.objects.get(pk=dial.pk)
    dialing.note_ended(dial, DialResult.VOICEMAIL)
    told: list[bool] = []

    def overtake(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "leads_reservation"') and not told:
            told.append(True)
            services.note_dial(again(dial))
        return execute(sql, *rest)

    with connection.execute_wrapper(overtake):
        services.note_dial(late)

    assert told
    assert (again(called).state, called.result) == ("wrap_up", "voicemail")


# ---------------------------------------------------------------- who is left in peace


@pytest.mark.parametrize(
    ("kind", "is_taken"), [(ConsentKind.CALL, True), (ConsentKind.AI_VOICE, False)]
)
def test_a_lead_that_agrees_to_no_calls_any_more_is_not_offered_on(
    kind: ConsentKind,
    is_taken: bool,
    session: ReadySession,
    add_lead: AddLead,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    add_lead("Ana", rank=2)
    other = add_lead("Bo", rank=1)
    reservation = offered(session)
    with django_capture_on_commit_callbacks(execute=True):
        record_consent(reservation.lead, kind, is_given=False, wording="No more.")

    assert again(reservation).state == ("released" if is_taken else "offered")
    held = services.current(session)
    assert held is not None
    assert (held.lead == other) is is_taken
    assert (again(reservation.lead).wanted_at is None) is is_taken


@pytest.mark.parametrize("is_called", [False, True])
def test_a_lead_that_opts_out_is_not_offered_on_but_a_call_is_finished(
    is_called: bool,
    session: ReadySession,
    add_lead: AddLead,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    add_lead("Ana")
    reservation = offered(session)
    if is_called:
        services.call_by_own_phone(reservation)
    with django_capture_on_commit_callbacks(execute=True):
        phone = reservation.lead.phone
        suppress(session.business, phone=phone, source=SuppressionSource.CALLER)

    assert again(reservation).state == ("wrap_up" if is_called else "released")
    assert (services.current(session) is None) is not is_called


def test_a_rep_who_is_not_at_the_phone_is_paused_and_the_lead_is_free(
    session: ReadySession, add_lead: AddLead, rita: User
) -> None:
    lead = add_lead("Ana")
    reservation = offered(session)
    dial = services.call(reservation)
    dialing.note_ended(dial, DialResult.NOT_TAKEN, error="No key was pressed.")
    services.note_dial(again(dial))

    assert (again(reservation).state, reservation.called_at) == (ReservationState.RELEASED, None)
    assert reservation.problem == "No key was pressed."
    assert (again(session).state, session.why) == ("paused", services.NOT_AT_PHONE)
    other = services.next_lead(sessions.start(rita, lead.business))
    assert other is not None
    assert other.lead == lead


def test_a_machine_is_shown_while_the_call_goes_on(
    session: ReadySession, add_lead: AddLead
) -> None:
    add_lead("Ana")
    reservation = offered(session)
    dial = services.call(reservation)
    for tell in (dialing.note_answered, dialing.note_machine):
        tell(dial)
        services.note_dial(again(dial))

    assert (again(reservation).state, reservation.result) == ("calling", "voicemail")


# ---------------------------------------------------------------- outcome


def test_an_outcome_frees_the_rep_for_the_next_lead(called: Reservation, add_lead: AddLead) -> None:
    add_lead("Bo")
    outcome = finish(called, note="Will think about it")

    assert (again(called).state, called.outcome) == ("done", outcome)
    assert offered(called.session).lead.first_name == "Bo"


def test_an_outcome_is_set_once(called: Reservation) -> None:
    finish(called)

    with pytest.raises(Conflict):
        finish(called, "won")
    assert called.lead.outcomes.count() == 1
    assert again(called.lead).stage == LeadStage.CONTACTED


def test_what_was_not_called_has_no_outcome(session: ReadySession, add_lead: AddLead) -> None:
    lead = add_lead("Ana")

    with pytest.raises(Conflict):
        finish(offered(session))
    assert not lead.outcomes.exists()


def test_undo_opens_the_outcome_again_and_gives_back_what_is_offered(
    called: Reservation, add_lead: AddLead
) -> None:
    add_lead("Bo")
    finish(called, "won")
    following = offered(called.session)

    assert services.undo(called.session) == called
    assert (again(called).state, called.outcome) == ("wrap_up", None)
    assert again(following).state == ReservationState.RELEASED
    assert again(called.lead).stage == LeadStage.NEW
    finish(called, "lost", reason="No roof")


def test_undo_waits_until_the_next_call_is_over(called: Reservation, add_lead: AddLead) -> None:
    add_lead("Bo")
    finish(called)
    services.call(offered(called.session))

    with pytest.raises(Conflict, match="first"):
        services.undo(called.session)
    assert again(called).state == ReservationState.DONE


def test_booking_the_same_time_twice_books_once(called: Reservation, business: Business) -> None:
    week = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    add_calendar(business, "Crew", hours=week)
    day = timezone.now().astimezone(business.tz) + timedelta(days=7)
    start = (day - timedelta(days=day.weekday())).replace(
        hour=10, minute=0, second=0, microsecond=0
    )

    assert services.book(called, start) == services.book(called, start)
    assert called.lead.appointments.count() == 1


# ---------------------------------------------------------------- once


def test_an_action_is_done_once_under_its_key(rep: User) -> None:
    done: list[int] = []

    assert services.act_once(rep, "key-0001", lambda: done.append(1))
    assert not services.act_once(rep, "key-0001", lambda: done.append(2))
    assert done == [1]


def test_a_refused_action_leaves_its_key_free(rep: User) -> None:
    def refuse() -> None:
        raise Conflict("Not now.")

    with pytest.raises(Conflict):
        services.act_once(rep, "key-0001", refuse)
    assert services.act_once(rep, "key-0001", lambda: None)


@pytest.mark.parametrize("key", ["", "short", "x" * 65])
def test_an_action_needs_a_key(rep: User, key: str) -> None:
    with pytest.raises(InvalidInput):
        services.act_once(rep, key, lambda: None)


# ---------------------------------------------------------------- sessions


def test_being_ready_makes_the_rep_available(session: ReadySession, rep: User) -> None:
    profile = rep_of(rep, session.business_id)
    assert profile.availability == Availability.AVAILABLE

    sessions.pause(session)
    assert again(profile).availability == Availability.BUSY
    assert sessions.start(rep, session.business) == session
    sessions.stop(session)
    assert again(profile).availability == Availability.AWAY
    assert sessions.session_of(rep, session.business) is None


@pytest.mark.parametrize("visitor", ["auditor", "outsider", "superuser"])
def test_who_is_no_rep_of_the_business_cannot_be_ready(
    visitor: str, business: Business, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        sessions.start(request.getfixturevalue(visitor), business)
    assert not ReadySession.objects.exists()


def test_a_pause_gives_back_what_is_only_offered(session: ReadySession, add_lead: AddLead) -> None:
    add_lead("Ana")
    reservation = offered(session)
    sessions.pause(session)

    assert again(reservation).state == ReservationState.RELEASED
    assert services.next_lead(session) is None


def test_a_call_is_finished_in_a_pause_but_not_in_a_stop(called: Reservation) -> None:
    with pytest.raises(Conflict):
        sessions.stop(called.session)

    sessions.pause(called.session)
    assert again(called).state == ReservationState.CALLING
    finish(called)
    assert services.next_lead(called.session) is None


def test_somebody_who_went_away_is_paused(session: ReadySession) -> None:
    sessions.note_seen(session, idle_seconds=599)
    assert again(session).state == SessionState.READY

    sessions.note_seen(session, idle_seconds=601)
    assert (again(session).state, session.why) == ("paused", sessions.IDLE)


def test_who_thinks_over_an_outcome_is_not_away(called: Reservation) -> None:
    sessions.note_seen(called.session, idle_seconds=5_000)

    assert again(called.session).state == SessionState.READY


# ---------------------------------------------------------------- time


def test_an_offer_that_nobody_takes_goes_back_and_pauses_the_rep(
    session: ReadySession, add_lead: AddLead, rita: User, business: Business
) -> None:
    lead = add_lead("Ana")
    reservation = offered(session)
    Reservation.objects.update(expires_at=ago(seconds=1))

    tasks.tend()

    assert again(reservation).state == ReservationState.EXPIRED
    assert (again(session).state, session.why) == ("paused", sessions.NOT_CALLED)
    assert offered(sessions.start(rita, business)).lead == lead


def test_where_nobody_says_how_it_came_out_that_is_noted(called: Reservation) -> None:
    dialing.note_ended(dial_of(called), DialResult.ANSWERED)
    services.note_dial(dial_of(called))
    Reservation.objects.update(expires_at=ago(seconds=1))

    tasks.tend()

    outcome = again(called).outcome
    assert (outcome.disposition.key, outcome.is_automatic) == ("no_outcome", True)
    assert again(called.lead).wanted_at is not None
    assert called.lead.events.filter(kind="outcome", text="No outcome set.").exists()
    assert again(called.session).why == sessions.NO_OUTCOME_SET


def test_a_page_that_is_gone_gives_back_its_offer_but_keeps_its_call(
    session: ReadySession, add_lead: AddLead
) -> None:
    add_lead("Ana")
    reservation = offered(session)
    ReadySession.objects.update(seen_at=ago(seconds=91))
    services.call(reservation)
    tasks.tend()
    assert again(session).state == SessionState.READY

    finish(reservation)
    tasks.tend()
    assert (again(session).state, session.why) == ("paused", sessions.LOST)


def test_a_long_pause_ends(session: ReadySession) -> None:
    sessions.pause(session)
    ReadySession.objects.update(seen_at=ago(hours=3))

    tasks.tend()

    assert again(session).state == SessionState.ENDED


def test_the_rep_who_waits_longest_gets_the_lead(
    session: ReadySession, add_lead: AddLead, rita: User, business: Business
) -> None:
    ReadySession.objects.update(waiting_since=ago(minutes=1))
    longer = sessions.start(rita, business)
    ReadySession.objects.filter(pk=longer.pk).update(waiting_since=ago(minutes=9))
    add_lead("Ana")

    tasks.offer(business.pk)

    assert services.current(longer) is not None
    assert services.current(session) is None


# ---------------------------------------------------------------- figures


def test_the_day_in_figures(called: Reservation, add_lead: AddLead, rep: User) -> None:
    dial = dial_of(called)
    dialing.note_answered(dial)
    Dial.objects.filter(pk=dial.pk).update(answered_at=ago(seconds=125))
    dialing.note_ended(dial, DialResult.ANSWERED)
    services.note_dial(again(dial))
    finish(called, "appointment")
    add_lead("Bo")
    second = offered(called.session)
    services.call(second)
    finish(second, "no_answer")

    day = day_of(rep, called.business)

    assert (day.calls, day.reached, day.appointments) == (2, 1, 1)
    assert day.talk == "2:05 min"
    assert day.outcomes == [("Appointment booked", 1), ("No answer", 1)]


def test_how_many_wait(session: ReadySession, add_lead: AddLead, rita: User) -> None:
    add_lead("Ana")
    add_lead("Later", minutes=5)
    add_lead("Hers", rep=rita)

    assert queue.waiting_in(session, timezone.now()) == 1
