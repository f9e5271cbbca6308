"""What is done to several leads at once, and the list as a file."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from leads.cadences.services import enroll, pause
from leads.enums import BulkAction, LeadStage, SuppressionSource
from leads.models import Cadence, Lead
from leads.pipeline.services import move
from leads.services import suppress, update_lead
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, SalesdeskError

CHUNK = 2_000
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to each of several leads; what else counts depends on ``action``.

    ``OWNER`` wants ``owner``, ``STAGE`` a ``stage``; ``CADENCE`` without one is the usual.
    """

    action: BulkAction
    owner: User | None = None
    stage: str = ""
    cadence: Cadence | None = None
    reason: str = ""


@dataclass
class Done:
    """How many were changed, and why others were not: sentences, each with how often."""

    changed: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        changed = f"{self.changed:,} lead{'' if self.changed == 1 else 's'} changed."
        why = " ".join(f"{count:,} not: {sentence}" for sentence, count in self.refused.items())
        return f"{changed} {why}".strip()

    @property
    def level(self) -> str:
        """Of the notice that tells of it: no success where nothing was done."""
        if not self.changed:
            return "error"
        return "warning" if self.refused else "success"

    def count(self, refusal: str) -> None:
        """One more; ``refusal`` is empty for one that was changed."""
        if refusal:
            self.refused[refusal] = self.refused.get(refusal, 0) + 1
        else:
            self.changed += 1


def change_all(leads: Iterable[Lead], wish: Wish, *, by: User) -> Done:
    """Change each by itself; one that is refused keeps none of the others back."""
    done = Done()
    for lead in leads:
        done.count(change(lead, wish, by=by))
    return done


def change(lead: Lead, wish: Wish, *, by: User) -> str:
    """Do what is wished. Nothing when it is done, else the sentence with which it was refused."""
    try:
        CHANGES[wish.action](lead, wish, by)
    except SalesdeskError as error:
        return error.message
    return ""


def _give(lead: Lead, wish: Wish, by: User) -> None:
    assert wish.owner is not None, "it is given to somebody; to nobody is another action"
    update_lead(lead, owner=wish.owner, by=by)


def _release(lead: Lead, wish: Wish, by: User) -> None:
    update_lead(lead, owner=None, by=by)


def _move(lead: Lead, wish: Wish, by: User) -> None:
    move(lead, LeadStage(wish.stage), by=by)


def _enroll(lead: Lead, wish: Wish, by: User) -> None:
    enroll(lead, wish.cadence, by=by)


def _pause(lead: Lead, wish: Wish, by: User) -> None:
    if not pause(lead, by=by):
        raise Conflict("They are in no cadence that goes on.")


def _leave_in_peace(lead: Lead, wish: Wish, by: User) -> None:
    """Neither their number nor their address is ever used again."""
    told: dict[str, Any] = {"reason": wish.reason, "source": SuppressionSource.STAFF, "by": by}
    suppress(lead.business, phone=lead.phone, email=lead.email, **told)


CHANGES: Mapping[BulkAction, Callable[[Lead, Wish, User], None]] = {
    BulkAction.OWNER: _give,
    BulkAction.RELEASE: _release,
    BulkAction.STAGE: _move,
    BulkAction.CADENCE: _enroll,
    BulkAction.PAUSE: _pause,
    BulkAction.DO_NOT_CALL: _leave_in_peace,
}


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
