"""After the end: reps are asked, their answers are taken, silence counts as missed."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.enums import AppointmentStatus
from leads.models import Appointment
from leads.tests.conftest import NOW
from leads.visits.appointments import close
from leads.visits.asking import ask_and_settle
from leads.visits.wordings import change_rules
from salesdesk.accounts.models import User
from salesdesk.notifications.enums import Via
from salesdesk.notifications.models import Notice
from salesdesk.notifications.services import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_rep(visit: Appointment, rep: User) -> Appointment:
    visit.calendar.user = rep
    visit.calendar.save()
    return visit


def questions() -> list[Notice]:
    return list(Notice.objects.filter(title__startswith="Did it take place?"))


def status(visit: Appointment) -> str:
    return Appointment.objects.get(pk=visit.pk).status


def test_the_rep_is_asked_once_after_the_end(of_rep: Appointment, rep: User) -> None:
    end = of_rep.ends_at
    assert ask_and_settle(end + timedelta(minutes=14)) == (0, 0)
    assert ask_and_settle(end + timedelta(minutes=15)) == (1, 0)
    assert ask_and_settle(end + timedelta(minutes=20)) == (0, 0)
    [notice] = questions()
    assert "Roof inspection with Maria Lopez" in notice.title
    assert [each["key"] for each in notice.actions] == ["done", "missed"]
    assert [told.user for told in notice.notifications.all()] == [rep]


def test_a_calendar_of_nobody_asks_who_looks_after_it(
    visit: Appointment, manager: User, admin_user: User, rep: User
) -> None:
    ask_and_settle(visit.ends_at + timedelta(hours=1))
    [notice] = questions()
    assert {told.user for told in notice.notifications.all()} == {manager, admin_user}


@pytest.mark.parametrize("action", ["done", "missed"])
def test_an_answer_settles_it(
    of_rep: Appointment,
    rep: User,
    action: str,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    later = of_rep.ends_at + timedelta(hours=1)
    ask_and_settle(later)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    [notice] = questions()
    with django_capture_on_commit_callbacks(execute=True):
        answer(notice.notifications.get(user=rep), action, via=Via.APP, now=later)
    assert status(of_rep) == action
    assert ask_and_settle(later + timedelta(days=3)) == (0, 0)


def test_silence_counts_as_missed_and_closes_the_question(of_rep: Appointment) -> None:
    asked = of_rep.ends_at + timedelta(hours=1)
    ask_and_settle(asked)
    assert ask_and_settle(asked + timedelta(hours=23)) == (0, 0)
    assert ask_and_settle(asked + timedelta(hours=24)) == (0, 1)
    assert status(of_rep) == AppointmentStatus.MISSED
    [notice] = questions()
    assert not notice.is_open


def test_a_business_may_leave_it_open(of_rep: Appointment) -> None:
    change_rules(of_rep.business, missed_after_hours=0, ask_after_minutes=60)
    assert ask_and_settle(of_rep.ends_at + timedelta(minutes=59)) == (0, 0)
    assert ask_and_settle(of_rep.ends_at + timedelta(hours=1)) == (1, 0)
    assert ask_and_settle(of_rep.ends_at + timedelta(days=9)) == (0, 0)
    assert status(of_rep) == AppointmentStatus.BOOKED


def test_what_is_settled_is_not_asked_about(of_rep: Appointment) -> None:
    close(of_rep, AppointmentStatus.DONE, now=of_rep.ends_at)
    assert ask_and_settle(of_rep.ends_at + timedelta(hours=1)) == (0, 0)


def test_nobody_is_flooded_with_old_questions(of_rep: Appointment) -> None:
    assert ask_and_settle(NOW + timedelta(days=60)) == (0, 0)
