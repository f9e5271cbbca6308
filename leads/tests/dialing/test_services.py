"""Dials: wanted, claimed once, asked of the gate, and told how they ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import signals
from leads.dialing import services
from leads.enums import (
    DialKind,
    DialOrigin,
    DialResult,
    DialStatus,
    LeadSource,
    SuppressionSource,
)
from leads.gate.services import use
from leads.models import Dial, DialDecision, DialRules, Lead
from leads.services import create_lead, suppress, update_lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.threads import returning_connections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_gate")]

QUEUED, PLACED, ANSWERED = DialStatus.QUEUED, DialStatus.PLACED, DialStatus.ANSWERED
ENDED, FAILED, BLOCKED = DialStatus.ENDED, DialStatus.FAILED, DialStatus.BLOCKED
STAFF = SuppressionSource.STAFF


def wanted(lead: Lead, **how: Any) -> Dial:
    options = {"kind": DialKind.AI, "origin": DialOrigin.CADENCE, "origin_id": "t1", **how}
    return services.request_dial(lead, **options)


def claimed(lead: Lead, **how: Any) -> Dial:
    dial = services.claim_dial(wanted(lead, **how).public_id)
    assert dial is not None
    return dial


def placed(lead: Lead) -> Dial:
    dial = claimed(lead)
    services.ask_gate(dial)
    services.note_placed(dial, call_id="c1")
    dial.refresh_from_db()
    return dial


@pytest.fixture
def news(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """What ``dial_changed`` tells, as pairs of status and origin's id."""
    told: list[tuple[str, str]] = []

    def receive(status: str, origin_id: str, **_: Any) -> None:
        told.append((status, origin_id))

    signals.dial_changed.connect(receive)
    with django_capture_on_commit_callbacks(execute=True):
        yield told
    signals.dial_changed.disconnect(receive)


# ---------------------------------------------------------------- wanting


def test_a_dial_is_wanted_and_told(
    lead: Lead, rep: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    told: list[str] = []

    def receive(dial_id: str, **_: Any) -> None:
        told.append(dial_id)

    signals.dial_requested.connect(receive)
    with django_capture_on_commit_callbacks(execute=True):
        dial = wanted(lead, kind=DialKind.REP, user=rep)
    signals.dial_requested.disconnect(receive)

    assert told == [dial.public_id]
    assert (dial.phone, dial.status, dial.user) == (MARIA, QUEUED, rep)
    assert not DialDecision.objects.exists()  # the gate is asked when it is dialled


def test_another_number_may_be_meant(lead: Lead) -> None:
    assert wanted(lead, phone="415 555 0177").phone == "+14155550177"


def test_who_has_no_number_cannot_be_dialled(lead: Lead) -> None:
    without = create_lead(lead.business, source=LeadSource.MANUAL, first_name="Nobody")
    with pytest.raises(InvalidInput):
        wanted(without)


def test_a_dial_is_claimed_once_and_not_before_its_time(lead: Lead) -> None:
    dial = wanted(lead)
    later = wanted(lead, not_before=timezone.now() + timedelta(minutes=5))
    assert services.due_dials(10) == [dial.public_id]
    assert services.claim_dial(dial.public_id) == dial
    assert services.claim_dial(dial.public_id) is None
    assert services.claim_dial(later.public_id) is None
    assert services.claim_dial("nothing") is None
    assert services.due_dials(10) == []


def test_what_nobody_has_begun_can_be_canceled(lead: Lead) -> None:
    dial, begun = wanted(lead), claimed(lead)
    assert services.cancel_dials_of(lead) == 1
    dial.refresh_from_db()
    assert (dial.status, dial.is_over) == (DialStatus.CANCELED, True)
    assert not services.cancel_dial(begun)
    assert services.claim_dial(dial.public_id) is None


def test_dials_of_one_origin_can_be_canceled(lead: Lead) -> None:
    wanted(lead, origin=DialOrigin.CAMPAIGN)
    assert services.cancel_dials_of(lead, origin=DialOrigin.CADENCE) == 0
    assert services.cancel_dials_of(lead, origin=DialOrigin.CAMPAIGN) == 1


# ---------------------------------------------------------------- the gate


def test_an_allowed_dial_keeps_its_decision(lead: Lead, rep: User) -> None:
    dial = claimed(lead, user=rep)
    decision = services.ask_gate(dial)
    assert (decision.allowed, decision.user, decision.lead) == (True, rep, lead)
    assert (dial.decision, dial.status) == (decision, QUEUED)
    assert services.dial_of_decision(decision.public_id) == dial
    assert services.dial_of_decision("") is None


def test_a_refused_dial_is_blocked(lead: Lead, news: list[tuple[str, str]]) -> None:
    dial = claimed(lead)
    suppress(lead.business, phone=MARIA, source=STAFF)
    decision = services.ask_gate(dial)
    assert not decision.allowed
    assert (dial.status, dial.result, dial.decision) == (BLOCKED, DialResult.BLOCKED, decision)


def test_a_campaign_stands_in_the_ledger(lead: Lead) -> None:
    dial = claimed(lead, origin=DialOrigin.CAMPAIGN, origin_id="camp1")
    assert services.ask_gate(dial).campaign == "camp1"


# ---------------------------------------------------------------- what becomes of it


def test_a_call_rings_is_answered_and_ends(
    lead: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    told: list[tuple[str, str]] = []

    def receive(status: str, origin_id: str, **_: Any) -> None:
        told.append((status, origin_id))

    signals.dial_changed.connect(receive)
    with django_capture_on_commit_callbacks(execute=True):
        dial = placed(lead)
        assert services.note_answered(dial)
        assert services.note_ended(dial, DialResult.ANSWERED)
    signals.dial_changed.disconnect(receive)

    dial.refresh_from_db()
    assert (dial.status, dial.result, dial.call_id) == (ENDED, DialResult.ANSWERED, "c1")
    assert dial.placed_at and dial.answered_at and dial.ended_at
    assert told == [("placed", "t1"), ("answered", "t1"), ("ended", "t1")]


def test_what_is_told_late_or_twice_changes_nothing(lead: Lead) -> None:
    dial = placed(lead)
    assert services.note_ended(dial, DialResult.NO_ANSWER)
    for late in (
        services.note_answered(dial),
        services.note_placed(dial, call_id="c2"),
        services.note_ended(dial, DialResult.FAILED),
    ):
        assert not late
    dial.refresh_from_db()
    assert (dial.status, dial.result, dial.call_id) == (ENDED, DialResult.NO_ANSWER, "c1")


def test_an_answer_may_be_told_before_the_placing(lead: Lead) -> None:
    """Callbacks of the carrier are sometimes faster than its own answer."""
    dial = claimed(lead)
    services.ask_gate(dial)
    assert services.note_answered(dial)
    assert not services.note_placed(dial, call_id="c1")
    dial.refresh_from_db()
    assert (dial.status, dial.call_id) == (ANSWERED, "c1")


def test_a_failure_tells_why(lead: Lead) -> None:
    dial = placed(lead)
    services.note_ended(dial, DialResult.FAILED, error="No such number.")
    assert (dial.status, dial.error) == (FAILED, "No such number.")


def test_a_number_on_the_line_is_busy(lead: Lead) -> None:
    placed(lead)
    assert services.ask_gate(claimed(lead)).reasons == ["number_busy"]


# ---------------------------------------------------------------- opting out


def test_who_opts_out_has_nothing_queued_any_more(
    lead: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Each queued dial is refused by a line of the ledger, those for later too."""
    now, later = wanted(lead), wanted(lead, not_before=timezone.now() + timedelta(hours=1))
    other = create_lead(lead.business, source=LeadSource.MANUAL, phone="+14155550177")
    others = wanted(other)
    with django_capture_on_commit_callbacks(execute=True):
        suppress(lead.business, phone=MARIA, source=SuppressionSource.CALLER)
    for dial in (now, later):
        dial.refresh_from_db()
        assert dial.status == BLOCKED
        assert dial.decision is not None
        assert dial.decision.reasons == ["do_not_call_number"]
    others.refresh_from_db()
    assert others.status == QUEUED
    assert DialDecision.objects.count() == 2


@pytest.mark.parametrize("how", ["lead", "company"])
def test_so_it_is_with_persons_and_companies(
    how: str, lead: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    lead = update_lead(lead, company="Acme Roofing")
    dial = wanted(lead)
    named: dict[str, Any] = {"lead": lead} if how == "lead" else {"company": "ACME roofing Inc."}
    with django_capture_on_commit_callbacks(execute=True):
        suppress(lead.business, **named, source=STAFF)
    dial.refresh_from_db()
    assert dial.status == BLOCKED


def test_who_must_not_be_written_to_may_be_called(
    lead: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    dial = wanted(lead)
    with django_capture_on_commit_callbacks(execute=True):
        suppress(lead.business, email="maria@example.com", source=STAFF)
    dial.refresh_from_db()
    assert dial.status == QUEUED


# ---------------------------------------------------------------- what was lost


def test_a_dial_whose_placer_died_before_dialling_is_placed_anew(lead: Lead) -> None:
    dial = claimed(lead)
    services.ask_gate(dial)
    assert services.settle_lost() == 0
    Dial.objects.update(claimed_at=timezone.now() - services.LOST_AFTER - timedelta(seconds=1))
    assert services.settle_lost() == 1
    assert services.claim_dial(dial.public_id) == dial


def test_a_dial_whose_placer_died_while_dialling_is_not_dialled_twice(lead: Lead) -> None:
    dial = claimed(lead)
    use(services.ask_gate(dial))
    Dial.objects.update(claimed_at=timezone.now() - services.LOST_AFTER - timedelta(seconds=1))
    services.settle_lost()
    dial.refresh_from_db()
    assert (dial.status, dial.result) == (FAILED, DialResult.FAILED)


# ---------------------------------------------------------------- many at once


@pytest.mark.django_db(transaction=True)
def test_many_workers_claim_each_dial_once(lead: Lead, open_gate: DialRules) -> None:
    ids = [wanted(lead).public_id for _ in range(10)]

    def work() -> list[str]:
        return [dial_id for dial_id in ids if services.claim_dial(dial_id)]

    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(returning_connections(work)) for _ in range(4)]
        taken = [dial_id for each in found for dial_id in each.result(30)]
    assert sorted(taken) == sorted(ids)
