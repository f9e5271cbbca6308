"""Many rows at once: which are new, which are known, which cannot be, and all of it written.

:func:`sort_out` decides and writes nothing, so the dry run and the import cannot differ;
:func:`write` brings a batch into the database with a handful of statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from leads.arriving.arrivals import (
    announce_arrival,
    inquiry_data,
    summary,
    what_is_new,
)
from leads.arriving.columns import values_of
from leads.arriving.values import Told, told_of
from leads.enums import LeadEventKind, LeadSource
from leads.models import Arrival, Contact, ImportProblem, Lead, LeadEvent, LeadImport
from leads.priority.services import rank_leads, rank_new, weights_of
from salesdesk.accounts.models import User
from salesdesk.lib.errors import InvalidInput

NOBODY = "Nothing in the row says who it is."
DUPLICATE = "The same person stands in an earlier row."
LONGEST_MESSAGE = 300
FILLED = ("first_name", "last_name", "company", "phone", "email", "address", "language", "value")


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` counts the rows below the header from 1."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A row of somebody who is known; ``news`` is what it adds."""

    number: int
    told: Told
    lead: Lead
    news: Told


@dataclass(slots=True)
class Batch:
    """What becomes of some rows. The pairs are a row's number and what it tells."""

    new: list[tuple[int, Told]] = field(default_factory=list)
    known: list["Inquiry"] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    problems: list[tuple[Row, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {
            "new_count": len(self.new),
            "known_count": len(self.known),
            "duplicate_count": len(self.duplicates),
            "error_count": len(self.problems),
        }


def read_rows(
    rows: Iterable[Row], mapping: Mapping[int, str], headers: Sequence[str]
) -> tuple[list[tuple[int, Told]], list[tuple[Row, str]]]:
    """What the rows tell, and the rows that cannot be read, with a sentence. Pure."""
    told: list[tuple[int, Told]] = []
    problems: list[tuple[Row, str]] = []
    for row in rows:
        try:
            told.append((row.number, _told(values_of(row.cells, mapping, headers))))
        except InvalidInput as error:
            problems.append((row, error.message[:LONGEST_MESSAGE]))
    return told, problems


def _told(values: Mapping[str, Any]) -> Told:
    told = told_of(values)
    if not any(told.own.get(key) for key in ("first_name", "last_name", "company", *ADDRESSES)):
        raise InvalidInput(NOBODY)
    return told


ADDRESSES = ("phone", "email")


def sort_out(
    told: Sequence[tuple[int, Told]],
    problems: Sequence[tuple[Row, str]],
    known: "Known",
    seen: set[str],
) -> Batch:
    """Who is new, who is known, who stands there twice. Adds to ``seen`` (numbers, addresses)."""
    batch = Batch(problems=list(problems))
    for number, each in told:
        names = {each.own[key] for key in ADDRESSES if key in each.own}
        lead = known.lead_with(each)
        if names & seen or (lead is not None and lead.pk in known.of_this_file):
            batch.duplicates.append(number)
        elif lead is not None:
            news = what_is_new(lead, each, taken=known.taken_from(lead, each))
            batch.known.append(Inquiry(number, each, lead, news))
            known.of_this_file.add(lead.pk)
        else:
            batch.new.append((number, each))
        seen |= names
    return batch


@dataclass(slots=True)
class Known:
    """The leads that the rows of a batch may be, by number and address; locked if so asked.

    ``of_this_file`` are the keys of those that an earlier row of the same file has made or met.
    """

    by_name: dict[str, Lead] = field(default_factory=dict)
    of_this_file: set[int] = field(default_factory=set)

    def lead_with(self, told: Told) -> Lead | None:
        names = (told.own.get(key, "") for key in ADDRESSES)
        return next((self.by_name[name] for name in names if name in self.by_name), None)

    def taken_from(self, lead: Lead, told: Told) -> set[str]:
        """Of number and address, those that are another lead's."""
        own = {key: self.by_name.get(told.own.get(key, "")) for key in ADDRESSES}
        return {key for key, other in own.items() if other is not None and other != lead}

    @classmethod
    def of(
        cls,
        lead_import: LeadImport,
        told: Sequence[tuple[int, Told]],
        *,
        lock: bool,
    ) -> "Known":
        """Those who may be meant by these rows."""
        phones = [each.own["phone"] for _, each in told if "phone" in each.own]
        emails = [each.own["email"] for _, each in told if "email" in each.own]
        found = cls()
        leads = Lead.objects.of(lead_import.business)
        if lock:
            leads = leads.select_for_update(of=("self",), no_key=True)
        for key, names in (("email", emails), ("phone", phones)):
            rows = leads.filter(**{f"{key}__in": names}).order_by("-pk")
            found.by_name |= {getattr(lead, key): lead for lead in rows}
        found._add_other_names(lead_import, [*phones, *emails])
        found._note_own(lead_import)
        return found

    def _add_other_names(self, lead_import: LeadImport, names: Sequence[str]) -> None:
        """Whose number or address it is besides: another one of a known person's."""
        besides = Contact.objects.filter(business=lead_import.business, is_lead=True)
        for key in ADDRESSES:
            rows = besides.filter(**{f"{key}__in": names}).exclude(**{key: ""})
            for contact in rows.select_related("lead"):
                if contact.lead is not None:
                    self.by_name.setdefault(getattr(contact, key), contact.lead)

    def _note_own(self, lead_import: LeadImport) -> None:
        keys = {lead.pk for lead in self.by_name.values()}
        rows = Arrival.objects.filter(lead__in=keys, origin__startswith=lead_import.origin)
        self.of_this_file = {key for key in rows.values_list("lead_id", flat=True) if key}


def lock_names(business_id: int, told: Sequence[tuple[int, Told]]) -> None:
    """Until the transaction ends, nobody else makes a lead with these numbers or addresses.

    The same locks as :func:`leads.services.lock_addresses`, all with one statement.
    """
    names = {each.own[key] for _, each in told for key in ADDRESSES if key in each.own}
    keys = sorted(f"lead:{business_id}:{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(hashtextextended(key, 0)))"
            " FROM (SELECT key FROM unnest(%s::text[]) WITH ORDINALITY AS t(key, n)"
            " ORDER BY n) AS keys",
            [keys],
        )


# ---------------------------------------------------------------- writing


def write(lead_import: LeadImport, batch: Batch) -> None:
    """Everything of the batch, in the transaction of the caller, who holds the locks."""
    _write_new(lead_import, batch.new)
    _write_known(lead_import, batch.known)
    problems = [
        ImportProblem(
            lead_import=lead_import, row=row.number, message=message, cells=list(row.cells)
        )
        for row, message in batch.problems
    ]
    ImportProblem.objects.bulk_create(problems)


def _write_new(lead_import: LeadImport, rows: Sequence[tuple[int, Told]]) -> None:
    now = timezone.now()
    leads = [
        Lead(
            business=lead_import.business,
            source=LeadSource.IMPORT,
            facts=told.facts,
            created_at=now,
            **told.own,
        )
        for _, told in rows
    ]
    rank_new(leads, weights_of(lead_import.business))
    Lead.objects.bulk_create(leads)
    events = [_created_event(lead_import, lead) for lead in leads]
    asked = [
        _inquiry(lead, told, lead_import.by)
        for lead, (_, told) in zip(leads, rows, strict=True)
        if told.message
    ]
    LeadEvent.objects.bulk_create([*events, *asked])
    _write_arrivals(lead_import, zip(rows, leads, strict=True), is_new=True)


def _created_event(lead_import: LeadImport, lead: Lead) -> LeadEvent:
    text = LeadSource.IMPORT.label
    told = {"import": lead_import.public_id}
    return LeadEvent(lead=lead, kind=LeadEventKind.CREATED, text=text, data=told, by=lead_import.by)


def _inquiry(lead: Lead, told: Told, by: User | None) -> LeadEvent:
    data = inquiry_data(LeadSource.IMPORT, told)
    return LeadEvent(lead=lead, kind=LeadEventKind.INQUIRY, text=summary(told), data=data, by=by)


def _write_known(lead_import: LeadImport, rows: Sequence[Inquiry]) -> None:
    changed = [_filled(row) for row in rows if row.news.own or row.news.facts]
    fields = (*FILLED, "time_zone", "facts", "updated_at")
    Lead.objects.bulk_update(changed, fields, batch_size=500)
    rank_leads(lead_import.business, [lead.pk for lead in changed])
    LeadEvent.objects.bulk_create([_inquiry(row.lead, row.told, lead_import.by) for row in rows])
    pairs = (((row.number, row.told), row.lead) for row in rows)
    _write_arrivals(lead_import, pairs, is_new=False)


def _filled(row: Inquiry) -> Lead:
    lead = row.lead
    for key, value in row.news.own.items():
        setattr(lead, key, value)
    lead.facts = {**lead.facts, **row.news.facts}
    lead.updated_at = timezone.now()
    return lead


def _write_arrivals(
    lead_import: LeadImport, rows: Iterable[tuple[tuple[int, Told], Lead]], *, is_new: bool
) -> None:
    arrivals = []
    for (number, _), lead in rows:
        arrivals.append(
            Arrival(
                business=lead_import.business,
                lead=lead,
                source=LeadSource.IMPORT,
                origin=f"{lead_import.origin}{number}",
                is_new=is_new,
            )
        )
        if lead_import.starts_work:
            announce_arrival(lead, LeadSource.IMPORT, is_new)
    Arrival.objects.bulk_create(arrivals)
