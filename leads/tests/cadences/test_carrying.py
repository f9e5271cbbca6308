"""Due touches: claimed once, carried out once, and what comes back settles them."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from conftest import POSTAL_ADDRESS
from leads import services as leads
from leads import signals
from leads.cadences import services, tasks
from leads.cadences.carrying import carry_out
from leads.cadences.claiming import claim_due
from leads.cadences.services import LEASE, MOST_CLAIMS
from leads.consent import record_consent
from leads.dialing.services import note_answered, note_ended, note_placed
from leads.enums import (
    ConsentKind,
    DialResult,
    DialStatus,
    LeadSource,
    LeadStage,
    StopReason,
    SuppressionSource,
    TouchStatus,
)
from leads.models import Dial, Enrollment, Lead, Touch
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.services import record_outcome
from leads.tests.cadences.conftest import Clock, MakeCadence, only, touches
from leads.visits.appointments import book
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import set_postal_address
from salesdesk.notifications.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Iterator[Any]:
    """A way to do something with all that follows its commit."""
    yield lambda: django_capture_on_commit_callbacks(execute=True)


def begin(lead: Lead, make_cadence: MakeCadence, clock: Clock, *steps: tuple[Any, ...]) -> Touch:
    """The first touch, claimed."""
    services.enroll(lead, make_cadence(*steps))
    clock.pass_(hours=1)
    [touch] = claim_due(10)
    return touch


# ---------------------------------------------------------------- claiming


def test_nothing_is_claimed_before_it_is_due(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    services.enroll(here, make_cadence((10, "rep_call")))
    clock.pass_(minutes=9)
    assert claim_due(10) == []

    clock.pass_(minutes=1)

    [touch] = claim_due(10)
    assert (touch.status, touch.claims, touch.next_at) == ("claimed", 1, clock.now + LEASE)
    assert claim_due(10) == []


def test_a_touch_whose_worker_died_is_taken_up_again(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    dead = begin(here, make_cadence, clock, (10, "rep_call"))
    clock.pass_(seconds=LEASE.total_seconds())

    [again] = claim_due(10)

    assert (again.pk, again.claims) == (dead.pk, 2)
    assert not carry_out(dead.pk, dead.claims)
    assert carry_out(again.pk, again.claims)


def test_what_is_never_carried_out_is_given_up(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    touch = begin(here, make_cadence, clock, (10, "rep_call"))
    Touch.objects.filter(pk=touch.pk).update(claims=MOST_CLAIMS + 1)

    carry_out(touch.pk, MOST_CLAIMS + 1)

    assert touches(here) == [("rep_call", "done", "failed")]


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_claim_each_touch_once(
    business: Business, make_cadence: MakeCadence
) -> None:
    cadence = make_cadence((0, "rep_call"), keeps_hours=False)
    for number in range(60):
        lead = leads.create_lead(business, source=LeadSource.API, first_name=f"Lead {number}")
        services.enroll(lead, cadence)
    Touch.objects.update(next_at=timezone.now() - timedelta(minutes=1))

    def work(_: int) -> list[int]:
        claimed: list[int] = []
        while batch := claim_due(7):
            claimed += [touch.pk for touch in batch]
        connection.close()
        return claimed

    with ThreadPoolExecutor(4) as pool:
        claims = Counter(key for keys in pool.map(work, range(4)) for key in keys)

    assert len(claims) == 60
    assert set(claims.values()) == {1}


def test_claims_read_the_partial_index(business: Business) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM leads_touch WHERE status IN ('planned', 'claimed')"
            " AND next_at <= now() ORDER BY next_at, id LIMIT 100 FOR UPDATE SKIP LOCKED"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "touch_due" in plan
    assert "Sort" not in plan


# ---------------------------------------------------------------- carrying out


def test_a_call_by_a_rep_puts_the_lead_into_the_queue(
    here: Lead, clock: Clock, make_cadence: MakeCadence, now: Any
) -> None:
    touch = begin(here, make_cadence, clock, (10, "rep_call"))
    told: list[dict[str, Any]] = []
    signals.touch_due.connect(listener := lambda **news: told.append(news))

    with now():
        assert carry_out(touch.pk, touch.claims)

    signals.touch_due.disconnect(listener)
    here.refresh_from_db()
    assert (here.wanted_at, here.wanted_for) == (clock.now, "Attempt 1 of the cadence")
    assert touches(here) == [("rep_call", "waiting", "")]
    assert [(news["touch_id"], news["channel"]) for news in told] == [(touch.public_id, "rep_call")]


def test_a_call_by_the_agent_asks_for_a_dial_once(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    touch = begin(here, make_cadence, clock, (10, "ai_call"))

    assert carry_out(touch.pk, touch.claims)
    assert not carry_out(touch.pk, touch.claims)

    dial = Dial.objects.get()
    assert (dial.lead, dial.kind, dial.origin, dial.origin_id) == (
        here,
        "ai",
        "cadence",
        touch.public_id,
    )


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (DialResult.NO_ANSWER, "no_answer"),
        (DialResult.BUSY, "busy"),
        (DialResult.VOICEMAIL, "voicemail"),
        (DialResult.FAILED, "failed"),
    ],
)
def test_what_came_of_a_dial_comes_back(
    here: Lead,
    clock: Clock,
    make_cadence: MakeCadence,
    now: Any,
    result: DialResult,
    expected: str,
) -> None:
    touch = begin(here, make_cadence, clock, (10, "ai_call"), (30, "rep_call"))
    carry_out(touch.pk, touch.claims)
    dial = Dial.objects.get()
    with now():
        note_placed(dial, call_id="abc")
    assert only(here) == touch

    with now():
        note_ended(dial, result)

    assert touches(here) == [("ai_call", "done", expected), ("rep_call", "planned", "")]


def test_a_lead_that_answers_is_not_tried_again(
    here: Lead, clock: Clock, make_cadence: MakeCadence, now: Any
) -> None:
    touch = begin(here, make_cadence, clock, (10, "ai_call"), (30, "rep_call"))
    carry_out(touch.pk, touch.claims)
    dial = Dial.objects.get()

    with now():
        note_answered(dial)
        note_ended(dial, DialResult.ANSWERED)

    assert touches(here) == [("ai_call", "done", "reached")]
    assert Enrollment.objects.get().stop_reason == "reached"


def test_a_stop_cancels_a_call_that_is_queued(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    touch = begin(here, make_cadence, clock, (10, "ai_call"))
    carry_out(touch.pk, touch.claims)

    services.stop(here, StopReason.STAFF)

    assert Dial.objects.get().status == DialStatus.CANCELED
    assert touches(here) == [("ai_call", "canceled", "")]


def test_without_a_number_the_cadence_goes_on(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    Lead.objects.filter(pk=here.pk).update(phone="")
    touch = begin(here, make_cadence, clock, (10, "ai_call"), (30, "email"))

    carry_out(touch.pk, touch.claims)

    assert touches(here) == [("ai_call", "done", "failed"), ("email", "planned", "")]
    assert Touch.objects.get(pk=touch.pk).note == "There is no phone number to call."


# ---------------------------------------------------------------- messages


def test_a_message_is_filled_in_and_sent_once(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    touch = begin(here, make_cadence, clock, (10, "email"))

    carry_out(touch.pk, touch.claims)

    delivery = Delivery.objects.get()
    assert (delivery.to, delivery.subject) == ("maria@example.com", "From Bright Solar")
    text, footer = delivery.text.split("\n\n--\n")
    assert (text, delivery.key) == ("Hello Maria.", f"touch:{touch.public_id}")
    assert footer.startswith(
        f"Bright Solar\n{POSTAL_ADDRESS}\nUnsubscribe: http://localhost:8000/unsubscribe/"
    )
    assert touches(here) == [("email", "waiting", "")]


def test_without_a_postal_address_a_mail_is_left_out_and_the_cadence_goes_on(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    set_postal_address(here.business, "")
    touch = begin(here, make_cadence, clock, (10, "email"), (30, "rep_call"))

    carry_out(touch.pk, touch.claims)

    assert touches(here) == [("email", "done", "blocked"), ("rep_call", "planned", "")]
    assert "needs the business’s postal address" in Touch.objects.get(pk=touch.pk).note
    assert not Delivery.objects.exists()


def test_nobody_is_texted_without_consent(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    touch = begin(here, make_cadence, clock, (10, "sms"), (30, "rep_call"))

    carry_out(touch.pk, touch.claims)

    assert touches(here) == [("sms", "done", "blocked"), ("rep_call", "planned", "")]
    assert "no consent to text messages" in Touch.objects.get(pk=touch.pk).note
    assert not Delivery.objects.exists()


def test_who_agreed_is_texted(here: Lead, clock: Clock, make_cadence: MakeCadence) -> None:
    record_consent(here, ConsentKind.SMS, is_given=True)
    touch = begin(here, make_cadence, clock, (10, "sms"))

    carry_out(touch.pk, touch.claims)

    assert Delivery.objects.get().to == here.phone


@pytest.mark.parametrize(("status", "expected"), [("sent", "sent"), ("failed", "failed")])
def test_what_became_of_a_message_comes_back(
    here: Lead,
    clock: Clock,
    make_cadence: MakeCadence,
    status: str,
    expected: str,
) -> None:
    from salesdesk.notifications.signals import delivery_settled

    touch = begin(here, make_cadence, clock, (10, "email"), (30, "rep_call"))
    carry_out(touch.pk, touch.claims)
    delivery = Delivery.objects.get()
    Delivery.objects.update(status=status)

    for _ in range(2):
        delivery_settled.send(
            None, delivery_id=delivery.public_id, subject_type="touch", subject_id=touch.public_id
        )

    assert touches(here) == [("email", "done", expected), ("rep_call", "planned", "")]


# ---------------------------------------------------------------- what else happens to the lead


@pytest.mark.parametrize(
    ("key", "stopped", "result"),
    [
        ("callback", "callback", ""),
        ("retry", "", "no_answer"),
        ("voicemail", "", "voicemail"),
        ("won", "won", ""),
        ("lost", "lost", ""),
        ("wrong_number", "opted_out", ""),
        ("opt_out", "opted_out", ""),
        ("next", "reached", "reached"),
    ],
)
def test_an_outcome_stops_the_cadence_or_takes_it_on(
    here: Lead,
    clock: Clock,
    make_cadence: MakeCadence,
    rep: User,
    now: Any,
    key: str,
    stopped: str,
    result: str,
) -> None:
    touch = begin(here, make_cadence, clock, (10, "rep_call"), (30, "rep_call"))
    carry_out(touch.pk, touch.claims)
    chosen = next(each for each in dispositions_of(here.business) if each.behaviour == key)
    later = clock.now + timedelta(hours=2) if key == "callback" else None

    with now():
        record_outcome(here, chosen, user=rep, note="Said so.", reason="So.", callback_at=later)

    touch.refresh_from_db()
    assert (Enrollment.objects.get().stop_reason, touch.result) == (stopped, result)
    assert (touch.status == TouchStatus.CANCELED) == (not result)


def test_where_the_cadence_tries_again_nobody_else_does(
    here: Lead, clock: Clock, make_cadence: MakeCadence, rep: User, now: Any
) -> None:
    touch = begin(here, make_cadence, clock, (10, "rep_call"), (30, "ai_call"))
    carry_out(touch.pk, touch.claims)
    busy = next(each for each in dispositions_of(here.business) if each.key == "busy")

    with now():
        record_outcome(here, busy, user=rep)
    here.refresh_from_db()
    assert here.wanted_at is None

    services.stop(here, StopReason.STAFF)
    with now():
        record_outcome(here, busy, user=rep)
    here.refresh_from_db()
    assert here.wanted_at is not None


def test_a_visit_that_is_booked_stops_it(
    here: Lead, clock: Clock, make_cadence: MakeCadence, calendar: object, now: Any
) -> None:
    services.enroll(here, make_cadence((10, "rep_call")))

    with now():
        book(here, start=clock.now + timedelta(days=1), purpose="Roof inspection")

    assert Enrollment.objects.get().stop_reason == "booked"


def test_an_opt_out_stops_it(here: Lead, clock: Clock, make_cadence: MakeCadence, now: Any) -> None:
    services.enroll(here, make_cadence((10, "rep_call")))

    with now():
        leads.suppress(here.business, phone=here.phone, source=SuppressionSource.CALLER)

    assert Enrollment.objects.get().stop_reason == "opted_out"


@pytest.mark.parametrize("stage", [LeadStage.WON, LeadStage.LOST])
def test_a_closed_lead_is_left_in_peace(
    here: Lead, clock: Clock, make_cadence: MakeCadence, now: Any, stage: LeadStage
) -> None:
    services.enroll(here, make_cadence((10, "rep_call")))

    with now():
        leads.update_lead(here, stage=stage)

    assert Enrollment.objects.get().stop_reason == stage.value


# ---------------------------------------------------------------- tasks


def test_each_due_touch_gets_a_task_of_its_own(
    here: Lead, clock: Clock, make_cadence: MakeCadence, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.enroll(here, make_cadence((10, "rep_call")))
    clock.pass_(minutes=10)
    queued: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.carry_out_touch, "delay", lambda *given: queued.append(given))

    tasks.carry_out_due()
    tasks.carry_out_due()

    assert queued == [(only(here).pk, 1)]
    tasks.carry_out_touch(*queued[0])
    assert touches(here) == [("rep_call", "waiting", "")]


def test_results_are_not_waited_for_for_ever(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    touch = begin(here, make_cadence, clock, (10, "ai_call"), (30, "rep_call"))
    carry_out(touch.pk, touch.claims)
    tasks.give_up_waiting()
    assert only(here) == touch
    clock.pass_(hours=2)

    tasks.give_up_waiting()

    assert touches(here) == [("ai_call", "done", "unknown"), ("rep_call", "planned", "")]
