"""Leads that become one, and two again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import ForeignObjectRel
from django.utils import timezone

from leads import contacts
from leads.cadences.services import enroll
from leads.consent import consents_of, record_consent
from leads.enums import ConsentKind, LeadEventKind, LeadSource, LeadStage
from leads.merging import services
from leads.merging.services import ABSORBED, KEPT
from leads.models import Lead, LeadEvent, Merge, Suppression
from leads.pipeline.services import propose
from leads.services import add_note, create_lead, find_lead, merge_facts, suppress, update_lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

OTHER_NUMBER = "+14155550142"


@pytest.fixture
def double(lead: Lead) -> Lead:
    """Maria again, under another number, with history of her own."""
    made = create_lead(
        lead.business,
        source=LeadSource.WEB_FORM,
        first_name="Mary",
        phone=OTHER_NUMBER,
        email="maria@example.com",
        value=Decimal(900),
        stage=LeadStage.QUALIFIED,
    )
    merge_facts(made, {"roof": "tile", "budget": 9000})
    add_note(made, "Prefers mornings.")
    return made


# ---------------------------------------------------------------- merging


def test_what_is_empty_is_filled_and_the_further_stage_is_taken(lead: Lead, double: Lead) -> None:
    chosen = services.choices_for(lead, double)
    assert {name for name, which in chosen.items() if which == ABSORBED} == {
        "email",
        "value",
        "stage",
    }
    assert chosen["first_name"] == chosen["phone"] == KEPT


def test_all_that_belongs_to_it_comes_over(lead: Lead, double: Lead, rep: User) -> None:
    merge_facts(lead, {"budget": 12000})
    contacts.add_contact(double, name="Luis")
    record_consent(double, ConsentKind.AI_VOICE, is_given=True)
    propose(double, topic="Roof", quote="A new roof.", conversation="c1")
    services.merge(lead, double, by=rep)
    lead.refresh_from_db()
    assert (lead.first_name, lead.email, lead.value) == ("Maria", "maria@example.com", Decimal(900))
    assert lead.stage == LeadStage.QUALIFIED
    assert lead.facts == {"budget": 12000, "roof": "tile"}
    assert {contact.name for contact in lead.contacts.all()} == {"Luis", ""}
    assert consents_of(lead) == {"ai_voice": True}
    assert lead.opportunities.get().topic == "Roof"
    assert lead.events.filter(text="Prefers mornings.").exists()
    assert not Lead.objects.filter(pk=double.pk).exists()
    told = lead.events.get(kind=LeadEventKind.MERGED)
    assert (told.text, told.by) == ("Merged with Mary.", rep)


def test_both_numbers_lead_to_the_one_that_is_left(lead: Lead, double: Lead) -> None:
    services.merge(lead, double, choices={"phone": ABSORBED})
    lead.refresh_from_db()
    assert lead.phone == OTHER_NUMBER
    assert find_lead(lead.business, phone=MARIA) == lead
    assert find_lead(lead.business, phone=OTHER_NUMBER) == lead


def test_where_only_one_may_be_the_leads_own_stays(lead: Lead, double: Lead) -> None:
    business = lead.business
    for each in (lead, double):
        Suppression.objects.create(business=business, lead=each, source="staff", reason=str(each))
    merged = services.merge(lead, double)
    assert business.suppressions.get().reason == "Maria Lopez"
    assert [row["fields"]["reason"] for row in merged.dropped] == ["Mary"]
    services.undo(merged)
    assert sorted(row.reason for row in business.suppressions.all()) == ["Maria Lopez", "Mary"]


def test_one_cadence_goes_on(lead: Lead, double: Lead) -> None:
    for each in (lead, double):
        enroll(each)
    services.merge(lead, double)
    assert lead.enrollments.unfinished().count() == 1
    assert lead.enrollments.count() == 2


@pytest.mark.parametrize("which", ["same", "other business"])
def test_what_cannot_be_merged_is_refused(lead: Lead, other_business: Business, which: str) -> None:
    elsewhere = create_lead(other_business, source=LeadSource.API, first_name="Maria")
    with pytest.raises(InvalidInput):
        services.merge(lead, lead if which == "same" else elsewhere)


def test_every_relation_of_leads_is_moved_or_must_never_change() -> None:
    moved = services.relations_of_leads()
    names = {f"{each.related_model._meta.label_lower}.{each.field.name}" for each in moved}
    assert {"leads.leadevent.lead", "leads.appointment.lead", "assistant.thread.lead"} <= names
    every = [
        each
        for each in Lead._meta.get_fields(include_hidden=True)
        if isinstance(each, ForeignObjectRel)
    ]
    left = [each for each in every if each not in moved]
    assert [each.name for each in left] == ["dial_decisions"]


# ---------------------------------------------------------------- undoing


def rows_of(lead: Lead) -> dict[str, Any]:
    row = services._row_of(lead)
    return {name: value for name, value in row["fields"].items() if name != "updated_at"}


def test_two_are_again_what_they_were(lead: Lead, double: Lead, rep: User) -> None:
    lead.refresh_from_db()
    double.refresh_from_db()
    before = rows_of(lead), rows_of(double), set(double.events.values_list("pk", flat=True))
    merged = services.merge(lead, double, choices={"first_name": ABSORBED}, by=rep)
    again = services.undo(merged, by=rep)
    lead.refresh_from_db()
    again.refresh_from_db()
    assert (rows_of(lead), rows_of(again)) == before[:2]
    assert before[2] <= set(again.events.values_list("pk", flat=True))
    assert again.pk == double.pk
    assert not lead.contacts.exists()
    merged.refresh_from_db()
    assert (merged.undone_by, merged.undone_at is not None) == (rep, True)


def test_what_was_changed_since_stays(lead: Lead, double: Lead) -> None:
    merged = services.merge(lead, double)
    update_lead(lead, value=Decimal(7), first_name="Marie")
    merge_facts(lead, {"roof": "metal", "age": 4})
    services.undo(merged)
    lead.refresh_from_db()
    assert (lead.value, lead.first_name, lead.email) == (Decimal(7), "Marie", "")
    assert lead.facts == {"roof": "metal", "age": 4}


def test_what_happened_since_stays_where_it_happened(lead: Lead, double: Lead) -> None:
    merged = services.merge(lead, double)
    note = add_note(lead, "Called back.")
    again = services.undo(merged)
    assert note.lead_id == lead.pk
    assert LeadEvent.objects.get(pk=note.pk).lead == lead
    assert not again.events.filter(pk=note.pk).exists()


def test_a_merge_is_undone_once_and_within_thirty_days(lead: Lead, double: Lead) -> None:
    merged = services.merge(lead, double)
    Merge.objects.update(created_at=timezone.now() - timedelta(days=31))
    with pytest.raises(Conflict, match="30 days"):
        services.undo(merged)
    Merge.objects.update(created_at=timezone.now() - timedelta(days=29))
    services.undo(merged)
    with pytest.raises(Conflict, match="once"):
        services.undo(merged)


def test_a_number_that_another_lead_has_by_now_stays_theirs(lead: Lead, double: Lead) -> None:
    merged = services.merge(lead, double)
    lead.contacts.all().delete()
    create_lead(lead.business, source=LeadSource.API, phone=OTHER_NUMBER)
    with pytest.raises(Conflict, match="by now"):
        services.undo(merged)
    assert Lead.objects.of(lead.business).count() == 2


def test_a_later_merge_is_undone_first(lead: Lead, double: Lead) -> None:
    third = create_lead(lead.business, source=LeadSource.API, first_name="Third")
    first = services.merge(lead, double)
    second = services.merge(third, lead)
    with pytest.raises(Conflict, match="first"):
        services.undo(first)
    services.undo(second)
    services.undo(first)
    assert Lead.objects.of(lead.business).count() == 3


def test_who_must_not_be_called_stays_so(lead: Lead, double: Lead) -> None:
    suppress(lead.business, phone=OTHER_NUMBER, source="staff")  # type: ignore[arg-type]
    services.merge(lead, double)
    assert lead.business.suppressions.get().phone == OTHER_NUMBER
