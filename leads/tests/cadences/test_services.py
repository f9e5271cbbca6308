"""Who is in a cadence: begun, paused, stopped, and taken from step to step."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from leads import services as leads
from leads.cadences import answers, services
from leads.cadences.usual import STEPS, default_cadence
from leads.enums import (
    EnrollmentStatus,
    LeadSource,
    LeadStage,
    StopReason,
    SuppressionSource,
    TouchResult,
    TouchStatus,
)
from leads.models import Cadence, Contact, Enrollment, Lead
from leads.tests.cadences.conftest import MONDAY, Clock, MakeCadence, only, touches
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

pytestmark = pytest.mark.django_db


def test_a_lead_is_put_in_and_its_first_touch_planned(
    here: Lead, clock: Clock, make_cadence: MakeCadence, rep: User
) -> None:
    enrollment = services.enroll(here, make_cadence((10, "rep_call")), by=rep)

    touch = only(here)
    assert (touch.due_at, touch.next_at) == (MONDAY + timedelta(minutes=10),) * 2
    assert (touch.enrollment, touch.status) == (enrollment, TouchStatus.PLANNED)
    event = here.events.filter(kind="cadence").get()
    assert (event.text, event.by) == ("Put into the cadence “Tries”.", rep)


def test_who_lives_further_west_is_called_when_it_is_day_there(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    Lead.objects.filter(pk=here.pk).update(time_zone="America/Los_Angeles")

    services.enroll(here, make_cadence((10, "rep_call")))

    assert only(here).due_at == MONDAY + timedelta(hours=1)


def test_nobody_is_put_in_twice(here: Lead, clock: Clock, make_cadence: MakeCadence) -> None:
    cadence = make_cadence((10, "rep_call"))

    first, second = services.enroll(here, cadence), services.enroll(here, cadence)

    assert first == second
    assert len(touches(here)) == 1


def test_another_cadence_takes_the_place_of_the_first(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    first = services.enroll(here, make_cadence((10, "rep_call")))
    services.enroll(here, make_cadence((20, "ai_call"), name="Other"))

    first.refresh_from_db()
    assert (first.status, first.stop_reason) == (EnrollmentStatus.STOPPED, StopReason.REPLACED)
    assert touches(here) == [("rep_call", "canceled", ""), ("ai_call", "planned", "")]


def won(lead: Lead) -> None:
    leads.update_lead(lead, stage=LeadStage.WON)


def opted_out(lead: Lead) -> None:
    leads.suppress(lead.business, phone=lead.phone, source=SuppressionSource.STAFF)


@pytest.mark.parametrize("happen", [won, opted_out])
def test_who_must_be_left_alone_is_not_put_in(
    here: Lead, make_cadence: MakeCadence, happen: Callable[[Lead], None]
) -> None:
    happen(here)

    with pytest.raises(Conflict):
        services.enroll(here, make_cadence((10, "rep_call")))
    assert not Enrollment.objects.exists()


def close(lead: Lead, phone: str = "", email: str = "") -> None:
    """As somebody's word does it, with what follows."""
    source = SuppressionSource.STAFF
    for suppression in leads.suppress(lead.business, phone=phone, email=email, source=source):
        answers.suppressed(suppression)


def test_who_closed_only_the_address_may_still_be_called(
    here: Lead, make_cadence: MakeCadence
) -> None:
    enrollment = services.enroll(here, make_cadence((10, "rep_call")))
    close(here, email=here.email)
    enrollment.refresh_from_db()
    assert (here.email, enrollment.status) == ("maria@example.com", EnrollmentStatus.ACTIVE)
    assert services.enroll(here, make_cadence((10, "rep_call"), name="Other"))


def test_of_who_has_only_an_address_that_ends_it(here: Lead, make_cadence: MakeCadence) -> None:
    enrollment = services.enroll(here, make_cadence((10, "email")))
    Lead.objects.filter(pk=here.pk).update(phone="")
    close(here, email=here.email)
    enrollment.refresh_from_db()
    assert enrollment.stop_reason == StopReason.OPTED_OUT
    here.refresh_from_db()
    with pytest.raises(Conflict):
        services.enroll(here, make_cadence((10, "email"), name="Other"))


def test_another_number_of_the_same_person_ends_it(here: Lead, make_cadence: MakeCadence) -> None:
    enrollment = services.enroll(here, make_cadence((10, "rep_call")))
    Contact.objects.create(business=here.business, lead=here, is_lead=True, phone="+14155550123")
    close(here, phone="+14155550123")
    enrollment.refresh_from_db()
    assert enrollment.stop_reason == StopReason.OPTED_OUT


def test_a_cadence_must_be_ones_own_and_have_steps(
    here: Lead, make_cadence: MakeCadence, other_business: Business
) -> None:
    theirs = Cadence.objects.create(business=other_business, name="Theirs")
    for cadence in (theirs, make_cadence()):
        with pytest.raises(Conflict):
            services.enroll(here, cadence)


def test_the_usual_cadence_is_made_once(business: Business) -> None:
    assert default_cadence(business) == default_cadence(business)
    steps = default_cadence(business).steps.values_list("wait_minutes", "channel")
    assert list(steps) == [(minutes, channel.value) for minutes, channel in STEPS]
    assert [minutes for minutes, _ in STEPS] == [10, 30, 60, 240, 1440]


# ---------------------------------------------------------------- from step to step


def settle(lead: Lead, result: TouchResult) -> bool:
    return services.settle(only(lead), result, within=("planned",))


def test_what_came_of_a_touch_chooses_the_next(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    services.enroll(here, make_cadence((10, "ai_call"), (5, "sms", "voicemail"), (30, "rep_call")))
    clock.pass_(minutes=12)

    settle(here, TouchResult.NO_ANSWER)

    assert touches(here) == [("ai_call", "done", "no_answer"), ("rep_call", "planned", "")]
    assert only(here).due_at == MONDAY + timedelta(minutes=42)


def test_after_the_last_step_the_cadence_is_over(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    enrollment = services.enroll(here, make_cadence((10, "ai_call")))

    settle(here, TouchResult.NO_ANSWER)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.ended_at) == (EnrollmentStatus.FINISHED, MONDAY)


def test_who_was_reached_is_not_tried_again_but_may_be_written_to(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    enrollment = services.enroll(
        here, make_cadence((10, "ai_call"), (30, "ai_call"), (5, "email", "reached"))
    )
    settle(here, TouchResult.REACHED)
    assert only(here).channel == "email"

    settle(here, TouchResult.REACHED)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.stop_reason) == ("stopped", "reached")


def test_a_result_that_comes_twice_or_late_changes_nothing(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    services.enroll(here, make_cadence((10, "ai_call"), (30, "rep_call")))
    touch = only(here)
    assert services.settle(touch, TouchResult.NO_ANSWER, within=("planned",))

    assert not services.settle(touch, TouchResult.REACHED, within=("planned",))

    assert len(touches(here)) == 2


def test_hours_that_never_meet_end_the_cadence(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    here.business.hours = {"sun": ["02:00", "03:00"]}
    here.business.save()

    enrollment = services.enroll(here, make_cadence((10, "ai_call")))

    enrollment.refresh_from_db()
    assert enrollment.status == EnrollmentStatus.FINISHED
    assert touches(here) == []


# ---------------------------------------------------------------- pausing and stopping


def test_a_pause_keeps_the_step_and_the_wait_goes_on_by_day(
    here: Lead, clock: Clock, make_cadence: MakeCadence, rep: User
) -> None:
    services.enroll(here, make_cadence((10, "ai_call")))
    assert services.pause(here, by=rep)
    assert not services.pause(here, by=rep)
    clock.pass_(hours=10)

    assert services.resume(here, by=rep)

    touch = only(here)
    assert touch.status == TouchStatus.PLANNED
    assert touch.due_at == MONDAY + timedelta(hours=23)  # nine in the morning of Tuesday
    assert not services.resume(here, by=rep)


def test_what_is_settled_in_a_pause_plans_a_step_that_waits(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    services.enroll(here, make_cadence((10, "ai_call"), (30, "rep_call")))
    touch = only(here)
    services.pause(here)

    services.settle(touch, TouchResult.NO_ANSWER, within=("paused",))

    assert only(here).status == TouchStatus.PAUSED


def test_a_stop_takes_back_the_wish_for_a_call(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    services.enroll(here, make_cadence((0, "rep_call")))
    touch = only(here)
    touch.status, touch.began_at = TouchStatus.WAITING, MONDAY
    touch.save()
    Lead.objects.filter(pk=here.pk).update(wanted_at=MONDAY)

    assert services.stop(here, StopReason.STAFF)

    here.refresh_from_db()
    assert here.wanted_at is None
    assert not services.stop(here, StopReason.STAFF)


def test_a_stop_leaves_a_call_that_was_agreed(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    services.enroll(here, make_cadence((0, "rep_call")))
    touch = only(here)
    touch.status, touch.began_at = TouchStatus.WAITING, MONDAY
    touch.save()
    tomorrow = MONDAY + timedelta(days=1)
    Lead.objects.filter(pk=here.pk).update(wanted_at=tomorrow)

    services.stop(here, StopReason.CALLBACK)

    here.refresh_from_db()
    assert here.wanted_at == tomorrow


def test_stopping_one_lead_leaves_others(
    here: Lead, clock: Clock, make_cadence: MakeCadence
) -> None:
    other = leads.create_lead(here.business, source=LeadSource.API, first_name="Ann")
    cadence = make_cadence((10, "ai_call"))
    services.enroll(here, cadence)
    services.enroll(other, cadence)

    services.stop(here, StopReason.STAFF)

    assert touches(other) == [("ai_call", "planned", "")]
