"""What each outcome does to its lead, and taking it back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads import signals
from leads.enums import Behaviour, LeadStage, SuppressionSource
from leads.models import Disposition, Lead, Outcome, Suppression
from leads.outcomes.defaults import USUAL, dispositions_of, no_outcome_of
from leads.outcomes.services import record_outcome, undo_outcome
from leads.outcomes.times import at_leads_clock, zone_of
from leads.ready.wanting import want_call
from leads.services import is_suppressed, suppress, update_lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotAllowed

pytestmark = pytest.mark.django_db

Say = Callable[..., Outcome]


@pytest.fixture
def say(lead: Lead, rep: User) -> Say:
    """``say(key, **told)``: the rep records this outcome of the lead, which was wanted."""
    want_call(lead, why="New lead")

    def record(key: str, **told: Any) -> Outcome:
        outcome = record_outcome(lead, word(lead.business, key), user=rep, **told)
        lead.refresh_from_db()
        return outcome

    return record


def word(business: Business, key: str) -> Disposition:
    return next(each for each in dispositions_of(business) if each.key == key)


def told(lead: Lead) -> str:
    """The newest line of its history about an outcome."""
    event = lead.events.filter(kind="outcome").order_by("-pk").first()
    assert event is not None
    return event.text


def test_a_business_begins_with_the_usual_ones_once(business: Business) -> None:
    first = dispositions_of(business)

    assert [each.key for each in first] == [usual[0] for usual in USUAL]
    assert dispositions_of(business) == first
    assert {each.behaviour for each in first} == set(Behaviour.values)


def test_what_nobody_said_has_a_word_even_where_it_was_deleted(business: Business) -> None:
    dispositions_of(business)
    business.dispositions.filter(key="no_outcome").delete()

    assert no_outcome_of(business) == no_outcome_of(business)


# ---------------------------------------------------------------- behaviours


def test_an_opt_out_suppresses_number_and_address(say: Say, lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(email="maria@example.com")
    lead.refresh_from_db()

    say("opt_out")

    assert is_suppressed(lead.business, phone=MARIA)
    assert is_suppressed(lead.business, email="maria@example.com")
    assert lead.wanted_at is None


def test_a_wrong_number_is_not_dialled_again_but_the_person_may_be_written_to(
    say: Say, lead: Lead
) -> None:
    Lead.objects.filter(pk=lead.pk).update(email="maria@example.com")
    lead.refresh_from_db()

    say("wrong_number")

    assert is_suppressed(lead.business, phone=MARIA)
    assert not is_suppressed(lead.business, email="maria@example.com")


@pytest.mark.parametrize("mine", [True, False])
def test_a_callback_is_due_at_its_time_for_this_rep_or_any(
    say: Say, lead: Lead, rep: User, mine: bool
) -> None:
    at = timezone.now() + timedelta(hours=5)

    say("callback", callback_at=at, callback_mine=mine)

    assert lead.wanted_at == at
    assert lead.wanted_by == (rep if mine else None)
    assert lead.stage == LeadStage.CONTACTED


def test_history_tells_a_callback_by_the_clock_of_the_lead(say: Say, lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(time_zone="America/Los_Angeles")
    at = datetime(timezone.now().year + 1, 1, 4, 23, 30, tzinfo=UTC)

    say(
        "callback",
        callback_at=at
        if at < timezone.now() + timedelta(days=365)
        else at.replace(year=at.year - 1, month=12),
    )

    assert "3:30 PM their time" in told(lead)


@pytest.mark.parametrize(("key", "minutes"), [("no_answer", 240), ("voicemail", 1440)])
def test_a_try_is_repeated_by_the_rule_of_its_outcome(
    say: Say, lead: Lead, key: str, minutes: int
) -> None:
    outcome = say(key)

    assert lead.wanted_at == outcome.created_at + timedelta(minutes=minutes)
    assert lead.stage == LeadStage.NEW


def test_without_a_rule_the_next_try_is_left_to_the_cadence(say: Say, lead: Lead) -> None:
    word(lead.business, "no_answer")
    lead.business.dispositions.filter(key="no_answer").update(retry_minutes=None)

    say("no_answer")

    assert lead.wanted_at is None


@pytest.mark.parametrize(("key", "stage"), [("won", LeadStage.WON), ("lost", LeadStage.LOST)])
def test_a_lead_is_closed_with_its_reason(say: Say, lead: Lead, key: str, stage: LeadStage) -> None:
    say(key, reason="Too expensive")

    assert (lead.stage, lead.close_reason, lead.wanted_at) == (stage, "Too expensive", None)
    assert "because: Too expensive" in told(lead)


def test_news_go_out_after_commit(
    say: Say, lead: Lead, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[dict[str, Any]] = []

    def note(**ids: Any) -> None:
        heard.append(ids)

    signals.outcome_recorded.connect(note)
    with django_capture_on_commit_callbacks(execute=True):
        outcome = say("talked")
    signals.outcome_recorded.disconnect(note)

    (ids,) = heard
    assert (ids["outcome_id"], ids["lead_id"]) == (outcome.public_id, lead.public_id)
    assert ids["behaviour"] == "next"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("key", "given", "sentence"),
    [
        ("lost", {}, "Say why they are lost."),
        ("callback", {}, "Say when they want to be called."),
        ("callback", {"callback_at": datetime(2020, 1, 1, tzinfo=UTC)}, "over already"),
        ("callback", {"callback_at": datetime(2090, 1, 1, tzinfo=UTC)}, "a year ahead"),
        ("talked", {"note": "x" * 4001}, "too long"),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused_and_changes_nothing(
    say: Say, lead: Lead, key: str, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        say(key, **given)

    assert not lead.outcomes.exists()


def test_a_note_can_be_asked_for(say: Say, lead: Lead) -> None:
    word(lead.business, "talked")
    lead.business.dispositions.filter(key="talked").update(note_required=True)

    with pytest.raises(InvalidInput, match="needs a note"):
        say("talked", note="  ")
    say("talked", note="Wants a brochure")

    assert told(lead).endswith("Wants a brochure")


def test_another_businesss_outcome_is_refused(
    lead: Lead, rep: User, other_business: Business
) -> None:
    with pytest.raises(Conflict):
        record_outcome(lead, word(other_business, "talked"), user=rep)


# ---------------------------------------------------------------- undo


def test_undo_brings_back_stage_and_wish(say: Say, lead: Lead, rep: User) -> None:
    before = lead.wanted_at
    outcome = say("won")

    undo_outcome(outcome, by=rep)

    lead.refresh_from_db()
    assert (lead.stage, lead.wanted_at, lead.wanted_for) == (LeadStage.NEW, before, "New lead")
    assert told(lead) == "Undone: Won."


def test_undo_brings_back_why_and_when_it_was_closed_before(
    say: Say, lead: Lead, rep: User
) -> None:
    update_lead(lead, stage=LeadStage.LOST, close_reason="Price")
    closed = timezone.now() - timedelta(days=3)
    Lead.objects.filter(pk=lead.pk).update(closed_at=closed)

    undo_outcome(say("won", reason="Trust"), by=rep)

    lead.refresh_from_db()
    assert (lead.stage, lead.close_reason, lead.closed_at) == (LeadStage.LOST, "Price", closed)


@pytest.mark.parametrize(
    ("stage", "key", "given"),
    [
        ("lost", "lost", {"reason": "Other"}),
        ("won", "won", {"reason": "Trust"}),
        ("won", "won", {}),
    ],
)
def test_undo_brings_back_the_reason_of_a_stage_that_stayed(
    say: Say, lead: Lead, rep: User, stage: str, key: str, given: dict[str, str]
) -> None:
    update_lead(lead, stage=LeadStage(stage), close_reason="Price")
    closed = timezone.now() - timedelta(days=3)
    Lead.objects.filter(pk=lead.pk).update(closed_at=closed)

    outcome = say(key, **given)
    assert lead.close_reason == given.get("reason", "Price")
    undo_outcome(outcome, by=rep)

    lead.refresh_from_db()
    assert (lead.stage, lead.close_reason, lead.closed_at) == (stage, "Price", closed)


@pytest.mark.parametrize("key", ["no_answer", "talked", "won"])
def test_undo_leaves_a_lead_where_somebody_has_moved_it_since(
    say: Say, lead: Lead, rep: User, manager: User, key: str
) -> None:
    outcome = say(key)
    update_lead(lead, stage=LeadStage.APPOINTMENT, by=manager)

    undo_outcome(outcome, by=rep)

    lead.refresh_from_db()
    assert (lead.stage, lead.closed_at) == (LeadStage.APPOINTMENT, None)


def test_undo_leaves_a_reason_that_somebody_has_put_right_since(
    say: Say, lead: Lead, rep: User, manager: User
) -> None:
    update_lead(lead, stage=LeadStage.LOST, close_reason="Price")
    outcome = say("lost", reason="Other")
    update_lead(lead, close_reason="Too far away", by=manager)

    undo_outcome(outcome, by=rep)

    lead.refresh_from_db()
    assert (lead.stage, lead.close_reason) == (LeadStage.LOST, "Too far away")


def test_undoing_an_opt_out_takes_back_only_what_it_entered(
    say: Say, lead: Lead, rep: User
) -> None:
    Lead.objects.filter(pk=lead.pk).update(email="maria@example.com")
    lead.refresh_from_db()
    suppress(lead.business, email="maria@example.com", source=SuppressionSource.CALLER)

    undo_outcome(say("opt_out"), by=rep)

    assert list(Suppression.objects.values_list("phone", "email")) == [("", "maria@example.com")]


def test_it_is_too_late_after_a_minute_and_the_second_time(say: Say, lead: Lead, rep: User) -> None:
    outcome = say("talked")
    undo_outcome(outcome, by=rep)
    with pytest.raises(Conflict):
        undo_outcome(outcome, by=rep)

    late = say("talked")
    Outcome.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(seconds=61))
    with pytest.raises(Conflict):
        undo_outcome(late, by=rep)


def test_only_who_set_it_undoes_it(say: Say, manager: User) -> None:
    with pytest.raises(NotAllowed):
        undo_outcome(say("talked"), by=manager)


# ---------------------------------------------------------------- the lead's clock


@pytest.mark.parametrize(
    ("zone", "phone", "expected"),
    [
        ("America/Denver", "+14155550199", "America/Denver"),
        ("", "+14155550199", "America/Los_Angeles"),
        ("", "", "America/New_York"),
        ("Nowhere/Land", "", "America/New_York"),
    ],
)
def test_where_the_leads_clock_hangs(
    business: Business, zone: str, phone: str, expected: str
) -> None:
    lead = Lead(business=business, time_zone=zone, phone=phone)

    assert zone_of(lead).key == expected


def test_a_time_that_clocks_skip_is_refused(business: Business) -> None:
    lead = Lead(business=business, time_zone="America/New_York")

    with pytest.raises(InvalidInput):
        at_leads_clock(lead, datetime(2027, 3, 14, 2, 30))
    assert at_leads_clock(lead, datetime(2027, 3, 14, 3, 30)).astimezone(UTC).hour == 7
