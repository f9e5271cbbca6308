"""Who is told of a new lead, and what taking it and putting it off do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import services as leads
from leads import signals
from leads.enums import LeadStage, SuppressionSource
from leads.models import Enrollment, Lead, SpeedClock
from leads.speed import services, tasks, telling
from leads.tests.cadences.conftest import Clock
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user, give_role
from salesdesk.lib.errors import NotAllowed
from salesdesk.notifications.enums import Via
from salesdesk.notifications.models import Notice, Notification
from salesdesk.notifications.services import answer
from salesdesk.notifications.upkeep import escalate_unanswered

pytestmark = pytest.mark.django_db

Arrive = Callable[..., None]


@pytest.fixture
def arrive(
    lead: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Arrive:
    """The lead comes, by a web form unless told otherwise."""

    def arrive(source: str = "web_form", *, is_new: bool = True) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            signals.send_after_commit(
                signals.lead_arrived,
                lead_id=lead.public_id,
                business_id=lead.business_id,
                source=source,
                is_new=is_new,
            )

    return arrive


def told() -> list[User]:
    rows = Notification.objects.select_related("user").order_by("user_id")
    return [each.user for each in rows]


def test_an_arrival_starts_the_clock_and_the_cadence_and_is_told_to_reps(
    arrive: Arrive, lead: Lead, rep: User, auditor: User, outsider: User
) -> None:
    arrive()

    assert SpeedClock.objects.get().lead == lead
    assert Enrollment.objects.get().cadence.name == "New leads"
    assert told() == [rep]
    notice = Notice.objects.get()
    assert [each["label"] for each in notice.actions] == ["Take", "Snooze"]
    lead.refresh_from_db()
    assert lead.rank > 0


def test_the_owner_is_told_alone(arrive: Arrive, lead: Lead, rep: User, manager: User) -> None:
    leads.update_lead(lead, owner=manager)

    arrive()

    assert told() == [manager]


def test_an_owner_who_works_no_leads_any_more_leaves_them_to_others(
    arrive: Arrive, lead: Lead, rep: User, auditor: User
) -> None:
    leads.update_lead(lead, owner=auditor)

    arrive()

    assert told() == [rep]


def test_nobody_is_told_of_who_must_not_be_called(arrive: Arrive, lead: Lead, rep: User) -> None:
    leads.suppress(lead.business, phone=lead.phone, source=SuppressionSource.STAFF)

    arrive()

    assert not SpeedClock.objects.exists()
    assert told() == []


def test_who_only_unsubscribed_from_emails_is_told_of_and_tried(
    arrive: Arrive, lead: Lead, rep: User
) -> None:
    leads.update_lead(lead, email="maria@example.com")
    leads.suppress(lead.business, email="maria@example.com", source=SuppressionSource.LINK)

    arrive()

    assert SpeedClock.objects.get().closed_at is None
    assert Enrollment.objects.get().lead == lead
    assert told() == [rep]


def test_a_closed_lead_that_asks_again_is_told_of_without_a_cadence(
    arrive: Arrive, lead: Lead, rep: User
) -> None:
    leads.update_lead(lead, stage=LeadStage.LOST)

    arrive()

    assert told() == [rep]
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize(("field", "model"), [("tells_reps", Notice), ("enrolls", Enrollment)])
def test_what_a_business_does_not_want_is_left(
    arrive: Arrive, lead: Lead, rep: User, field: str, model: Any
) -> None:
    services.change_rules(lead.business, **{field: False})

    arrive()

    assert not model.objects.exists()
    assert SpeedClock.objects.exists()


def test_who_asks_twice_is_asked_about_once(arrive: Arrive, rep: User) -> None:
    arrive()
    arrive()

    assert Notice.objects.exclude(actions=[]).count() == 1


@pytest.mark.parametrize(
    ("source", "status"), [("email", "stopped"), ("text", "stopped"), ("web_form", "active")]
)
def test_who_writes_again_has_replied(arrive: Arrive, rep: User, source: str, status: str) -> None:
    arrive()

    arrive(source, is_new=False)

    assert [each.status for each in Enrollment.objects.all()] == [status]
    assert Notice.objects.exclude(actions=[]).count() == 1


def test_managers_are_told_when_nobody_takes_it(arrive: Arrive, rep: User, manager: User) -> None:
    arrive()
    escalate_unanswered(timezone.now() + timedelta(minutes=4))
    assert told() == [rep]

    escalate_unanswered(timezone.now() + timedelta(minutes=5))

    assert set(told()) == {rep, manager}


# ---------------------------------------------------------------- taking and putting off


@pytest.fixture
def second_rep(rep: User, lead: Lead) -> User:
    user = add_user("rob@example.com", name="Rob")
    give_role(user, business_id=lead.business_id, role=Role.REP)
    return user


def answer_as(user: User, action: str, commit: DjangoCaptureOnCommitCallbacks) -> None:
    mine = Notification.objects.select_related("notice", "user").get(user=user)
    with commit(execute=True):
        answer(mine, action, via=Via.APP)


def test_who_takes_a_lead_has_it(
    arrive: Arrive,
    lead: Lead,
    rep: User,
    second_rep: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    arrive()
    assert told() == [rep, second_rep]

    answer_as(second_rep, "take", django_capture_on_commit_callbacks)

    lead.refresh_from_db()
    assert (lead.owner, lead.wanted_by) == (second_rep, second_rep)
    assert not Notification.objects.unread().exists()


def test_who_puts_a_lead_off_is_reminded(
    arrive: Arrive,
    lead: Lead,
    rep: User,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    queued: list[tuple[Any, float]] = []

    def later(args: Any, countdown: float) -> None:
        queued.append((args, countdown))

    monkeypatch.setattr(tasks.remind, "apply_async", later)
    arrive()

    answer_as(rep, "later", django_capture_on_commit_callbacks)

    lead.refresh_from_db()
    assert (lead.wanted_at, lead.wanted_for) == (
        clock.now + timedelta(minutes=30),
        "Put off by Ray",
    )
    assert queued == [((lead.pk,), 1800.0)]

    tasks.remind(lead.pk)
    assert not Notice.objects.filter(answered_at=None).exists()
    clock.pass_(minutes=30)
    tasks.remind(lead.pk)
    assert Notice.objects.get(answered_at=None).body == "It was put off until now."


def test_an_auditor_takes_nothing(lead: Lead, auditor: User, outsider: User) -> None:
    for user in (auditor, outsider):
        with pytest.raises(NotAllowed):
            telling.take(lead, user)
        with pytest.raises(NotAllowed):
            telling.put_off(lead, user)
    lead.refresh_from_db()
    assert (lead.owner, lead.wanted_at) == (None, None)
