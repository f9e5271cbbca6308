"""Every write about documents that means something, and the only writer of them.

What is added or changed here waits (``pending``) until a worker has processed it; the task is
queued after commit. Each change sends :data:`knowledge.signals.document_changed`.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from knowledge import tasks
from knowledge.enums import Chunking, DocumentStatus, DocumentType, Origin
from knowledge.metadata import normal_tags, title_from_name
from knowledge.models import Document, Site
from knowledge.parsing import Unreadable, limits, parse
from knowledge.parsing.detect import MARKDOWN, content_type_of
from knowledge.parsing.text import one_line
from knowledge.processing import announce, hash_of, process_document
from knowledge.web.addresses import Guard, Refused
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.lib.ids import public_id

EDITABLE: Final = frozenset(
    {
        *("title", "type", "vendor", "tags", "language", "source", "url"),
        *("published_on", "version_label", "chunking"),
    }
)
LONGEST: Final = {
    "title": 300,
    "vendor": 120,
    "language": 10,
    "source": 300,
    "url": 1000,
    "version_label": 60,
}
LONGEST_TEXT = 1_000_000

__all__ = [
    "add_file",
    "add_text",
    "add_url",
    "change_text",
    "delete_document",
    "edit_document",
    "process_document",
    "replace_file",
    "reprocess",
    "retire_page",
    "send_to_worker",
    "store_page",
]


# ---------------------------------------------------------------- adding


def add_file(
    business: Business,
    file: "File[bytes]",
    *,
    by: User | None,
    title: str = "",
    type: str = "",  # noqa: A002
    vendor: str = "",
    tags: Iterable[str] = (),
    source: str = "",
    chunking: str = Chunking.PARAGRAPH,
) -> Document:
    """Keep an uploaded file. What is left empty is taken from its content, where it says so.

    Raises :class:`~knowledge.parsing.Unreadable` for what can be told at once: too large, empty,
    or of a type that is not read.
    """
    data = _bytes_of(file)
    name = one_line(str(file.name or "document"))[-200:]
    document = Document(
        business=business,
        language=business.language,
        origin=Origin.UPLOAD,
        title=one_line(title)[:300] or title_from_name(name),
        source=one_line(source)[:300] or name,
        content_type=content_type_of(data),
        added_by=by,
        **_about(type, vendor, tags, chunking),
    )
    document.file.save(_stored_name(name), ContentFile(data), save=False)
    return _add(document)


def add_text(
    business: Business,
    *,
    title: str,
    text: str,
    by: User | None,
    type: str = "",  # noqa: A002
    vendor: str = "",
    tags: Iterable[str] = (),
    source: str = "",
    chunking: str = Chunking.PARAGRAPH,
) -> Document:
    """Keep what was written here, in Markdown. Raises ``InvalidInput`` without title or text."""
    if not one_line(title):
        raise InvalidInput("Give the document a title.")
    document = Document(
        business=business,
        language=business.language,
        origin=Origin.TEXT,
        title=one_line(title)[:300],
        text=_text(text),
        source=one_line(source)[:300],
        content_type=MARKDOWN,
        added_by=by,
        **_about(type, vendor, tags, chunking),
    )
    return _add(document)


def add_url(
    business: Business,
    url: str,
    *,
    by: User | None,
    title: str = "",
    type: str = "",  # noqa: A002
    vendor: str = "",
    tags: Iterable[str] = (),
    chunking: str = Chunking.PARAGRAPH,
) -> Document:
    """Keep a page of the web, which the worker fetches.

    Raises ``InvalidInput`` for what is no address of the public web, ``Conflict`` for one that is
    there already.
    """
    url = _address(url)
    document = Document(
        business=business,
        language=business.language,
        origin=Origin.URL,
        url=url,
        title=one_line(title)[:300] or url[:300],
        added_by=by,
        **_about(type, vendor, tags, chunking),
    )
    try:
        with transaction.atomic():
            return _add(document)
    except IntegrityError as error:
        raise Conflict("This page is among the documents already.") from error


def _about(kind: str, vendor: str, tags: Iterable[str], chunking: str) -> dict[str, Any]:
    return {
        "type": _one_of(DocumentType.values, kind or DocumentType.OTHER, "type"),
        "vendor": one_line(vendor)[:120],
        "tags": normal_tags(tags),
        "chunking": _one_of(Chunking.values, chunking, "way of cutting"),
    }


def _add(document: Document) -> Document:
    document.job_beat_at = timezone.now()
    with transaction.atomic():
        document.save()
        announce(document, "added")
        send_to_worker(document)
    return document


# ---------------------------------------------------------------- changing


def edit_document(document: Document, **fields: Any) -> None:
    """Change what is known about the document; only another way of cutting processes it again.

    Raises ``InvalidInput`` for a type or way of cutting that there is not, or an empty title.
    """
    unknown = set(fields) - EDITABLE
    if unknown:
        raise TypeError(f"no such fields of a document: {', '.join(sorted(unknown))}")
    values = {name: _edited(name, value) for name, value in fields.items()}
    if not values.get("title", document.title):
        raise InvalidInput("Give the document a title.")
    is_cut_anew = values.get("chunking", document.chunking) != document.chunking
    for name, value in values.items():
        setattr(document, name, value)
    with transaction.atomic():
        document.save(update_fields=[*values, "updated_at"])
        announce(document, "edited")
        if is_cut_anew:
            _queue(document)


def change_text(document: Document, text: str) -> None:
    """Give a document that was written here another text; the old one serves until it is ready.

    Raises ``Conflict`` for other documents, ``InvalidInput`` for an empty text.
    """
    if document.origin != Origin.TEXT:
        raise Conflict("Only what was written here can be changed here; upload the new file.")
    text = _text(text)
    if text == document.text:
        return
    document.text = text
    with transaction.atomic():
        document.save(update_fields=["text", "updated_at"])
        _queue(document)


def replace_file(document: Document, file: "File[bytes]") -> None:
    """Give an uploaded document another file, its next version. Raises as :func:`add_file`."""
    if document.origin != Origin.UPLOAD:
        raise Conflict("This document is no uploaded file.")
    data = _bytes_of(file)
    document.content_type = content_type_of(data)
    _store(document, data, str(file.name or "document"))
    with transaction.atomic():
        document.save(update_fields=["file", "content_type", "updated_at"])
        _queue(document)


def reprocess(document: Document) -> None:
    """Read, cut and embed it again, even where nothing has changed; makes a new version.

    Raises ``Conflict`` for a page that its site has retired.
    """
    _queue(document, content_hash="")


def delete_document(document: Document) -> None:
    """Remove it with its passages, versions and file, at once and for good."""
    with transaction.atomic():
        announce(document, "deleted")
        document.delete()
        _delete_file(document)


def _queue(document: Document, **changes: Any) -> None:
    """Let a worker process it (again); a worker that is at it loses its claim."""
    values = {
        "status": DocumentStatus.PENDING,
        "error": "",
        "attempts": 0,
        "steps_done": 0,
        "steps_total": 0,
        "job_started_at": None,
        "job_beat_at": timezone.now(),
        **changes,
    }
    with transaction.atomic():
        if not Document.objects.current().filter(pk=document.pk).update(**values):
            raise Conflict("This document is no longer there.")
        for name, value in values.items():
            setattr(document, name, value)
        announce(document, "queued")
        send_to_worker(document)


def send_to_worker(document: Document) -> None:
    """Queue it after commit; once too often does no harm, as a job is claimed.

    Where the queue cannot be reached, ``resume_stalled`` finds the document later.
    """
    key = document.pk
    transaction.on_commit(lambda: tasks.process_document.delay(key), robust=True)


# ---------------------------------------------------------------- pages of a site


def store_page(
    site: Site,
    url: str,
    *,
    html: bytes,
    title: str = "",
    etag: str = "",
    last_modified: str = "",
    version_label: str = "",
    type: str = "",  # noqa: A002
) -> Document | None:
    """Keep a page of a documentation site; ``None`` when its content is what it was.

    What only its markup or headers say anew is noted without a new version. A page that could not
    be processed is tried again.
    """
    facts = {
        "etag": etag[:300],
        "last_modified": last_modified[:100],
        "fetched_at": timezone.now(),
    }
    known = Document.objects.current().filter(site=site, url=url).first()
    if known is None:
        return _add_page(site, url, html, title, version_label, type, facts)
    if _holds(known, html):
        Document.objects.filter(pk=known.pk).update(**facts)
        return None
    _change_page(known, html, {**facts, "version_label": version_label or known.version_label})
    return known


def _add_page(
    site: Site, url: str, html: bytes, title: str, label: str, kind: str, facts: dict[str, Any]
) -> Document:
    document = Document(
        business=site.business,
        language=site.business.language,
        site=site,
        origin=Origin.SITE,
        url=url,
        title=one_line(title)[:300] or url[:300],
        source=site.name,
        version_label=label[:60],
        content_type="text/html",
        **_about(
            kind, site.get_vendor_display() if site.vendor != "custom" else "", (), "paragraph"
        ),
        **facts,
    )
    document.file.save(_stored_name("page.html"), ContentFile(html), save=False)
    return _add(document)


def _change_page(document: Document, html: bytes, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(document, name, value)
    _store(document, html, "page.html")
    with transaction.atomic():
        document.save(update_fields=[*values, "file", "updated_at"])
        _queue(document)


def _holds(document: Document, html: bytes) -> bool:
    """Whether the document's newest content is this, processed already or still waiting for it."""
    if document.status == DocumentStatus.READY:
        return document.content_hash == _content_hash(html, document.chunking)
    if document.status == DocumentStatus.FAILED:
        return False
    with document.file.open("rb") as file:
        waiting: bytes = file.read()
    if waiting == html:
        return True
    new, old = (_content_hash(page, document.chunking) for page in (html, waiting))
    return bool(new) and new == old


def _content_hash(html: bytes, chunking: str) -> str:
    """Empty for what cannot be read: processing will say why."""
    try:
        return hash_of(parse(html), chunking)
    except Unreadable:
        return ""


def retire_page(document: Document) -> None:
    """The site has the page no more: keep its record, and remove its passages."""
    with transaction.atomic():
        if (
            not Document.objects.current()
            .filter(pk=document.pk)
            .update(retired_at=timezone.now(), status=DocumentStatus.READY, job_started_at=None)
        ):
            return
        document.passages.all().delete()
        announce(document, "retired")
    document.refresh_from_db()


# ---------------------------------------------------------------- values


def _bytes_of(file: "File[bytes]") -> bytes:
    """The file's bytes, of which no more are read than may be kept."""
    file.seek(0)
    data: bytes = file.read(limits.BYTES + 1)
    if len(data) > limits.BYTES:
        raise Unreadable(f"The file is larger than {limits.BYTES // 1024 // 1024} MB; split it.")
    return data


def _store(document: Document, data: bytes, name: str) -> None:
    """Put the new file beside the old one, which goes when the change is committed."""
    old, storage = document.file.name, document.file.storage
    document.file.save(_stored_name(name), ContentFile(data), save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old), robust=True)


def _delete_file(document: Document) -> None:
    name, storage = document.file.name, document.file.storage
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def _stored_name(name: str) -> str:
    """The file's own name in plain letters, after an id that no other file has."""
    stem, _, ending = name.rpartition(".")
    suffix = f".{ending.lower()}" if stem and ending.isalnum() and len(ending) <= 8 else ""
    return f"{public_id()}-{slugify(stem or ending)[:60] or 'document'}{suffix}"


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise InvalidInput("There is no text.")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput("The text is too long; upload it as a file.")
    return text


def _address(url: str) -> str:
    try:
        URLValidator(schemes=("http", "https"))(url.strip())
    except ValidationError as error:
        raise InvalidInput("This is no address of a web page.") from error
    try:
        Guard().check_url(url.strip())
    except Refused as error:
        raise InvalidInput(error.message) from error
    return url.strip()


def _edited(name: str, value: Any) -> Any:
    if name == "type":
        return _one_of(DocumentType.values, value, "type")
    if name == "chunking":
        return _one_of(Chunking.values, value, "way of cutting")
    if name == "tags":
        return normal_tags(value)
    if name == "published_on":
        return value
    return one_line(value or "")[: LONGEST[name]]


def _one_of(values: Iterable[str], value: str, what: str) -> str:
    if value not in values:
        raise InvalidInput(f"“{value}” is no {what} of documents.")
    return str(value)
