"""How fast a file of leads is imported: the product's own way, beside bare ways of writing rows."""

import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from leads.arriving import importing
from leads.models import Arrival, Lead, LeadImport
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business
from salesdesk.lib.ids import public_id

HEADERS = ["Name", "Phone", "E-mail", "Company", "Street", "City", "State", "Roof"]
ROWS, QUICK_ROWS = 100_000, 5_000
BARE = ("public_id", "business_id", "first_name", "last_name", "phone", "email", "company")


def run(quick: bool) -> dict[str, Any]:
    """Rows a second of the dry run and of the import, of a bare COPY of the same people into the
    same table, and of a bulk insert by Django; the ratios are against these.

    It leaves what it made in the database, which is meant to be thrown away, and is in no
    transaction, as a worker is in none. Lead, history and arrival are three rows for each row of
    the file; the bare ways write one.
    """
    rows = QUICK_ROWS if quick else ROWS
    data = _file(rows)
    with _own_files():
        copied = _seconds(lambda: _copy(_business(), rows))
        inserted = _seconds(lambda: _bulk_insert(_business(), rows))
        business = _business()
        added = importing.add_file(business, ContentFile(data, name="bench.csv"), by=None)
        checked = _seconds(lambda: _check(added))
        imported = _seconds(lambda: _import(added))
        assert Arrival.objects.filter(business=business, is_new=True).count() == rows
    return {
        "rows": rows,
        "check_rows_per_second": round(rows / checked),
        "import_rows_per_second": round(rows / imported),
        "bare_copy_rows_per_second": round(rows / copied),
        "bare_bulk_insert_rows_per_second": round(rows / inserted),
        "seconds_to_bare_copy": round(imported / copied, 1),
        "seconds_to_bare_bulk_insert": round(imported / inserted, 1),
    }


def _business() -> Business:
    return create_business("Bench", prompt="-")


@contextmanager
def _own_files() -> Iterator[None]:
    """A folder of its own, which is gone afterwards."""
    kept = settings.MEDIA_ROOT
    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        try:
            yield
        finally:
            settings.MEDIA_ROOT = kept


def _people(rows: int) -> Iterator[list[str]]:
    for number in range(rows):
        digits = 2_000_000 + number
        phone = f"({415 + number % 2}) {digits // 10_000}-{digits % 10_000:04}"
        yield [f"Lead Number{number}", phone, f"lead{number}@example.com", f"Company {number}"]


def _file(rows: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    for person in _people(rows):
        writer.writerow([*person, "1 Main St", "Denver", "CO", "tile"])
    return text.getvalue().encode()


def _seconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _check(added: LeadImport) -> None:
    importing.check(added, importing.mapping_of(added), starts_work=False)
    importing.work_on(added.pk)
    added.refresh_from_db()


def _import(added: LeadImport) -> None:
    importing.start(added)
    importing.work_on(added.pk)


def _copy(business: Business, rows: int) -> None:
    """COPY, the fastest way into a table, with every column that must be given."""
    fields = [
        field for field in Lead._meta.concrete_fields if not (field.primary_key or field.generated)
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY leads_lead ({columns}) FROM STDIN") as out,
    ):
        for lead in _leads(business, rows):
            out.write_row(
                [
                    field.get_db_prep_save(getattr(lead, field.attname), connection)
                    for field in fields
                ]
            )


def _bulk_insert(business: Business, rows: int) -> None:
    Lead.objects.bulk_create(_leads(business, rows), batch_size=500)


def _leads(business: Business, rows: int) -> Iterator[Lead]:
    now = timezone.now()
    for name, phone, email, company in _people(rows):
        yield Lead(
            public_id=public_id(),
            business=business,
            source="import",
            first_name=name,
            phone=phone,
            email=email,
            company=company,
            created_at=now,
            updated_at=now,
        )
