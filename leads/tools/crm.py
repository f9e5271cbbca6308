"""Tools about the CRM: read and write the customer's record, and what is connected at all."""

from typing import Any, ClassVar

from django.db import transaction
from pydantic import BaseModel, Field

from leads import services
from leads.crm.base import Record
from leads.crm.services import read_record, write_record
from leads.customers import (
    WHICH_LEAD,
    business_of,
    customer_of,
    known_phone,
    origin_of,
    required_customer,
)
from leads.models import Integration
from leads.tools.inputs import Line, OfLead, Words
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import for_people
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

NOT_THERE = "The CRM does not have this customer."
CALLERS_SEE = ("first_name", "last_name", "company", "phone", "email", "address")
CALLERS_CHANGE = ("name", "first_name", "last_name", "email", "address", "note")
STAFF_CHANGE = (
    *CALLERS_CHANGE,
    "company",
    "phone",
    "stage",
    "opportunity_name",
    "opportunity_stage",
    "opportunity_amount",
    "opportunity_close_date",
)
MOST_FIELDS = len(STAFF_CHANGE)


# ---------------------------------------------------------------- reading


class CrmRead:
    """A :class:`~salesdesk.lib.tools.Tool`: the customer's record in the CRM.

    Callers get the record with the number that the carrier told, and of it their own data only.
    """

    name: ClassVar = "crm_read"
    description: ClassVar = "Read what the CRM has of the customer of this conversation."
    input: ClassVar[type[BaseModel]] = OfLead
    timeout_s: ClassVar = 10.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: OfLead) -> ToolResult:
        lead = customer_of(context, given.lead)
        if lead is None and context.trust >= Trust.REP:
            raise InvalidInput(WHICH_LEAD)
        found = read_record(lead, told=_told(context)) if lead else None
        if found is None:
            return ToolResult(NOT_THERE, data={"found": False, "record": {}})
        data = _data(context, *found)
        return ToolResult(_in_words(data), data={"found": True, "record": data})


def _told(context: ToolContext) -> str | None:
    """The number that a caller's record must have; staff may read any."""
    return None if context.trust >= Trust.REP else known_phone(context)


def _data(context: ToolContext, record: Record, opportunity: Record | None) -> dict[str, Any]:
    if context.trust < Trust.REP:
        return {name: record.fields.get(name, "") for name in CALLERS_SEE}
    own = {"id": record.id, "kind": record.kind, **record.fields}
    fields = dict(opportunity.fields) if opportunity else None
    return {**own, "opportunity": fields}


def _in_words(data: dict[str, Any]) -> str:
    told = {**data, "phone": for_people(data.get("phone", ""))}
    opportunity = told.pop("opportunity", None) or {}
    told |= {f"opportunity {name}": value for name, value in opportunity.items()}
    words = (f"{name.replace('_', ' ')}: {value}" for name, value in told.items() if value)
    return f"In the CRM: {'; '.join(words)}"


# ---------------------------------------------------------------- writing


class CrmChange(OfLead):
    fields: dict[str, Words] = Field(
        min_length=1,
        max_length=MOST_FIELDS,
        description="What to write, by name of the field: name, email, address, note. Staff also: "
        "company, phone, stage, opportunity_stage, opportunity_amount, opportunity_close_date.",
    )


class CrmUpdate:
    """A :class:`~salesdesk.lib.tools.Tool`: writes into the customer's record in the CRM.

    What a colleague has changed there meanwhile is not overwritten but told. A note is added to
    the record's history.
    """

    name: ClassVar = "crm_update"
    description: ClassVar = (
        "Write what the customer said of themselves into their record in the CRM: name, email, "
        "address, or a note. Give only what was said. Makes the record if there is none."
    )
    input: ClassVar[type[BaseModel]] = CrmChange
    timeout_s: ClassVar = 10.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    def run(self, context: ToolContext, given: CrmChange) -> ToolResult:
        fields = _checked(context, given.fields)
        with transaction.atomic():
            lead = required_customer(context, given.lead)
        note = fields.pop("note", "")
        where = {"told": _told(context), "at": context.now, **origin_of(context)}
        record = write_record(lead, fields, note=note, **where)
        conflicts = [
            {"field": each.field, "theirs": each.theirs, "wanted": each.wanted}
            for each in record.conflicts
        ]
        data = {"record": _data(context, record, None), "conflicts": conflicts}
        return ToolResult(_done(conflicts), data=data)


def _checked(context: ToolContext, given: dict[str, str]) -> dict[str, str]:
    """The fields by the CRM's names. Raises ``InvalidInput`` for one that may not be written."""
    allowed = STAFF_CHANGE if context.trust >= Trust.REP else CALLERS_CHANGE
    refused = sorted(set(given) - set(allowed))
    if refused:
        raise InvalidInput(f"This cannot be changed here: {', '.join(refused)[:200]}.")
    fields = {name: value for name, value in given.items() if value and name != "name"}
    if given.get("name"):
        fields["first_name"], _, fields["last_name"] = given["name"].partition(" ")
    if "email" in fields:
        fields["email"] = services.normal_email(fields["email"])
    if not fields:
        raise InvalidInput("Say what is to be written.")
    longest = next((name for name in fields if name != "note" and len(fields[name]) > 300), "")
    if longest:
        raise InvalidInput(f"This is too long: {longest}.")
    return {name: value for name, value in fields.items() if value}


def _done(conflicts: list[dict[str, str]]) -> str:
    if not conflicts:
        return "Written to the CRM."
    left = "; ".join(f"{each['field']} is “{each['theirs']}”" for each in conflicts)
    return (
        f"A colleague has changed this in the CRM meanwhile, so it was left: {left}. Ask the "
        "customer which is right, and write it again if it is to be changed."
    )


# ---------------------------------------------------------------- what is connected


class Topic(BaseModel):
    topic: Line = Field(default="", description="What is asked about: CRM, calendar, or a name.")


class IntegrationsInfo:
    """A :class:`~salesdesk.lib.tools.Tool`: which outside services the business has connected."""

    name: ClassVar = "integrations_info"
    description: ClassVar = (
        "Which CRM and which calendars the business works with, and whether they are connected."
    )
    input: ClassVar[type[BaseModel]] = Topic
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: Topic) -> ToolResult:
        rows = business_of(context).integrations.filter(is_active=True).order_by("provider")
        told = [_integration(context, row) for row in rows.exclude(credentials="")]
        asked = given.topic.lower()
        fitting = [each for each in told if asked in f"{each['name']} {each['purpose']}".lower()]
        shown = fitting or told
        words = "; ".join(f"{each['name']} for {each['purpose']}" for each in shown)
        none = "No outside service is connected: customers and appointments are kept here."
        return ToolResult(f"Connected: {words}." if shown else none, data={"integrations": shown})


PURPOSES = {"salesforce": "customers (CRM) and calendars", "google": "calendars"}


def _integration(context: ToolContext, row: Integration) -> dict[str, Any]:
    """What went wrong is for staff only."""
    about = {"name": row.get_provider_display(), "purpose": PURPOSES[row.provider]}
    if context.trust < Trust.REP:
        return about
    checked = row.checked_at.isoformat() if row.checked_at else ""
    return {**about, "checked_at": checked, "error": row.error}
