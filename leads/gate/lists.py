"""Do-not-call lists: read from files, replaced as a whole.

A file has a number a line, or is CSV with a number in one of its columns; the national registry's
own format (area code, comma, seven digits) is read too, and so are numbers without a country code,
as US ones.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from django.db import connection, transaction
from django.utils import timezone

from leads.enums import ListKind
from leads.models import DoNotCallList
from leads.services import find_number
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

NORTH_AMERICAN = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
AREA, SUBSCRIBER = re.compile(r"[2-9]\d{2}"), re.compile(r"[2-9]\d{6}")
MOST_PROBLEMS = 20
LONGEST_NAME = 80
LONGEST_LINE = 2000


@dataclass
class Imported:
    """``problems`` are the first lines without a number: where they stand and what they say."""

    into: DoNotCallList
    taken: int = 0
    unreadable: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)

    def note_problem(self, place: int, line: str) -> None:
        self.unreadable += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append((place, line[:80]))


@transaction.atomic
def import_list(
    business: Business,
    lines: Iterable[str],
    *,
    name: str,
    kind: ListKind | str,
    as_of: date,
    by: User | None = None,
) -> Imported:
    """Take the list in; numbers of an earlier import by this name are replaced.

    The gate heeds it from the moment at which this is committed. Raises ``InvalidInput`` for a
    name that cannot be, a day to come, or a file without a single number; nothing is then changed.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(f"Give the list a name of {LONGEST_NAME} characters at most.")
    if as_of > timezone.now().date():
        raise InvalidInput("The list cannot be of a day to come.")
    known, _ = DoNotCallList.objects.update_or_create(
        business=business,
        name=name,
        defaults={
            "kind": ListKind(kind),
            "as_of": as_of,
            "imported_at": timezone.now(),
            "by": by,
        },
    )
    imported = Imported(known)
    _replace(imported, lines)
    if not imported.taken:
        raise InvalidInput("There is no phone number in this file.")
    return imported


def delete_list(known: DoNotCallList) -> None:
    """Its numbers may be called again, as far as this list is concerned."""
    known.delete()


def _replace(imported: Imported, lines: Iterable[str]) -> None:
    """Postgres copies the numbers into a table of this transaction, and takes each once."""
    imported.into.entries.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE do_not_call_incoming (phone text) ON COMMIT DROP")
        with cursor.copy("COPY do_not_call_incoming (phone) FROM STDIN") as copy:
            for number in _numbers(imported, lines):
                copy.write_row((number,))
        cursor.execute(
            "INSERT INTO leads_donotcallentry (list_id, phone)"
            " SELECT DISTINCT %s::bigint, phone FROM do_not_call_incoming",
            [imported.into.pk],
        )
        imported.taken = cursor.rowcount
        cursor.execute("DROP TABLE do_not_call_incoming")
    imported.into.count = imported.taken
    imported.into.save(update_fields=["count"])


def _numbers(imported: Imported, lines: Iterable[str]) -> Iterator[str]:
    for place, line in enumerate(lines, start=1):
        text = line.replace("\0", "").strip("\ufeff\r\n\t ")[:LONGEST_LINE]
        number = number_in(text)
        if number:
            yield number
        elif text and not (place == 1 and not re.search(r"\d", text)):  # no heading
            imported.note_problem(place, text)


def number_in(line: str) -> str:
    """The E.164 number of a line of such a file, or nothing."""
    if NORTH_AMERICAN.fullmatch(line):
        return f"+1{line}"
    cells = next(csv.reader([line]), [])
    for first, second in pairwise(cells):
        if AREA.fullmatch(first.strip()) and SUBSCRIBER.fullmatch(second.strip()):
            return f"+1{first.strip()}{second.strip()}"
    return next((number for cell in cells if (number := find_number(cell.strip()))), "")
