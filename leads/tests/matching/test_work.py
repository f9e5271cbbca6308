"""A change is done once, whoever does it and however often it is begun."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from leads import bulk
from leads.bulk import Wish
from leads.cadences.services import enroll
from leads.enums import BulkAction, BulkStatus
from leads.matching import tasks, work
from leads.matching.services import Told
from leads.models import BulkChange, Enrollment, Lead
from leads.services import update_lead
from leads.tests.cadences.conftest import MakeCadence
from leads.tests.cadences.conftest import make_cadence as make_cadence
from leads.tests.matching.conftest import TakeDown, arrived
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

LONG_AGO = work.DEAD_AFTER * 2


def after(change: BulkChange) -> BulkChange:
    change.refresh_from_db()
    return change


def stages() -> list[str]:
    return list(Lead.objects.order_by("pk").values_list("stage", flat=True))


def fail_at(monkeypatch: pytest.MonkeyPatch, lead: Lead, error: BaseException) -> None:
    """``error`` after the lead has been changed: what was written goes back with it."""
    move = bulk.CHANGES[BulkAction.STAGE]

    def move_or_fail(each: Lead, wish: Wish, by: User) -> None:
        move(each, wish, by)
        if each.pk == lead.pk:
            raise error

    monkeypatch.setattr(bulk, "CHANGES", {**bulk.CHANGES, BulkAction.STAGE: move_or_fail})


# ---------------------------------------------------------------- what was wished may be gone


def test_an_owner_who_has_left_is_not_made_nobody(
    take_down: TakeDown, leads: list[Lead], rep: User, manager: User
) -> None:
    update_lead(leads[0], owner=rep)
    change = take_down(Wish(BulkAction.OWNER, owner=manager))
    manager.memberships.all().delete()
    work.work_on(change.pk)
    assert after(change).status == BulkStatus.STOPPED
    assert work.OWNER_GONE in Told(change).sentence
    assert "3 leads were left as before." in Told(change).sentence
    assert Lead.objects.get(pk=leads[0].pk).owner == rep


def test_an_owner_who_was_deleted_is_not_made_nobody(
    take_down: TakeDown, leads: list[Lead], rep: User, manager: User
) -> None:
    update_lead(leads[0], owner=rep)
    change = take_down(Wish(BulkAction.OWNER, owner=manager))
    manager.delete()
    work.work_on(change.pk)
    assert after(change).error == work.OWNER_GONE
    assert Lead.objects.get(pk=leads[0].pk).owner == rep


def test_a_cadence_that_was_deleted_is_not_made_the_usual_one(
    take_down: TakeDown, make_cadence: MakeCadence
) -> None:
    make_cadence((10, "rep_call"), is_default=True)
    other = make_cadence((10, "rep_call"), name="Other")
    change = take_down(Wish(BulkAction.CADENCE, cadence=other))
    other.delete()
    work.work_on(change.pk)
    assert after(change).error == work.CADENCE_GONE
    assert not Enrollment.objects.exists()


def test_whose_right_ended_meanwhile_changes_nothing(take_down: TakeDown, rep: User) -> None:
    change = take_down()
    rep.memberships.all().delete()
    work.work_on(change.pk)
    assert after(change).error == work.NO_RIGHT
    assert set(stages()) == {"new"}


def test_who_was_deleted_changes_nothing_either(take_down: TakeDown, rep: User) -> None:
    change = take_down()
    rep.delete()
    work.work_on(change.pk)
    assert after(change).error == work.NO_RIGHT
    assert set(stages()) == {"new"}


def test_a_right_that_ends_on_the_way_ends_it_there(
    take_down: TakeDown, rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH", 1)
    change = take_down()
    move = bulk.CHANGES[BulkAction.STAGE]

    def move_and_leave(lead: Lead, wish: Wish, by: User) -> None:
        move(lead, wish, by)
        rep.memberships.all().delete()

    monkeypatch.setattr(bulk, "CHANGES", {BulkAction.STAGE: move_and_leave})
    work.work_on(change.pk)
    assert (after(change).error, change.changed) == (work.NO_RIGHT, 1)
    assert "2 leads were left as before." in Told(change).sentence
    assert stages() == ["contacted", "new", "new", "new"]


def test_all_are_taken_from_their_owners_where_that_was_said(
    take_down: TakeDown, leads: list[Lead], rep: User
) -> None:
    update_lead(leads[0], owner=rep)
    work.work_on(take_down(Wish(BulkAction.RELEASE)).pk)
    assert Lead.objects.get(pk=leads[0].pk).owner is None


# ---------------------------------------------------------------- who is meant


@pytest.mark.parametrize("batch", [1, 2, 200])
def test_each_that_was_confirmed_is_changed_once(
    batch: int, take_down: TakeDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH", batch)
    change = take_down()
    work.work_on(change.pk)
    assert stages() == ["contacted", "contacted", "contacted", "new"]
    assert (after(change).changed, change.position, change.refused) == (3, 3, {})


def test_whom_somebody_has_changed_meanwhile_or_taken_away_stays_so(
    take_down: TakeDown, leads: list[Lead]
) -> None:
    change = take_down()
    leads[0].delete()
    Lead.objects.filter(pk=leads[1].pk).update(source="email")
    work.work_on(change.pk)
    assert after(change).refused == {work.MATCHES_NO_MORE: 2}
    assert stages() == ["new", "contacted", "new"]


# ---------------------------------------------------------------- workers


def test_what_is_over_is_not_done_again(take_down: TakeDown) -> None:
    change = take_down()
    work.work_on(change.pk)
    ended = after(change).ended_at
    Lead.objects.update(stage="new")
    BulkChange.objects.update(beat_at=timezone.now() - LONG_AGO)
    tasks.work_on_change(change.pk)
    assert set(stages()) == {"new"}
    assert after(change).ended_at == ended
    assert not work.left_behind().exists()


def test_another_workers_is_left_alone_until_it_is_silent(
    take_down: TakeDown, queued: list[int]
) -> None:
    change = take_down()
    BulkChange.objects.update(status=BulkStatus.RUNNING, beat_at=timezone.now())
    work.work_on(change.pk)
    tasks.resume_changes()
    assert (set(stages()), queued) == ({"new"}, [])
    BulkChange.objects.update(beat_at=timezone.now() - LONG_AGO)
    tasks.resume_changes()
    assert queued == [change.pk]
    work.work_on(change.pk)
    assert after(change).status == BulkStatus.DONE


def test_what_no_worker_was_asked_for_is_queued_again(
    take_down: TakeDown, queued: list[int]
) -> None:
    change = take_down()
    tasks.resume_changes()
    assert queued == []
    BulkChange.objects.update(created_at=timezone.now() - LONG_AGO)
    tasks.resume_changes()
    assert queued == [change.pk]


def test_who_goes_on_begins_where_the_other_died(
    take_down: TakeDown, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        fail_at(patched, leads[1], SystemExit())
        change = take_down()
        with pytest.raises(SystemExit):
            work.work_on(change.pk)
    assert (after(change).status, change.position) == (BulkStatus.RUNNING, 1)
    assert stages() == ["contacted", "new", "new", "new"]
    Lead.objects.filter(pk=leads[0].pk).update(stage="qualified")  # is not done again
    BulkChange.objects.update(beat_at=timezone.now() - LONG_AGO)
    work.work_on(change.pk)
    assert stages() == ["qualified", "contacted", "contacted", "new"]
    assert (after(change).status, change.changed) == (BulkStatus.DONE, 3)


def test_a_worker_that_lost_it_takes_the_lead_back(
    take_down: TakeDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = bulk.CHANGES[BulkAction.STAGE]

    def move_too_late(lead: Lead, wish: Wish, by: User) -> None:
        move(lead, wish, by)
        BulkChange.objects.update(beat_at=timezone.now() + timedelta(seconds=1))

    change = take_down()
    monkeypatch.setattr(bulk, "CHANGES", {BulkAction.STAGE: move_too_late})
    work.work_on(change.pk)
    assert set(stages()) == {"new"}
    assert (after(change).position, change.status) == (0, BulkStatus.RUNNING)


# ---------------------------------------------------------------- what breaks it off


def test_what_nobody_expected_ends_it_with_a_sentence_and_is_raised(
    take_down: TakeDown, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at(monkeypatch, leads[1], KeyError("what"))
    change = take_down()
    with pytest.raises(KeyError):
        tasks.work_on_change(change.pk)
    told = Told(after(change))
    assert told.sentence == (
        "1 lead changed. It stopped unexpectedly. 2 leads were left as before."
    )
    assert (change.status, change.is_over, told.level) == (BulkStatus.STOPPED, True, "error")
    assert stages() == ["contacted", "new", "new", "new"]


def test_where_the_database_has_trouble_another_worker_goes_on(
    take_down: TakeDown, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        fail_at(patched, leads[1], OperationalError("deadlock detected"))
        change = take_down()
        with pytest.raises(OperationalError):
            work.work_on(change.pk)
    BulkChange.objects.update(beat_at=timezone.now() - LONG_AGO)
    assert list(work.left_behind()) == [change]
    work.work_on(change.pk)
    assert (after(change).status, change.changed) == (BulkStatus.DONE, 3)


def test_a_lead_that_breaks_it_off_each_time_ends_it(
    take_down: TakeDown, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at(monkeypatch, leads[1], OperationalError("deadlock detected"))
    change = take_down()
    for _ in range(work.MOST_CLAIMS + 1):
        with pytest.raises(OperationalError):
            work.work_on(change.pk)
        BulkChange.objects.update(beat_at=timezone.now() - LONG_AGO)
    work.work_on(change.pk)
    assert (after(change).status, change.position) == (BulkStatus.STOPPED, 1)
    assert "again and again at the same lead" in Told(change).sentence


def test_coming_further_is_told_from_breaking_off_at_the_same_lead(
    take_down: TakeDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restarts of workers do not add up as long as each does a lead."""
    change = take_down()
    BulkChange.objects.update(claims=work.MOST_CLAIMS - 1)
    work.work_on(change.pk)
    assert (after(change).status, change.claims) == (BulkStatus.DONE, 0)


@pytest.mark.parametrize(
    ("action", "is_done"),
    [
        (BulkAction.STAGE, lambda lead: lead.stage == "contacted"),
        (BulkAction.PAUSE, lambda lead: lead.enrollments.filter(status="paused").exists()),
    ],
)
def test_done_to_leads_that_have_it_already_it_is_harmless(
    action: BulkAction,
    is_done: Callable[[Lead], bool],
    take_down: TakeDown,
    leads: list[Lead],
    make_cadence: MakeCadence,
) -> None:
    cadence = make_cadence((10, "rep_call"), is_default=True)
    for lead in leads[:3]:
        enroll(lead, cadence)
    for _ in range(2):
        work.work_on(take_down(Wish(action, stage="contacted")).pk)
    assert [is_done(lead) for lead in Lead.objects.order_by("pk")] == [True, True, True, False]


def test_the_leads_of_another_business_are_never_meant(
    take_down: TakeDown, other_business: Business
) -> None:
    theirs = arrived(other_business, 100)
    work.work_on(take_down().pk)
    assert Lead.objects.get(pk=theirs.pk).stage == "new"
