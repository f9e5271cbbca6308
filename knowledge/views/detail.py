"""The page of one document: what it is, its passages, where it was used, its file."""

from pathlib import PurePath

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from knowledge import pages
from knowledge.models import Document
from knowledge.permissions import get_document_for
from knowledge.views.base import who
from salesdesk.lib.errors import NotFound
from salesdesk.lib.htmx import wants_partial


@require_GET
def document(request: HttpRequest, document_id: str) -> HttpResponse:
    shown = get_document_for(request.user, document_id)
    if wants_partial(request):
        context = {
            "document": shown,
            "page_obj": pages.passages_page(shown, request.GET.get("page")),
        }
        return render(request, "knowledge/document.html#passages", context)
    context = pages.document_context(who(request), shown, request.GET)
    return render(request, "knowledge/document.html", context)


@require_GET
def file(request: HttpRequest, document_id: str) -> FileResponse:
    """The original, to be kept and never to be shown in place: it is somebody else's HTML."""
    shown = get_document_for(request.user, document_id)
    if not shown.file or not shown.file.storage.exists(str(shown.file.name)):
        raise NotFound("There is no file of this document.")
    name = _name_of(shown)
    kind = "application/octet-stream"
    response = FileResponse(shown.file.open(), as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _name_of(document: Document) -> str:
    """What the file was called, where that is known; else its title."""
    suffix = PurePath(str(document.file.name)).suffix
    if document.source.lower().endswith(suffix) and suffix:
        return document.source
    return f"{slugify(document.title) or 'document'}{suffix}"
