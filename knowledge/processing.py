"""From a document to its passages: one job, claimed by one worker at a time.

A job is claimed by a conditional UPDATE and shows a sign of life while it runs; one whose worker
died is taken up again by another. Passages are replaced in one transaction at the very end, so
that searches see the old ones or the new ones, whole.
"""

import contextlib
import datetime
import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from knowledge import push, signals
from knowledge.chunking import chunk, count_tokens
from knowledge.embeddings import embedder
from knowledge.embeddings.choice import embed, hold_model, model_of
from knowledge.enums import Chunking, DocumentStatus, Origin
from knowledge.metadata import with_metadata
from knowledge.models import Document, DocumentVersion, Passage, PassageEmbedding
from knowledge.parsing import Progress, parse, parse_text
from knowledge.types import Chunk, Parsed
from knowledge.web.fetch import fetch_page
from salesdesk.lib.errors import Conflict, ProviderError, SalesdeskError
from salesdesk.lib.ids import public_id

STALE_AFTER = datetime.timedelta(minutes=2)
"""Without a sign of life for so long, a job's worker is taken to be dead."""
BEAT_SECONDS = 20.0
BATCH = 32
"""Passages that are embedded between two signs of progress."""
PUSH_SECONDS = 0.5
MODEL_ATTEMPTS = 3
MOST_ATTEMPTS = 3
"""Workers that may die of one document, which would otherwise kill each that takes it up."""

TOO_SLOW = "Processing took too long and was stopped; split the document."
UNEXPECTED = "Processing stopped for a reason that is not the document's; it has been logged."
TOO_HEAVY = f"Processing broke off {MOST_ATTEMPTS} times; the document may be too large. Split it."
MODEL_KEEPS_CHANGING = "The embedding model was changed meanwhile; process the document again."


class LostJob(Exception):
    """The document was deleted, changed, or taken up by another worker meanwhile."""


def process_document(document_id: int) -> None:
    """Read, cut and embed the document, and put its new passages in place of the old ones.

    Does nothing when it is not waiting, or somebody else is at it. What cannot be processed
    becomes failed, with the reason, and keeps the passages it had. Sends ``document_changed``.
    Raises :class:`ProviderError` when the same may succeed later; the document waits again then.
    """
    job = _claim(document_id)
    if job is None:
        return
    try:
        with _showing_life(job):
            _process(job)
    except LostJob:
        return
    except SoftTimeLimitExceeded:
        _fail(job, TOO_SLOW)
    except SalesdeskError as error:
        if isinstance(error, ProviderError) and error.retryable:
            _release(job, error.message)
            raise
        _fail(job, error.message)
    except Exception:
        _fail(job, UNEXPECTED)
        raise


def fail_document(document_id: int, reason: str) -> None:
    """Give up on a document that waits; it keeps the passages it had."""
    waiting = Document.objects.filter(pk=document_id, status=DocumentStatus.PENDING)
    document = waiting.first()
    if document is not None and waiting.update(status=DocumentStatus.FAILED, error=reason):
        announce(document, "failed")


def announce(document: Document, event: str) -> None:
    """Send ``document_changed`` after commit."""
    signals.send_after_commit(
        signals.document_changed,
        document_id=document.public_id,
        business_id=document.business_id,
        event=event,
    )


# ---------------------------------------------------------------- the job


@dataclass(slots=True)
class Job:
    """A claim on a document. ``token`` is when it was claimed, and says whose it is."""

    document: Document
    token: datetime.datetime
    pushed_at: float = field(default=0.0)

    def rows(self) -> Any:
        """The document's row as long as the claim holds."""
        return Document.objects.filter(
            pk=self.document.pk, status=DocumentStatus.PROCESSING, job_started_at=self.token
        )

    def progress(self, done: int, total: int) -> None:
        """Write down how far the job is; raises :class:`LostJob`."""
        now = time.monotonic()
        if done < total and now - self.pushed_at < PUSH_SECONDS:
            return
        self.pushed_at = now
        beat = {"steps_done": done, "steps_total": total, "job_beat_at": timezone.now()}
        if not self.rows().update(**beat):
            raise LostJob
        push.document_news(
            "progress",
            document_id=self.document.public_id,
            business_id=self.document.business_id,
        )


def claimable(now: datetime.datetime) -> Q:
    """Documents that wait, or whose worker has shown no life for :data:`STALE_AFTER`."""
    dead = Q(status=DocumentStatus.PROCESSING) & (
        Q(job_beat_at=None) | Q(job_beat_at__lt=now - STALE_AFTER)
    )
    return Q(retired_at=None) & (Q(status=DocumentStatus.PENDING) | dead)


def _claim(document_id: int) -> Job | None:
    now = timezone.now()
    claimed = Document.objects.filter(claimable(now), pk=document_id).update(
        status=DocumentStatus.PROCESSING,
        job_started_at=now,
        job_beat_at=now,
        attempts=F("attempts") + 1,
        steps_done=0,
        steps_total=0,
        error="",
    )
    document = Document.objects.select_related("business").filter(pk=document_id).first()
    if not claimed or document is None:
        return None
    job = Job(document, now)
    if document.attempts > MOST_ATTEMPTS:
        _fail(job, TOO_HEAVY)
        return None
    return job


def _release(job: Job, reason: str) -> None:
    """Let it wait for another attempt, which counts anew: no worker died of it."""
    job.rows().update(
        status=DocumentStatus.PENDING,
        attempts=0,
        job_started_at=None,
        job_beat_at=timezone.now(),
        error=reason,
    )


def _fail(job: Job, reason: str) -> None:
    if job.rows().update(status=DocumentStatus.FAILED, error=reason, job_started_at=None):
        announce(job.document, "failed")


@contextlib.contextmanager
def _showing_life(job: Job) -> Iterator[None]:
    """Beat from a thread, since reading one file may take longer than a job may be silent."""
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(job, over), daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _beat(job: Job, over: threading.Event) -> None:
    try:
        while not over.wait(BEAT_SECONDS):
            job.rows().update(job_beat_at=timezone.now())
    finally:
        connection.close()


# ---------------------------------------------------------------- the work


def _process(job: Job) -> None:
    if job.document.origin == Origin.URL:
        _fetch(job)
    # As many passages as pages, until they are known.
    parsed = content_of(job.document, lambda done, pages: job.progress(done, 2 * pages))
    content_hash = hash_of(parsed, job.document.chunking)
    if job.document.version and content_hash == job.document.content_hash:
        _confirm(job, parsed)
        return
    chunks = cut(job.document, parsed)
    for _ in range(MODEL_ATTEMPTS):
        model = model_of(job.document.business)
        passages = _passages(job.document, chunks)
        embeddings = _embed(job, passages, model, read_steps=parsed.page_count or 1)
        if _replace(job, parsed, content_hash, passages, embeddings, model):
            return
    raise ProviderError(MODEL_KEEPS_CHANGING)


def content_of(document: Document, progress: Progress | None = None) -> Parsed:
    """What the document holds, read anew from what is stored of it.

    Raises :class:`~knowledge.parsing.Unreadable`, and ``Conflict`` for a page not yet fetched.
    """
    if document.origin == Origin.TEXT:
        return parse_text(document.text, progress=progress)
    if not document.file:
        raise Conflict("The page has not been fetched yet.")
    with document.file.open("rb") as file:
        return parse(file.read(), progress=progress)


def _fetch(job: Job) -> None:
    """Store the page as it is now; raises :class:`LostJob`."""
    document = job.document
    page = fetch_page(document.url)
    old, storage = document.file.name, document.file.storage
    document.file.save(f"{public_id()}-page.html", ContentFile(page.html), save=False)
    facts = {
        "file": document.file.name,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "fetched_at": timezone.now(),
    }
    if not job.rows().update(**facts):
        storage.delete(str(document.file.name))
        raise LostJob
    if old:
        storage.delete(old)


def hash_of(parsed: Parsed, chunking: str) -> str:
    """What passages depend on: text, headings and pages, and how they are cut."""
    digest = hashlib.sha256(chunking.encode())
    for element in parsed.elements:
        parts = (element.kind, str(element.page), *element.heading, element.text)
        digest.update("\x1f".join(parts).encode() + b"\x1e")
    return digest.hexdigest()


def cut(document: Document, parsed: Parsed) -> list[Chunk]:
    """The passages-to-be; cutting by meaning asks the business's embedding model."""
    if document.chunking == Chunking.SEMANTIC:
        model = embedder(model_of(document.business))
        return chunk(parsed.elements, document.chunking, model.embed_passages)
    return chunk(parsed.elements, document.chunking)


def _passages(document: Document, chunks: Sequence[Chunk]) -> list[Passage]:
    return [
        Passage(
            business_id=document.business_id,
            document=document,
            version=document.version + 1,
            position=position,
            kind=piece.kind,
            text=piece.text,
            heading=Passage.SEPARATOR.join(piece.heading)[:600],
            page=piece.page,
            tokens=count_tokens(piece.text),
        )
        for position, piece in enumerate(chunks)
    ]


def _embed(
    job: Job, passages: Sequence[Passage], model: str, *, read_steps: int
) -> list[PassageEmbedding]:
    embeddings: list[PassageEmbedding] = []
    total = read_steps + len(passages)
    for start in range(0, len(passages), BATCH):
        job.progress(read_steps + start, total)
        embeddings.extend(embed(passages[start : start + BATCH], model))
    job.progress(total, total)
    return embeddings


def _confirm(job: Job, parsed: Parsed) -> None:
    """The content is what it was: the passages stay, and so does the version."""
    with transaction.atomic():
        document = _held(job)
        document.status = DocumentStatus.READY
        document.content_type = parsed.content_type
        document.save()
        announce(document, "ready")


@transaction.atomic
def _replace(
    job: Job,
    parsed: Parsed,
    content_hash: str,
    passages: Sequence[Passage],
    embeddings: Sequence[PassageEmbedding],
    model: str,
) -> bool:
    """Put the passages in place of the old ones; false when another model serves by now."""
    document = _held(job)
    if hold_model(document.business) != model:
        return False
    document.passages.all().delete()
    Passage.objects.bulk_create(passages, batch_size=500)
    PassageEmbedding.objects.bulk_create(embeddings, batch_size=200)
    with_metadata(document, parsed)
    document.version = passages[0].version
    document.content_hash = content_hash
    document.status = DocumentStatus.READY
    document.save()
    DocumentVersion.objects.create(
        document=document,
        number=document.version,
        content_hash=content_hash,
        version_label=document.version_label,
        passages=len(passages),
        characters=sum(len(element.text) for element in parsed.elements),
    )
    announce(document, "ready")
    return True


def _held(job: Job) -> Document:
    """The document, locked until the transaction ends; raises :class:`LostJob`."""
    document: Document | None = (
        job.rows().filter(retired_at=None).select_for_update(of=("self",)).first()
    )
    if document is None:
        raise LostJob
    document.error = ""
    document.job_started_at = None
    return document
