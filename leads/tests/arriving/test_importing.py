"""Files of leads: checked without writing, imported once, taken back."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from leads import services, signals
from leads.arriving import bulk, importing
from leads.enums import ImportStatus, LeadEventKind, LeadSource
from leads.models import Arrival, ImportProblem, Lead, LeadImport
from leads.priority.services import explain
from leads.tests.arriving.conftest import AddFile, run_whole
from leads.tests.conftest import MARIA
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db

HEADER = "Name,Phone,E-mail,Roof,Note"
PATIENCE_SECONDS = 60


def line(number: int, **changes: str) -> str:
    values = {
        "name": f"Lead {number}",
        "phone": f"+1415556{number:04}",
        "email": f"lead{number}@example.com",
        "roof": "tile",
        "note": "",
        **changes,
    }
    return ",".join(values.values())


def test_a_dry_run_tells_what_would_become_of_each_row_and_writes_nothing(
    business: Business, add_file: AddFile
) -> None:
    services.create_lead(business, source=LeadSource.API, phone=MARIA)
    added = add_file(
        HEADER,
        line(1),
        line(2, phone=MARIA),
        line(3, phone="12"),
        line(4, email="lead1@example.com"),
        line(5, name="", phone="", email=""),
    )
    importing.check(added, importing.mapping_of(added), starts_work=False)
    importing.work_on(added.pk)
    added.refresh_from_db()
    assert added.status == ImportStatus.CHECKED
    assert (added.rows_total, added.new_count, added.known_count) == (5, 1, 1)
    assert (added.duplicate_count, added.error_count) == (1, 2)
    assert added.checked["new"][0][1]["first_name"] == "Lead"
    assert added.checked["known"][0][0] == 2
    assert [row for row, _ in added.checked["problems"]] == [3, 5]
    assert Lead.objects.count() == 1 and not Arrival.objects.exists()


def test_the_import_does_what_the_dry_run_told(business: Business, add_file: AddFile) -> None:
    known = services.create_lead(
        business, source=LeadSource.API, phone=MARIA, first_name="Maria", last_name="Lopez"
    )
    done = run_whole(
        add_file(
            HEADER,
            line(1, note="Call me"),
            line(2, phone=MARIA, email="new@example.com"),
            line(3, phone="12"),
            line(4, email="lead1@example.com"),
        )
    )
    assert done.status == ImportStatus.DONE
    assert (done.new_count, done.known_count, done.duplicate_count, done.error_count) == (1,) * 4
    made = Lead.objects.exclude(pk=known.pk).get()
    assert (made.name, made.phone, made.source) == ("Lead 1", "+14155560001", LeadSource.IMPORT)
    assert made.time_zone == "America/Los_Angeles" and made.facts == {"roof": "tile"}
    assert list(made.events.order_by("pk").values_list("kind", "text")) == [
        ("created", "Import"),
        ("inquiry", "Call me"),
    ]
    known.refresh_from_db()
    assert (known.first_name, known.email) == ("Maria", "new@example.com")
    assert known.events.filter(kind=LeadEventKind.INQUIRY).count() == 1
    [problem] = ImportProblem.objects.all()
    assert (problem.row, problem.cells[1]) == (3, "12")


def test_imported_leads_stand_in_the_queue_with_their_reasons_at_once(
    business: Business, add_file: AddFile
) -> None:
    """Also those that are not to be worked at once, and those that were known before."""
    known = services.create_lead(business, source=LeadSource.WEB_FORM, phone=MARIA)
    header = "Name,Phone,Value"
    run_whole(add_file(header, "Ann,+14155560001,7000", f"Maria,{MARIA},1000", "Bob,+14155560002,"))
    leads = {lead.first_name: lead for lead in Lead.objects.of(business).order_by("-rank")}
    assert list(leads) == ["Maria", "Ann", "Bob"]
    assert leads["Ann"].rank - leads["Bob"].rank == pytest.approx(15.0)
    assert leads["Maria"].rank > known.rank
    explained = explain(leads["Ann"], timezone.now())
    assert [reason.kind for reason in explained.reasons] == ["value", "age"]


def test_batches_of_one_do_what_one_batch_does(
    business: Business, add_file: AddFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Duplicates are seen across batches, whatever they have in common."""
    lines = [line(1), line(2), line(3, phone="+14155560001"), line(4, email="lead2@example.com")]
    counts = []
    for size in (500, 1):
        monkeypatch.setattr(importing, "BATCH_ROWS", size)
        done = run_whole(add_file(HEADER, *lines))
        counts.append((done.new_count, done.known_count, done.duplicate_count))
        Lead.objects.all().delete()
    assert counts == [(2, 0, 2), (2, 0, 2)]


def test_an_address_of_another_lead_is_not_given_to_a_known_one(
    business: Business, add_file: AddFile
) -> None:
    known = services.create_lead(business, source=LeadSource.API, phone=MARIA)
    services.create_lead(business, source=LeadSource.API, email="taken@example.com")
    run_whole(add_file(HEADER, line(1, phone=MARIA, email="taken@example.com")))
    known.refresh_from_db()
    assert (known.email, known.facts["other_email"]) == ("", "taken@example.com")


def test_the_columns_are_remembered_for_files_with_the_same_headers(add_file: AddFile) -> None:
    first = add_file(HEADER, line(1))
    mapping = {**importing.mapping_of(first), 3: "message", 4: ""}
    importing.check(first, mapping, starts_work=False)
    assert importing.mapping_of(add_file(HEADER, line(2))) == mapping
    assert importing.mapping_of(add_file(f"{HEADER},More", line(2))) != mapping


def test_a_mapping_that_says_nobody_is_refused(add_file: AddFile) -> None:
    added = add_file(HEADER, line(1))
    with pytest.raises(InvalidInput):
        importing.check(added, {0: "", 1: "city"}, starts_work=False)
    added.refresh_from_db()
    assert added.status == ImportStatus.UPLOADED


def test_it_is_started_once(add_file: AddFile, queued: list[int]) -> None:
    added = add_file(HEADER, line(1))
    with pytest.raises(Conflict):
        importing.start(added)
    run_whole(added)
    with pytest.raises(Conflict):
        importing.start(added)
    with pytest.raises(Conflict):
        importing.check(added, importing.mapping_of(added), starts_work=False)


def test_what_is_to_be_worked_at_once_arrives(
    business: Business, add_file: AddFile, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[str] = []

    def note(source: str, **_: Any) -> None:
        told.append(source)

    signals.lead_arrived.connect(note, weak=False)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run_whole(add_file(HEADER, line(1), line(2)), starts_work=True)
            run_whole(add_file(HEADER, line(3)), starts_work=False)
    finally:
        signals.lead_arrived.disconnect(note)
    assert told == ["import", "import"]


def test_taking_back_leaves_what_was_touched_since(business: Business, add_file: AddFile) -> None:
    before = services.create_lead(business, source=LeadSource.API, phone=MARIA)
    done = run_whole(add_file(HEADER, line(1, note="Hi"), line(2), line(3), line(4, phone=MARIA)))
    changed = Lead.objects.get(phone="+14155560002")
    services.add_note(changed, "Nice person.")
    importing.undo(done)
    importing.work_on(done.pk)
    done.refresh_from_db()
    assert (done.status, done.undone_count) == (ImportStatus.UNDONE, 2)
    assert set(Lead.objects.all()) == {before, changed}
    assert list(importing.touched(done)) == [changed]
    with pytest.raises(Conflict):
        importing.forget(done)


def test_a_stopped_import_keeps_what_it_took_and_can_be_taken_back(
    add_file: AddFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_ROWS", 1)
    added = add_file(HEADER, line(1), line(2))
    importing.check(added, importing.mapping_of(added), starts_work=False)
    importing.work_on(added.pk)
    added.refresh_from_db()
    importing.start(added)
    importing.cancel(added)
    importing.work_on(added.pk)
    added.refresh_from_db()
    assert (added.status, added.position) == (ImportStatus.CANCELED, 1)
    importing.undo(added)
    importing.work_on(added.pk)
    assert not Lead.objects.exists()
    added.refresh_from_db()
    importing.forget(added)
    assert not LeadImport.objects.exists()


def test_the_file_of_another_business_meets_none_of_its_leads(
    business: Business, other_business: Business, add_file: AddFile
) -> None:
    services.create_lead(other_business, source=LeadSource.API, phone="+14155560001")
    done = run_whole(add_file(HEADER, line(1)))
    assert (done.new_count, done.known_count) == (1, 0)


def test_a_worker_leaves_another_ones_import_alone(add_file: AddFile) -> None:
    added = add_file(HEADER, line(1))
    importing.check(added, importing.mapping_of(added), starts_work=False)
    LeadImport.objects.update(beat_at=timezone.now())
    importing.work_on(added.pk)
    added.refresh_from_db()
    assert added.status == ImportStatus.CHECKING and added.rows_total == 0
    LeadImport.objects.update(beat_at=timezone.now() - importing.DEAD_AFTER * 2)
    assert list(importing.left_behind()) == [added]
    importing.work_on(added.pk)
    added.refresh_from_db()
    assert added.status == ImportStatus.CHECKED


def test_a_worker_that_lost_the_import_takes_its_batch_back(
    add_file: AddFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add_file(HEADER, line(1))
    importing.check(added, importing.mapping_of(added), starts_work=False)
    importing.work_on(added.pk)
    added.refresh_from_db()
    importing.start(added)
    write = bulk.write

    def write_too_late(lead_import: LeadImport, batch: bulk.Batch) -> None:
        write(lead_import, batch)
        LeadImport.objects.update(beat_at=timezone.now() + timedelta(seconds=1))

    monkeypatch.setattr(bulk, "write", write_too_late)
    importing.work_on(added.pk)
    assert not Lead.objects.exists() and not Arrival.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_import_goes_on_after_its_worker_was_killed(add_file: AddFile) -> None:
    rows = 6000
    added = add_file(HEADER, *(line(number) for number in range(rows)))
    importing.check(added, importing.mapping_of(added), starts_work=False)
    importing.work_on(added.pk)
    added.refresh_from_db()
    importing.start(added)
    worker = start_worker(added)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not Lead.objects.exists():
            assert worker.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    added.refresh_from_db()
    assert added.status == ImportStatus.RUNNING and 0 < added.position < rows
    assert Lead.objects.count() == added.position
    LeadImport.objects.update(beat_at=timezone.now() - importing.DEAD_AFTER * 2)
    importing.work_on(added.pk)
    added.refresh_from_db()
    assert (added.status, added.new_count, added.duplicate_count) == (ImportStatus.DONE, rows, 0)
    assert Lead.objects.count() == Arrival.objects.count() == rows


def start_worker(added: LeadImport) -> subprocess.Popen[bytes]:
    here, _, options = settings.DATABASE_URL.partition("?")
    database = f"{here.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"
    return subprocess.Popen(
        [sys.executable, "-m", "leads.tests.arriving.worker", str(added.pk)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": database,
            "REDIS_URL": settings.REDIS_URL,
            "SALESDESK_DATA_DIR": str(settings.MEDIA_ROOT.parent),
        },
    )
