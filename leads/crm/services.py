"""A lead's record in the CRM: found, read, written. What was written stands in the history."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from leads import services
from leads.crm.base import CRM, Clash, Fields, Record
from leads.enums import LeadEventKind
from leads.models import Lead
from leads.outside.integrations import crm_of
from salesdesk.accounts.models import User
from salesdesk.lib.errors import InvalidInput, NotFound

OF_OPPORTUNITY = "opportunity_"
"""Begins the names of an opportunity's fields, where both kinds stand side by side."""
FROM_LEAD = ("first_name", "last_name", "company", "phone", "email", "address")
NOT_THEIRS = "Nothing is kept in the CRM under the number that this customer calls from."
NO_OPPORTUNITY = "The CRM has no open opportunity of this customer."


def read_record(lead: Lead, *, told: str | None = None) -> tuple[Record, Record | None] | None:
    """The lead's record and its open opportunity; ``None`` when the CRM does not have it.

    ``told`` is the number that the carrier told, for a customer: only a record with this number
    is then read, without its opportunity, and nothing that was merely said leads to one.
    Raises ``ProviderError``, and ``NotFound`` when the record is of another number.
    """
    crm = crm_of(lead.business)
    record = _find(crm, lead, told)
    if record is None:
        return None
    opportunity = crm.opportunity(record.id) if told is None else None
    _remember(crm, lead, record, opportunity)
    return record, opportunity


def write_record(
    lead: Lead,
    fields: Fields,
    *,
    told: str | None = None,
    conversation: str = "",
    by: User | None = None,
    note: str = "",
    at: Any,
) -> Record:
    """Write ``fields`` into the lead's record, which is made if there is none.

    What somebody has changed in the CRM since it was last read stays, and is among the record's
    conflicts; it counts as read from then on. Writes history. Raises as :func:`read_record` does,
    and ``InvalidInput`` for a field that the record does not have.
    """
    crm = crm_of(lead.business)
    own, of_opportunity = _split(fields)
    record = _find(crm, lead, told)
    opportunity = crm.opportunity(record.id) if record and of_opportunity else None
    if of_opportunity and opportunity is None:
        raise InvalidInput(NO_OPPORTUNITY)
    record = _write(crm, lead, record, own, told)
    if of_opportunity and opportunity is not None:
        known = lead.crm_known.get(opportunity.id, opportunity.fields)
        opportunity = crm.update(opportunity.id, of_opportunity, known)
        record = record.clashing((*record.conflicts, *map(_named, opportunity.conflicts)))
    if note:
        crm.log_event(record.id, "Note", note, at)
    _remember(crm, lead, record, opportunity)
    _tell(crm, lead, record, [*fields, *(["note"] if note else [])], conversation, by)
    return record


def _find(crm: CRM, lead: Lead, told: str | None) -> Record | None:
    if told is None:
        known = crm.read(lead.crm_id) if lead.crm_id else None
        return known or crm.find(phone=lead.phone, email=lead.email)
    if not told:
        raise NotFound(NOT_THEIRS)
    known = crm.read(lead.crm_id) if lead.crm_id else None
    record = known or crm.find(phone=told)
    if record is not None and told not in record.phones:
        raise NotFound(NOT_THEIRS)
    return record


def _write(
    crm: CRM, lead: Lead, record: Record | None, fields: Mapping[str, str], told: str | None
) -> Record:
    if record is not None:
        known = lead.crm_known.get(record.id, record.fields)
        return crm.update(record.id, fields, known) if fields else record
    values = {name: getattr(lead, name) for name in FROM_LEAD}
    given = {name: value for name, value in {**values, **fields}.items() if value}
    return crm.create({**given, "phone": told} if told else given)


def _split(fields: Fields) -> tuple[dict[str, str], dict[str, str]]:
    own = {name: value for name, value in fields.items() if not name.startswith(OF_OPPORTUNITY)}
    others = {
        name.removeprefix(OF_OPPORTUNITY): value
        for name, value in fields.items()
        if name not in own
    }
    return own, others


def _named(clash: Clash) -> Clash:
    return Clash(OF_OPPORTUNITY + clash.field, clash.known, clash.theirs, clash.wanted)


@transaction.atomic
def _remember(crm: CRM, lead: Lead, record: Record, opportunity: Record | None) -> None:
    """What stands there now, so that a later change by somebody else is seen."""
    records = [record, opportunity] if opportunity else [record]
    lead.crm_known = {**lead.crm_known, **{each.id: dict(each.fields) for each in records}}
    changes: dict[str, Any] = {"crm_known": lead.crm_known}
    if record.id not in (lead.crm_id, lead.public_id):
        lead.crm_id = changes["crm_id"] = record.id
        text = f"Connected with a {record.kind} in {crm.name}."
        services.record_event(lead, LeadEventKind.CRM, text, {"record": record.id})
    Lead.objects.filter(pk=lead.pk).update(**changes)


def _tell(
    crm: CRM, lead: Lead, record: Record, fields: list[str], conversation: str, by: User | None
) -> None:
    left = [clash.field for clash in record.conflicts]
    written = [name for name in fields if name not in left]
    texts = [f"Written to {crm.name}: {_in_words(written)}."] if written else []
    texts += [f"Changed in {crm.name} meanwhile, and left: {_in_words(left)}."] if left else []
    told = {"record": record.id, "written": written, "conflicts": left}
    services.record_event(lead, LeadEventKind.CRM, " ".join(texts), told, conversation, by)


def _in_words(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ").replace("email", "e-mail") for name in names)
