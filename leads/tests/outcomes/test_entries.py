"""Outcomes that end all calls, undone while the lead asks for peace in writing."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.enums import SuppressionSource
from leads.models import Lead, Outcome, SpeedClock, Suppression
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.services import record_outcome, undo_outcome
from leads.speed.services import start_clock
from leads.tests.conftest import MARIA
from leads.tests.messaging.conftest import Write, twilio, write
from salesdesk.accounts.models import User

__all__ = ["twilio", "write"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def opt_out(lead: Lead, rep: User) -> Callable[[], Outcome]:
    """The rep says that the lead wants no calls."""

    def record() -> Outcome:
        known = dispositions_of(lead.business)
        return record_outcome(lead, next(each for each in known if each.key == "opt_out"), user=rep)

    return record


def entries() -> list[tuple[str, str, str]]:
    return list(Suppression.objects.values_list("phone", "source", "reason"))


def test_a_stop_before_the_outcome_is_again_what_it_was(
    opt_out: Callable[[], Outcome], write: Write, rep: User
) -> None:
    write("STOP")
    outcome = opt_out()
    assert entries() == [(MARIA, SuppressionSource.STAFF, "Do not call again")]

    undo_outcome(outcome, by=rep)

    assert entries() == [(MARIA, SuppressionSource.TEXT, "Wrote “STOP”.")]


def test_a_stop_since_the_outcome_outlasts_its_undo(
    opt_out: Callable[[], Outcome], write: Write, rep: User
) -> None:
    outcome = opt_out()
    write("Stop!")

    undo_outcome(outcome, by=rep)

    assert entries() == [(MARIA, SuppressionSource.TEXT, "Wrote “Stop!”.")]
    write("START")
    assert entries() == []


def test_a_stop_that_was_taken_back_does_not(
    opt_out: Callable[[], Outcome], write: Write, rep: User
) -> None:
    outcome = opt_out()
    write("STOP")
    write("START")
    assert [source for _, source, _ in entries()] == [SuppressionSource.STAFF]

    undo_outcome(outcome, by=rep)

    assert entries() == []


@pytest.mark.parametrize("stops", [True, False])
def test_the_clock_runs_on_unless_they_opted_out_meanwhile(
    opt_out: Callable[[], Outcome],
    write: Write,
    rep: User,
    lead: Lead,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    stops: bool,
) -> None:
    start_clock(lead, "web_form")
    with django_capture_on_commit_callbacks(execute=True):
        outcome = opt_out()
    assert not SpeedClock.objects.running().exists()
    if stops:
        write("STOP")

    with django_capture_on_commit_callbacks(execute=True):
        undo_outcome(outcome, by=rep)

    assert SpeedClock.objects.running().exists() is not stops
