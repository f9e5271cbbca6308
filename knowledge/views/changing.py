"""What a manager does to a document: edit, write anew, cut otherwise, process again, delete."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from knowledge import audit, services
from knowledge.enums import Origin
from knowledge.forms import ChunkingForm, DocumentForm, DocumentTextForm, ReplaceForm, TextForm
from knowledge.models import Document
from knowledge.permissions import get_document_for, require_managing
from knowledge.previewing import Preview, preview
from knowledge.views.base import address_of, all_errors, go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import Conflict, InvalidInput, SalesdeskError
from salesdesk.lib.htmx import wants_partial


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, document_id: str) -> HttpResponse:
    document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
    if request.method != "POST":
        return _page(request, document, DocumentForm.for_document(document), "Edit")
    form = DocumentForm(request.POST)
    if not form.is_valid():
        return _page(request, document, form, "Edit", status=422)
    changed = sorted(_changed(document, form.cleaned_data))
    services.edit_document(document, **form.cleaned_data)
    if changed:
        audit.record_changed(who(request), document, f"changed {', '.join(changed)}")
    return go_to(request, address_of(document), "Document saved.")


def _changed(document: Document, values: dict[str, Any]) -> list[str]:
    """Names of what was edited, in words."""
    changed = [name for name, value in values.items() if getattr(document, name) != value]
    return [name.replace("_", " ") for name in changed]


@require_http_methods(["GET", "HEAD", "POST"])
def change_text(request: HttpRequest, document_id: str) -> HttpResponse:
    document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
    if document.origin != Origin.TEXT:
        raise Conflict("Only what was written here can be rewritten here.")
    if request.method != "POST":
        form = DocumentTextForm(initial={"text": document.text})
        return _page(request, document, form, "Edit text")
    form = DocumentTextForm(request.POST)
    if not _accepted(document, form):
        return _page(request, document, form, "Edit text", status=422)
    audit.record_changed(who(request), document, "rewrote the text")
    return go_to(request, address_of(document), "Text saved; its passages are being made anew.")


def _accepted(document: Document, form: DocumentTextForm) -> bool:
    if not form.is_valid():
        return False
    try:
        services.change_text(document, form.cleaned_data["text"])
    except SalesdeskError as error:
        form.add_error("text", error.message)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, document_id: str) -> HttpResponse:
    """Another file, the next version of the document."""
    document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
    if request.method != "POST":
        return _page(request, document, ReplaceForm(), "New version")
    form = ReplaceForm(request.POST, request.FILES)
    if not _replaced(document, form):
        return _page(request, document, form, "New version", status=422)
    audit.record_changed(who(request), document, "uploaded a new version")
    return go_to(request, address_of(document), "The new version is being processed.")


def _replaced(document: Document, form: ReplaceForm) -> bool:
    if not form.is_valid():
        return False
    try:
        services.replace_file(document, form.cleaned_data["file"])
    except InvalidInput as error:
        form.add_error("file", error.message)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def chunking(request: HttpRequest, document_id: str) -> HttpResponse:
    """GET shows the passages that a way of cutting would make; POST cuts so."""
    document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
    if request.method != "POST":
        return _chunking_page(request, document)
    form = ChunkingForm(request.POST)
    if not form.is_valid():
        raise all_errors(form)
    services.edit_document(document, chunking=form.cleaned_data["chunking"])
    audit.record_changed(who(request), document, f"cut it {_way(document)}")
    return go_to(request, address_of(document), "The passages are being made anew.")


def _way(document: Document) -> str:
    return str(document.get_chunking_display()).lower()


def _chunking_page(request: HttpRequest, document: Document) -> HttpResponse:
    form = ChunkingForm(
        request.GET if "chunking" in request.GET else {"chunking": document.chunking}
    )
    if not form.is_valid():
        raise all_errors(form)
    way = form.cleaned_data["chunking"]
    context = {"document": document, "form": form, **_preview(document, way)}
    piece = "#preview" if wants_partial(request) else ""
    return render(request, f"knowledge/chunking.html{piece}", context)


def _preview(document: Document, way: str) -> dict[str, Any]:
    try:
        return {"preview": preview(document, way), "error": ""}
    except SalesdeskError as error:
        return {"preview": Preview(), "error": error.message}


@require_POST
def preview_text(request: HttpRequest) -> HttpResponse:
    """The passages that a text would be cut into, before anything is kept."""
    require_managing(request.user)
    form = TextForm(request.POST, user=who(request))
    form.is_valid()
    values = form.cleaned_data
    context: dict[str, Any] = {"preview": Preview(), "error": "Write something first."}
    if all(values.get(name) for name in ("business", "text", "chunking")):
        draft = Document(business=values["business"], origin=Origin.TEXT, text=values["text"])
        context = _preview(draft, values["chunking"])
    return render(request, "knowledge/chunking.html#passages_made", context)


@require_POST
def reprocess(request: HttpRequest, document_id: str) -> HttpResponse:
    document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
    services.reprocess(document)
    audit.record_changed(who(request), document, "processed it again")
    return go_to(request, address_of(document), "The document is being processed again.")


@require_POST
def delete(request: HttpRequest, document_id: str) -> HttpResponse:
    document = get_document_for(request.user, document_id, Ability.MANAGE_KNOWLEDGE)
    with transaction.atomic():
        audit.record_deleted(who(request), document)
        services.delete_document(document)
    return go_to(request, reverse("knowledge:list"), "Document deleted.")


def _page(
    request: HttpRequest, document: Document, form: forms.Form, title: str, *, status: int = 200
) -> HttpResponse:
    template = "knowledge/edit.html#form" if wants_partial(request) else "knowledge/edit.html"
    context = {"document": document, "form": form, "title": title}
    return render(request, template, context, status=status)
