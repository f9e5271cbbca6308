"""Read files into a business's knowledge, here and now."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge import services
from knowledge.enums import Chunking, DocumentStatus, Origin
from knowledge.management.business import find_business
from knowledge.models import Document
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError


class Command(BaseCommand):
    help = (
        "Reads PDF, DOCX, HTML, Markdown and text files into a business's knowledge. A file that "
        "was read before, by its name, becomes the next version of its document."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or directory")
        parser.add_argument("--business", required=True, help="its name or public id")
        parser.add_argument("--chunking", choices=Chunking.values, default=Chunking.PARAGRAPH)

    def handle(self, *args: Any, **options: Any) -> None:
        business = find_business(options["business"])
        files = list(_files(options["paths"]))
        if not files:
            raise CommandError("There is no file there.")
        results: Counter[str] = Counter()
        for number, path in enumerate(files, start=1):
            self.stdout.write(f"[{number}/{len(files)}] {path} ... ", ending="")
            self.stdout.flush()
            result, line = _ingest(business, path, options["chunking"])
            results[result] += 1
            self.stdout.write(line)
        counts = ", ".join(f"{count} {result}" for result, count in sorted(results.items()))
        self.stdout.write(f"{len(files)} files: {counts}.")
        if results["failed"]:
            sys.exit(1)


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files, and those in the directories; raises ``CommandError`` where there is none."""
    for path in paths:
        if not path.exists():
            raise CommandError(f"{path} does not exist.")
        if path.is_file():
            yield path
            continue
        inside = (one for one in sorted(path.rglob("*")) if one.is_file())
        yield from (one for one in inside if not one.name.startswith("."))


def _ingest(business: Business, path: Path, chunking: str) -> tuple[str, str]:
    """What became of the file, in a word and in a line."""
    started = time.monotonic()
    try:
        document = _stored(business, path, chunking)
    except SalesdeskError as error:
        return "failed", f"failed: {error.message}"
    except OSError as error:
        return "failed", f"failed: {error.strerror}"
    before = document.version
    try:
        services.process_document(document.pk)
    except SalesdeskError as error:
        return "failed", f"waits, to be tried again by the worker: {error.message}"
    document.refresh_from_db()
    if document.status != DocumentStatus.READY:
        return "failed", f"failed: {document.error}"
    if document.version == before:
        return "unchanged", "unchanged"
    passages = document.passages.count()
    seconds = time.monotonic() - started
    return "ready", f"{passages} passages, version {document.version}, {seconds:.1f} s"


def _stored(business: Business, path: Path, chunking: str) -> Document:
    known = Document.objects.current().filter(
        business=business, origin=Origin.UPLOAD, source=path.name
    )
    document = known.first()
    with path.open("rb") as opened:
        file = File(opened, name=path.name)
        if document is None:
            return services.add_file(business, file, by=None, source=path.name, chunking=chunking)
        services.replace_file(document, file)
    if document.chunking != chunking:
        services.edit_document(document, chunking=chunking)
    return document
