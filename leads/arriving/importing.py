"""Files of leads: uploaded, checked, imported and taken back.

A file is worked on in batches. What becomes of a batch and how far the file has come are committed
together, so whoever goes on after a worker's death takes nothing twice and leaves nothing out.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from leads import signals
from leads.arriving import bulk, columns, tables
from leads.arriving.bulk import Batch, Row
from leads.arriving.push import tell_import
from leads.enums import ImportStatus
from leads.models import (
    Appointment,
    Arrival,
    ImportMapping,
    ImportProblem,
    Lead,
    LeadEvent,
    LeadImport,
)
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.lib.ids import public_id
from salesdesk.lib.leases import Lease, Lost, claim, is_free, is_left_behind

BATCH_ROWS = 500
"""So many rows hold at most twice as many locks (Postgres has 64 for each connection)."""
EXAMPLES = 5
PROBLEMS_KEPT = 10_000
DEAD_AFTER = timedelta(minutes=2)
"""Longer than any batch takes."""
COUNTS = ("new_count", "known_count", "duplicate_count", "error_count")
WAITING = (ImportStatus.CHECKING, ImportStatus.RUNNING, ImportStatus.UNDOING)


# ---------------------------------------------------------------- what people do


def add_file(business: Business, file: "File[bytes]", *, by: User | None) -> LeadImport:
    """Keep the file, and guess what its columns mean. Raises ``InvalidInput``."""
    if (file.size or 0) > tables.LARGEST_FILE:
        megabytes = tables.LARGEST_FILE // 1024 // 1024
        raise InvalidInput(f"The file is larger than {megabytes} MB; split it.")
    opened: Any = file.file
    layout = tables.detect(opened)
    headers, samples = tables.head_of(opened, layout)
    added = LeadImport(
        business=business,
        by=by,
        file_name=str(file.name or "leads")[-200:],
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        headers=headers,
        mapping=_first_mapping(business, headers, samples),
    )
    opened.seek(0)
    added.file.save(f"{public_id()}.{'xlsx' if layout.is_xlsx else 'csv'}", file, save=False)
    added.save()
    return added


def _first_mapping(
    business: Business, headers: list[str], samples: list[list[str]]
) -> dict[str, str]:
    """As the business read such a file the last time, or else guessed."""
    remembered = ImportMapping.objects.filter(
        business=business, headers_key=columns.headers_key(headers)
    ).first()
    if remembered is not None:
        return dict(remembered.mapping)
    return {str(at): field for at, field in columns.guess(headers, samples).items()}


def mapping_of(lead_import: LeadImport) -> dict[int, str]:
    return {int(at): field for at, field in lead_import.mapping.items()}


def samples_of(lead_import: LeadImport, most: int = EXAMPLES) -> list[list[str]]:
    """The first rows below the headers."""
    with lead_import.file.open("rb") as file:
        return tables.head_of(file, _layout(lead_import))[1][:most]


def check(lead_import: LeadImport, mapping: Mapping[int, str], *, starts_work: bool) -> None:
    """Begin the dry run with this mapping, which is remembered. Queues the work.

    Raises ``InvalidInput`` for a mapping that cannot be used, ``Conflict`` once rows were taken.
    """
    if problem := columns.problem_of(mapping):
        raise InvalidInput(problem)
    if Arrival.objects.filter(origin__startswith=lead_import.origin).exists():
        raise Conflict("Rows of this file were imported already; add the file anew.")
    kept = {str(at): field for at, field in mapping.items()}
    with transaction.atomic():
        ready = (ImportStatus.UPLOADED, ImportStatus.CHECKED, ImportStatus.FAILED)
        _move(
            lead_import,
            ready,
            ImportStatus.CHECKING,
            mapping=kept,
            starts_work=starts_work,
            checked={},
            error="",
            **dict.fromkeys(("position", "rows_total", *COUNTS), 0),
        )
        ImportProblem.objects.filter(lead_import=lead_import).delete()
        ImportMapping.objects.update_or_create(
            business=lead_import.business,
            headers_key=columns.headers_key(lead_import.headers),
            defaults={"mapping": kept, "used_at": timezone.now()},
        )
        _queue(lead_import)


def start(lead_import: LeadImport) -> None:
    """Import the file as it was checked. Raises ``Conflict`` where it was not."""
    with transaction.atomic():
        _move(
            lead_import,
            (ImportStatus.CHECKED,),
            ImportStatus.RUNNING,
            started_at=timezone.now(),
            **dict.fromkeys(("position", *COUNTS), 0),
        )
        ImportProblem.objects.filter(lead_import=lead_import).delete()
        _queue(lead_import)


def cancel(lead_import: LeadImport) -> None:
    """Stop after the batch under way; what was taken stays, and may be taken back."""
    under_way = LeadImport.objects.filter(
        pk=lead_import.pk, status__in=(ImportStatus.CHECKING, ImportStatus.RUNNING)
    )
    if not under_way.update(cancel_requested=True):
        raise Conflict("The import is not running.")


def undo(lead_import: LeadImport) -> None:
    """Take back the leads that it made and nobody has touched since. Queues the work."""
    with transaction.atomic():
        ended = (ImportStatus.DONE, ImportStatus.CANCELED, ImportStatus.FAILED)
        _move(lead_import, ended, ImportStatus.UNDOING)
        _queue(lead_import)


def forget(lead_import: LeadImport) -> None:
    """Drop the file and what was found in it; no lead that it made may be left."""
    if lead_import.is_under_way:
        raise Conflict("The import is running; stop it first.")
    if made_by(lead_import).exists():
        raise Conflict("Leads were imported from this file; take them back first.")
    stored = lead_import.file
    lead_import.delete()
    transaction.on_commit(lambda: stored.storage.delete(str(stored.name)))


def _move(
    lead_import: LeadImport,
    before: tuple[ImportStatus, ...],
    after: ImportStatus,
    **values: Any,
) -> None:
    rows = LeadImport.objects.filter(pk=lead_import.pk, status__in=before)
    if not rows.update(status=after, cancel_requested=False, beat_at=None, **values):
        raise Conflict("The import has gone on meanwhile; look at it again.")
    lead_import.refresh_from_db()


def _queue(lead_import: LeadImport) -> None:
    from leads.arriving.tasks import work_on_import  # tasks import this module

    key = lead_import.pk
    transaction.on_commit(lambda: work_on_import.delay(key))


# ---------------------------------------------------------------- what a worker does


def left_behind() -> QuerySet[LeadImport]:
    """Those whose worker has been silent for too long, or that no worker has taken up."""
    return LeadImport.objects.filter(is_left_behind(DEAD_AFTER), status__in=WAITING)


def work_on(key: int) -> None:
    """Do what the import is waiting for, until it is done. Another worker's is left alone."""
    beat = claim(LeadImport.objects.filter(is_free(DEAD_AFTER), pk=key, status__in=WAITING))
    if beat is None:
        return
    work = Work(LeadImport.objects.select_related("business", "by").get(pk=key), beat)
    try:
        work.run()
    except Lost:
        return
    except InvalidInput as error:
        work.end(ImportStatus.FAILED, error=error.message[:300])
    except FileNotFoundError:
        work.end(ImportStatus.FAILED, error="The file is not there any more.")
    finally:
        tell_import(work.lead_import)


class Work:
    """One worker's work on an import, as long as its last sign of life is the one given here."""

    def __init__(self, lead_import: LeadImport, beat_at: datetime) -> None:
        self.lead_import = lead_import
        own = LeadImport.objects.filter(pk=lead_import.pk, status=lead_import.status)
        self._lease = Lease(own, beat_at)

    def run(self) -> None:
        status = self.lead_import.status
        if status == ImportStatus.CHECKING:
            self._check()
        elif status == ImportStatus.RUNNING:
            self._import()
        else:
            self._undo()

    def end(self, status: ImportStatus, **values: Any) -> None:
        self._lease.keep(status=status, ended_at=timezone.now(), **values)

    def _is_canceled(self) -> bool:
        rows = LeadImport.objects.filter(pk=self.lead_import.pk, cancel_requested=True)
        return rows.exists()

    # ------------------------------------------------------------ the dry run

    def _check(self) -> None:
        """From the beginning, however often: nothing is written but what was found."""
        ImportProblem.objects.filter(lead_import=self.lead_import).delete()
        seen: set[str] = set()
        met: set[int] = set()
        counts = dict.fromkeys(COUNTS, 0)
        examples: dict[str, list[Any]] = {"new": [], "known": [], "problems": []}
        position = 0
        for rows in self._batches(after=0):
            batch = self._sorted(rows, seen, met)
            position = rows[-1].number
            counts = {name: counts[name] + count for name, count in batch.counts().items()}
            _add_examples(examples, batch)
            self._keep_problems(batch)
            self._lease.keep(position=position, **counts)
            tell_import(self.lead_import)
            if self._is_canceled():
                return self.end(ImportStatus.UPLOADED, position=0)
        self.end(ImportStatus.CHECKED, rows_total=position, checked={**counts, **examples})
        return None

    def _sorted(self, rows: list[Row], seen: set[str], met: set[int]) -> Batch:
        told, problems = bulk.read_rows(
            rows, mapping_of(self.lead_import), self.lead_import.headers
        )
        known = bulk.Known.of(self.lead_import, told, lock=False)
        known.of_this_file = met
        return bulk.sort_out(told, problems, known, seen)

    def _keep_problems(self, batch: Batch) -> None:
        kept = ImportProblem.objects.filter(lead_import=self.lead_import).count()
        ImportProblem.objects.bulk_create(
            [
                ImportProblem(
                    lead_import=self.lead_import,
                    row=row.number,
                    message=message,
                    cells=list(row.cells),
                )
                for row, message in batch.problems[: max(PROBLEMS_KEPT - kept, 0)]
            ]
        )

    # ------------------------------------------------------------ the import

    def _import(self) -> None:
        for rows in self._batches(after=self.lead_import.position):
            self._take(rows)
            tell_import(self.lead_import)
            if self._is_canceled():
                return self.end(ImportStatus.CANCELED)
        self.end(ImportStatus.DONE)
        return None

    def _take(self, rows: list[Row]) -> None:
        """One batch: the leads, and how far the file has come, committed together."""
        told, problems = bulk.read_rows(
            rows, mapping_of(self.lead_import), self.lead_import.headers
        )
        with transaction.atomic():
            bulk.lock_names(self.lead_import.business_id, told)
            known = bulk.Known.of(self.lead_import, told, lock=True)
            batch = bulk.sort_out(told, problems, known, set())
            bulk.write(self.lead_import, batch)
            counted = {name: F(name) + count for name, count in batch.counts().items()}
            self._lease.keep(position=rows[-1].number, **counted)
            signals.send_after_commit(
                signals.leads_imported,
                import_id=self.lead_import.public_id,
                business_id=self.lead_import.business_id,
            )

    def _batches(self, *, after: int) -> Iterator[list[Row]]:
        """The rows below the header, without the first ``after``."""
        with self.lead_import.file.open("rb") as file:
            rows = tables.rows_of(file, _layout(self.lead_import))
            numbered = (Row(number, cells) for number, cells in enumerate(islice(rows, 1, None), 1))
            wanted = islice(numbered, after, None)
            while batch := list(islice(wanted, BATCH_ROWS)):
                yield batch

    # ------------------------------------------------------------ taking back

    def _undo(self) -> None:
        while keys := list(untouched(self.lead_import).values_list("pk", flat=True)[:BATCH_ROWS]):
            with transaction.atomic():
                leads = Lead.objects.filter(pk__in=keys).select_for_update(of=("self",))
                still = untouched(self.lead_import).filter(pk__in=[lead.pk for lead in leads])
                gone = [lead.pk for lead in still]
                Lead.objects.filter(pk__in=gone).delete()
                self._lease.keep(undone_count=F("undone_count") + len(gone))
                signals.send_after_commit(
                    signals.leads_imported,
                    import_id=self.lead_import.public_id,
                    business_id=self.lead_import.business_id,
                )
            tell_import(self.lead_import)
        self.end(ImportStatus.UNDONE)


def _layout(lead_import: LeadImport) -> tables.Layout:
    return tables.Layout(lead_import.encoding, lead_import.delimiter)


def _add_examples(examples: dict[str, list[Any]], batch: Batch) -> None:
    new = [[number, told.as_json()] for number, told in batch.new]
    known = [[row.number, row.told.as_json(), str(row.lead)] for row in batch.known]
    problems = [[row.number, message] for row, message in batch.problems]
    for name, found in (("new", new), ("known", known), ("problems", problems)):
        examples[name] += found[: EXAMPLES - len(examples[name])]


def made_by(lead_import: LeadImport) -> QuerySet[Lead]:
    """The leads that the import made, as far as they are still there."""
    arrivals = Arrival.objects.filter(
        lead=OuterRef("pk"), origin__startswith=lead_import.origin, is_new=True
    )
    return Lead.objects.of(lead_import.business).filter(Exists(arrivals))


def untouched(lead_import: LeadImport) -> QuerySet[Lead]:
    """Of these, those with whom nothing has happened since."""
    return made_by(lead_import).exclude(_touched()).order_by("pk")


def touched(lead_import: LeadImport) -> QuerySet[Lead]:
    """Those that stay when the import is taken back."""
    return made_by(lead_import).filter(_touched()).order_by("pk")


def _touched() -> Combinable | Q:
    """Changed, written about, talked to, or with an appointment; or come in again."""
    events = LeadEvent.objects.filter(lead=OuterRef("pk"))
    own = Q(kind="created") | Q(kind="inquiry", data__source="import")
    arrivals = Arrival.objects.filter(lead=OuterRef("pk"), is_new=False)
    visits = Appointment.objects.filter(lead=OuterRef("pk"))
    return Exists(events.exclude(own)) | Exists(arrivals) | Exists(visits)
