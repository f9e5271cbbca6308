"""The desk as its own CRM: leads are the records. Works with nothing outside."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from leads import services
from leads.crm.base import Fields, Record, merged
from leads.enums import LeadEventKind, LeadSource
from leads.models import Lead
from leads.outside.account import Account
from leads.outside.errors import Gone
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

SAID = ("first_name", "last_name", "company", "email", "address")
"""Written as a customer's own words: nothing that is another lead's is taken."""
CHANGEABLE = (*SAID, "phone", "stage")
OPPORTUNITY = "opportunity-"
"""Begins the id of a lead's own stage and value, seen as an opportunity."""


class DeskCrm:
    """A :class:`~leads.crm.base.CRM` of the business's own leads."""

    name = "salesdesk"

    def __init__(self, account: Account, **options: Any) -> None:
        assert not options, "the desk has no options"
        self._business_id = account.business_id

    def check(self) -> None:
        self._leads().exists()

    def find(self, *, phone: str = "", email: str = "") -> Record | None:
        lead = services.find_lead(self._business(), phone=phone, email=email)
        return _record(lead) if lead else None

    def read(self, record_id: str) -> Record | None:
        lead = self._leads().filter(public_id=record_id.removeprefix(OPPORTUNITY)).first()
        if lead is None:
            return None
        return _opportunity(lead) if record_id.startswith(OPPORTUNITY) else _record(lead)

    def create(self, fields: Fields) -> Record:
        values = _checked(fields, CHANGEABLE)
        lead = services.create_lead(self._business(), source=LeadSource.CRM, **values)
        return _record(lead)

    def update(self, record_id: str, fields: Fields, known: Fields) -> Record:
        if record_id.startswith(OPPORTUNITY):
            return self._update_opportunity(record_id, fields, known)
        lead = self._lead(record_id)
        values = _checked(fields, CHANGEABLE)
        writing, conflicts = merged(values, known, _record(lead).fields)
        said: dict[str, Any] = {name: writing[name] for name in writing if name in SAID}
        others: dict[str, Any] = {name: writing[name] for name in writing if name not in SAID}
        lead = services.update_as_said(lead, **said)
        return _record(services.update_lead(lead, **others)).clashing(conflicts)

    def _update_opportunity(self, record_id: str, fields: Fields, known: Fields) -> Record:
        lead = self._lead(record_id.removeprefix(OPPORTUNITY))
        values = _checked(fields, ("stage", "amount"))
        writing, conflicts = merged(values, known, _opportunity(lead).fields)
        changes: dict[str, Any] = {
            "value" if name == "amount" else name: _amount(value) if name == "amount" else value
            for name, value in writing.items()
        }
        return _opportunity(services.update_lead(lead, **changes)).clashing(conflicts)

    def opportunity(self, record_id: str) -> Record | None:
        lead = self._leads().filter(public_id=record_id).first()
        return _opportunity(lead) if lead else None

    def log_event(self, record_id: str, title: str, text: str, at: datetime) -> str:
        told = f"{title}: {text}" if title else text
        lead, when = self._lead(record_id), {"at": at.isoformat()}
        return str(services.record_event(lead, LeadEventKind.NOTE, told, when).pk)

    def _business(self) -> Business:
        return Business.objects.get(pk=self._business_id)

    def _leads(self) -> Any:
        return Lead.objects.filter(business_id=self._business_id).select_related("business")

    def _lead(self, record_id: str) -> Lead:
        lead: Lead | None = self._leads().filter(public_id=record_id).first()
        if lead is None:
            raise Gone("There is no such lead any more.")
        return lead


def _record(lead: Lead) -> Record:
    fields = {name: str(getattr(lead, name)) for name in CHANGEABLE}
    fields["email"] = str(lead.facts.get(services.OTHER_EMAIL) or lead.email)
    phones = (lead.phone,) if lead.phone else ()
    return Record(lead.public_id, "lead", fields, phones, lead.updated_at)


def _opportunity(lead: Lead) -> Record:
    amount = "" if lead.value is None else f"{lead.value:.2f}"
    fields = {"name": str(lead), "stage": str(lead.stage), "amount": amount}
    return Record(OPPORTUNITY + lead.public_id, "opportunity", fields, (), lead.updated_at)


def _checked(fields: Fields, possible: tuple[str, ...]) -> dict[str, Any]:
    """The fields as they are kept, so that they compare. Raises ``InvalidInput``."""
    unknown = set(fields) - set(possible)
    if unknown:
        raise InvalidInput(f"There is no such field here: {', '.join(sorted(unknown))}.")
    values = {name: value.strip() for name, value in fields.items()}
    normal = {"phone": services.normal_phone, "email": services.normal_email}
    return {name: normal.get(name, str)(value) for name, value in values.items()}


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text) if text else None
        if value is not None:
            Lead._meta.get_field("value").clean(value, None)
    except (InvalidOperation, ValidationError):
        raise InvalidInput("The amount must be a number.") from None
    return value
