"""Salesforce as CRM: leads, contacts, opportunities and events.

Pure functions translate between its rows and our records; the class sends them
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from simple_salesforce.format import format_soql

from leads.crm.base import Fields, Record, merged
from leads.outside.account import Account
from leads.outside.errors import ChangedMeanwhile, Gone, malformed
from leads.outside.salesforce import NAME, Row, SalesforceClient
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164

TRIES = 2
LATEST = "ORDER BY LastModifiedDate DESC LIMIT"
UNKNOWN_NAME = "Unknown"
RECORD_ID = re.compile(r"[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?")
US_ADDRESS = re.compile(r"(.+), ([^,]+), ([A-Z]{2}) (\d{5}(?:-\d{4})?)")
ADDRESS = ("Street", "City", "State", "PostalCode")


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of record looks: ``columns`` by our names.

    ``address`` begins the columns of its address; ``besides`` are columns to be read only.
    """

    sobject: str
    kind: str
    columns: Mapping[str, str]
    phones: tuple[str, ...] = ()
    address: str | None = None
    besides: tuple[str, ...] = ()

    @property
    def asked(self) -> list[str]:
        """All columns to read."""
        address = [] if self.address is None else [self.address + part for part in ADDRESS]
        names = ["Id", *self.columns.values(), *self.phones, *address, *self.besides]
        return list(dict.fromkeys([*names, "LastModifiedDate"]))


PERSON = {"first_name": "FirstName", "last_name": "LastName", "phone": "Phone", "email": "Email"}
PHONES = ("Phone", "MobilePhone")
CONTACT = Shape("Contact", "contact", PERSON, PHONES, "Mailing")
LEAD = Shape(
    "Lead",
    "lead",
    {**PERSON, "company": "Company", "stage": "Status"},
    PHONES,
    address="",
    besides=("IsConverted",),
)
OPPORTUNITY = Shape(
    "Opportunity",
    "opportunity",
    {"name": "Name", "stage": "StageName", "amount": "Amount", "close_date": "CloseDate"},
)
SHAPES = {"003": CONTACT, "00Q": LEAD, "006": OPPORTUNITY}
"""By the first three characters of an id, which tell what it is of."""


class SalesforceCrm:
    """A :class:`~leads.crm.base.CRM` of a Salesforce account."""

    name = NAME

    def __init__(self, account: Account, **options: Any) -> None:
        self._client = SalesforceClient(account.credentials, **options)

    def check(self) -> None:
        self._client.query("SELECT Id FROM Organization LIMIT 1")

    def find(self, *, phone: str = "", email: str = "") -> Record | None:
        for shape in (CONTACT, LEAD):
            rows = self._client.query(search(shape, phone, email)) if phone or email else []
            records = [record_of(shape, row) for row in rows]
            for record in records:
                if is_meant(record, phone, email):
                    return record
        return None

    def read(self, record_id: str) -> Record | None:
        shape = shape_of(record_id)
        if shape is None:
            return None
        try:
            row = self._client.read(shape.sobject, record_id, shape.asked)
        except Gone:
            return None
        # A lead that has become a contact is found as that one.
        return None if row.get("IsConverted") else record_of(shape, row)

    def create(self, fields: Fields) -> Record:
        last_name = fields.get("last_name") or fields.get("first_name") or UNKNOWN_NAME
        needed = {"last_name": last_name, "company": fields.get("company") or last_name}
        key = self._client.create(LEAD.sobject, row_of(LEAD, {**fields, **needed}))
        return self._there(key)

    def update(self, record_id: str, fields: Fields, known: Fields) -> Record:
        for trial in range(1, TRIES + 1):
            try:
                return self._updated(self._there(record_id), fields, known)
            except ChangedMeanwhile:
                if trial == TRIES:
                    raise
        raise AssertionError("the last trial returns or raises")

    def _updated(self, theirs: Record, fields: Fields, known: Fields) -> Record:
        shape = _known_shape(theirs.id)
        writing, conflicts = merged(comparable(fields), known, theirs.fields)
        if writing:
            row, unchanged = row_of(shape, writing), unless_changed(theirs)
            self._client.update(shape.sobject, theirs.id, row, unchanged)
            theirs = self._there(theirs.id)
        return theirs.clashing(conflicts)

    def opportunity(self, record_id: str) -> Record | None:
        if shape_of(record_id) is not CONTACT:
            return None
        rows = self._client.query(open_opportunity(record_id))
        return record_of(OPPORTUNITY, rows[0]) if rows else None

    def log_event(self, record_id: str, title: str, text: str, at: datetime) -> str:
        return self._client.create("Event", event_of(record_id, title, text, at))

    def _there(self, record_id: str) -> Record:
        record = self.read(record_id)
        if record is None:
            raise Gone("Salesforce does not have this record any more.")
        return record


# ---------------------------------------------------------------- questions


def search(shape: Shape, phone: str, email: str) -> str:
    """SOQL for the records that may have this number or address, the last changed first.

    Numbers stand in Salesforce as people wrote them: whatever is between the groups of digits of
    a number in North America is let through, and :func:`is_meant` looks again.
    """
    pattern = "%".join(_groups(phone))
    tests = [f"{column} LIKE '%{pattern}%'" for column in shape.phones] if phone else []
    tests += [format_soql("Email = {}", email)] if email else []
    only_open = " AND IsConverted = false" if shape is LEAD else ""
    columns = ", ".join(shape.asked)
    chosen = f"({' OR '.join(tests)}){only_open}"
    return f"SELECT {columns} FROM {shape.sobject} WHERE {chosen} {LATEST} 20"  # noqa: S608  # digits, and what is quoted


def _groups(phone: str) -> list[str]:
    """“415”, “555”, “0199” of +14155550199; of other countries the last seven digits."""
    digits = re.sub(r"\D", "", phone)
    if phone.startswith("+1"):
        return [digits[-10:-7], digits[-7:-4], digits[-4:]]
    return list(digits[-7:])


def is_meant(record: Record, phone: str, email: str) -> bool:
    same_address = bool(email) and record.fields.get("email", "").lower() == email.lower()
    return same_address or (bool(phone) and phone in record.phones)


def open_opportunity(contact_id: str) -> str:
    of_contact = format_soql(
        "IsClosed = false AND Id IN "
        "(SELECT OpportunityId FROM OpportunityContactRole WHERE ContactId = {})",
        contact_id,
    )
    columns = ", ".join(OPPORTUNITY.asked)
    return f"SELECT {columns} FROM Opportunity WHERE {of_contact} {LATEST} 1"  # noqa: S608  # quoted


# ---------------------------------------------------------------- rows and records


def shape_of(record_id: str) -> Shape | None:
    return SHAPES.get(record_id[:3]) if RECORD_ID.fullmatch(record_id) else None


def _known_shape(record_id: str) -> Shape:
    shape = shape_of(record_id)
    assert shape is not None, "it was read by its shape"
    return shape


def record_of(shape: Shape, row: Row) -> Record:
    """Raises ``ProviderError`` when the row has not what was asked for."""
    try:
        fields = {name: _text(row.get(column)) for name, column in shape.columns.items()}
        changed_at = datetime.fromisoformat(row["LastModifiedDate"])
        record = Record(str(row["Id"]), shape.kind, fields, changed_at=changed_at)
    except (LookupError, TypeError, ValueError) as error:
        raise malformed(NAME) from error
    if shape.address is None:
        return record
    phones = tuple(filter(None, (_number(_text(row.get(column))) for column in shape.phones)))
    fields["phone"] = phones[0] if phones else fields["phone"]
    fields["address"] = one_line([_text(row.get(shape.address + part)) for part in ADDRESS])
    return replace(record, phones=phones)


def row_of(shape: Shape, fields: Fields) -> dict[str, Any]:
    """Raises ``InvalidInput`` for a field that such a record does not have."""
    row: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "address" and shape.address is not None:
            row |= {shape.address + part: text for part, text in address_parts(value).items()}
        elif name == "amount" and value:
            row[shape.columns[name]] = _decimal(value)
        elif name in shape.columns:
            row[shape.columns[name]] = value or None
        else:
            raise InvalidInput(f"A {shape.kind} in Salesforce has no {name.replace('_', ' ')}.")
    return row


def comparable(fields: Fields) -> dict[str, str]:
    """As :func:`record_of` writes them: numbers in E.164, amounts with cents."""
    values = dict(fields)
    if values.get("phone"):
        values["phone"] = to_e164(values["phone"])
    if values.get("amount"):
        values["amount"] = _text(_decimal(values["amount"]))
    return values


def unless_changed(record: Record) -> dict[str, str]:
    """Salesforce then refuses the write (412) where somebody has changed it since.

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_conditional.htm
    """
    assert record.changed_at is not None
    return {"If-Unmodified-Since": format_datetime(record.changed_at.astimezone(UTC), usegmt=True)}


def event_of(record_id: str, title: str, text: str, at: datetime) -> dict[str, Any]:
    when = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "WhoId": record_id,
        "Subject": title[:255],
        "Description": text,
        "StartDateTime": when,
        "DurationInMinutes": 1,
    }


def one_line(parts: list[str]) -> str:
    """“12 Oak Street, Oakland, CA 94607”; what is missing is left out."""
    street, city, state, code = (" ".join(part.split()) for part in parts)
    return ", ".join(filter(None, (street, city, f"{state} {code}".strip())))


def address_parts(line: str) -> dict[str, str | None]:
    """The columns of an address; one that is not written as in the US is all street."""
    match = US_ADDRESS.fullmatch(line.strip())
    values = match.groups() if match else (line.strip() or None, None, None, None)
    return dict(zip(ADDRESS, values, strict=True))


def _text(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:.2f}"
    return "" if value is None else str(value).strip()


def _decimal(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidInput("The amount must be a number.") from None


def _number(text: str) -> str:
    """E.164 where it is a number."""
    try:
        return to_e164(text) if text else ""
    except InvalidInput:
        return ""
