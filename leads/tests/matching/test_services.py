"""A wish is taken down with the leads that it is about, and what became of it is told."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.bulk import Wish
from leads.enums import BulkAction, BulkStatus, LeadStage
from leads.matching import services, tasks, work
from leads.matching.services import Told
from leads.models import BulkChange, Lead
from leads.services import update_lead
from leads.tests.cadences.conftest import MakeCadence
from leads.tests.cadences.conftest import make_cadence as make_cadence
from leads.tests.matching.conftest import TO_CONTACTED, WEB_FORM, TakeDown, arrived
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.celery import app
from salesdesk.lib.errors import Conflict, InvalidInput


def stages() -> list[str]:
    return list(Lead.objects.order_by("pk").values_list("stage", flat=True))


def test_few_are_changed_at_once_and_nobody_else(
    business: Business, leads: list[Lead], rep: User, queued: list[int]
) -> None:
    change = services.begin(business, WEB_FORM, TO_CONTACTED, seen=3, by=rep)
    assert stages() == ["contacted", "contacted", "contacted", "new"]
    assert (change.status, change.position, change.changed) == (BulkStatus.DONE, 3, 3)
    assert Told(change).sentence == "3 leads changed."
    assert (Told(change).level, queued) == ("success", [])


def test_many_are_queued_when_it_is_committed(
    take_down: TakeDown,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change = take_down()
    assert (queued, change.status) == ([change.pk], BulkStatus.WAITING)
    assert set(stages()) == {"new"}


@pytest.mark.parametrize(
    ("query", "seen", "error"),
    [
        (WEB_FORM, 2, Conflict),
        ("source=email", 0, InvalidInput),
        ("source=nonsense", 3, InvalidInput),
    ],
)
def test_what_was_not_seen_so_is_refused(
    query: str,
    seen: int,
    error: type[Exception],
    business: Business,
    leads: list[Lead],
    rep: User,
) -> None:
    with pytest.raises(error):
        services.begin(business, query, TO_CONTACTED, seen=seen, by=rep)
    assert not BulkChange.objects.exists()


def test_too_many_are_refused(
    business: Business, leads: list[Lead], rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST", 2)
    with pytest.raises(InvalidInput, match="2 leads at a time"):
        services.begin(business, WEB_FORM, TO_CONTACTED, seen=3, by=rep)


def test_the_usual_cadence_is_the_one_of_the_moment_of_asking(
    take_down: TakeDown, make_cadence: MakeCadence
) -> None:
    usual = make_cadence((10, "rep_call"), is_default=True)
    change = take_down(Wish(BulkAction.CADENCE))
    usual.is_default = False
    usual.save()
    work.work_on(change.pk)
    assert usual.enrollments.count() == 3


def test_what_all_refuse_is_told_as_no_success(
    business: Business, leads: list[Lead], rep: User
) -> None:
    change = services.begin(business, WEB_FORM, Wish(BulkAction.PAUSE), seen=3, by=rep)
    told = Told(change)
    assert told.sentence == "0 leads changed. 3 not: They are in no cadence that goes on."
    assert told.level == "error"


def test_what_some_refuse_is_told_as_a_warning(
    business: Business, leads: list[Lead], rep: User, make_cadence: MakeCadence
) -> None:
    make_cadence((10, "rep_call"), is_default=True)
    update_lead(leads[1], stage=LeadStage.WON)
    change = services.begin(business, WEB_FORM, Wish(BulkAction.CADENCE), seen=3, by=rep)
    told = Told(change)
    assert told.sentence == "2 leads changed. 1 not: This lead is closed (won)."
    assert told.level == "warning"


def test_one_sees_ones_own_and_managers_all(
    business: Business, take_down: TakeDown, rep: User, manager: User, auditor: User
) -> None:
    change = take_down()
    seen = {
        user.name: [told.change for told in services.lately(user, business)]
        for user in (rep, manager, auditor)
    }
    assert seen == {"Ray": [change], "Mary": [change], auditor.name: []}


def test_what_is_over_is_forgotten_after_its_time(take_down: TakeDown, business: Business) -> None:
    over, waiting = take_down(), take_down()
    work.work_on(over.pk)
    BulkChange.objects.update(created_at=timezone.now() - services.KEPT * 2)
    tasks.forget_old()
    assert BulkChange.objects.count() == 2
    before = timezone.now() - services.KEPT - timedelta(minutes=1)
    BulkChange.objects.filter(pk=over.pk).update(ended_at=before)
    tasks.forget_old()
    assert list(BulkChange.objects.all()) == [waiting]


def test_its_work_is_bulk_and_the_rest_is_not() -> None:
    routes = app.amqp.router
    assert routes.route({}, tasks.work_on_change.name)["queue"].name == "bulk"
    assert routes.route({}, tasks.resume_changes.name)["queue"].name == "default"
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {tasks.resume_changes.name, tasks.forget_old.name} <= planned


def test_who_arrives_after_the_confirmation_is_not_touched(
    business: Business, take_down: TakeDown
) -> None:
    change = take_down()
    arrived(business, 104)
    work.work_on(change.pk)
    assert stages() == ["contacted", "contacted", "contacted", "new", "new"]
