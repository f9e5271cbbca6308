"""What is done to several leads at once, and the list as a file."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from leads.cadences.services import enroll, pause
from leads.enums import LeadStage, SuppressionSource
from leads.models import Cadence, Lead
from leads.pipeline.services import move
from leads.services import suppress, update_lead
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, SalesdeskError

CHUNK = 2_000
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Done:
    """How many were changed, and why others were not: sentences, each with how often."""

    changed: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        changed = f"{self.changed} lead{'' if self.changed == 1 else 's'} changed."
        why = " ".join(f"{count} not: {sentence}" for sentence, count in self.refused.items())
        return f"{changed} {why}".strip()


def for_each(leads: Iterable[Lead], change: Callable[[Lead], object]) -> Done:
    """Change each by itself; one that is refused keeps none of the others back."""
    done = Done()
    for lead in leads:
        try:
            change(lead)
        except SalesdeskError as error:
            done.refused[error.message] = done.refused.get(error.message, 0) + 1
        else:
            done.changed += 1
    return done


def give_to(leads: Iterable[Lead], owner: User | None, *, by: User) -> Done:
    return for_each(leads, lambda lead: update_lead(lead, owner=owner, by=by))


def move_all(leads: Iterable[Lead], stage: LeadStage, *, by: User) -> Done:
    return for_each(leads, lambda lead: move(lead, stage, by=by))


def enroll_all(leads: Iterable[Lead], cadence: Cadence | None, *, by: User) -> Done:
    return for_each(leads, lambda lead: enroll(lead, cadence, by=by))


def pause_all(leads: Iterable[Lead], *, by: User) -> Done:
    def paused(lead: Lead) -> None:
        if not pause(lead, by=by):
            raise Conflict("They are in no cadence that goes on.")

    return for_each(leads, paused)


def leave_in_peace(leads: Iterable[Lead], reason: str, *, by: User) -> Done:
    """Neither their numbers nor their addresses are ever used again."""
    told = {"reason": reason, "source": SuppressionSource.STAFF, "by": by}

    def left(lead: Lead) -> None:
        suppress(lead.business, phone=lead.phone, email=lead.email, **told)  # type: ignore[arg-type]

    return for_each(leads, left)


# ---------------------------------------------------------------- as a file

COLUMNS = (
    "id",
    "first_name",
    "last_name",
    "company",
    "phone",
    "email",
    "address",
    "time_zone",
    "stage",
    "source",
    "value",
    "owner",
    "close_reason",
    "created_at",
)


def as_csv(leads: QuerySet[Any]) -> Iterator[str]:
    """Lines of a CSV file with a header, in the order of the leads; they are read in chunks.

    What a spreadsheet would take for a formula is written as text
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for lead in leads.select_related("owner").iterator(chunk_size=CHUNK):
        yield writer.writerow([_harmless(cell) for cell in _cells(lead)])


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _cells(lead: Lead) -> Iterator[object]:
    yield lead.public_id
    for name in COLUMNS[1:]:
        value = getattr(lead, name)
        yield value.isoformat() if name == "created_at" else value


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    is_number = text.lstrip("+-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(FORMULA_BEGINS) and not is_number else text
