"""Notes about a call."""

from functools import partial
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from calls import call_page, notes
from calls.forms import NoteForm
from calls.models import Call, CallNote
from calls.permissions import get_call_for, get_note_for
from calls.views.base import who
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.htmx import toast, trigger, wants_partial


@require_GET
def note_list(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id)
    if not wants_partial(request):
        return redirect(_page_with_notes(call))
    may = call_page.May.of(who(request), call)
    context = {"may": may, **call_page.notes_context(may, call, request.GET)}
    return render(request, "calls/call.html#notes", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_note(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id, Ability.WRITE_NOTES)
    if request.method != "POST":
        return _editor(request, call, NoteForm())
    form = NoteForm(request.POST)
    if not _accepted(form, partial(notes.add_note, call, author=who(request))):
        return _editor(request, call, form, status=422)
    return _saved(request, call, "Note added.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_note(request: HttpRequest, call_id: str, note_id: str) -> HttpResponse:
    note = get_note_for(request.user, call_id, note_id, to_change=True)
    if request.method != "POST":
        return _editor(request, note.call, NoteForm.for_note(note), note=note)
    form = NoteForm(request.POST)
    if not _accepted(form, partial(notes.edit_note, note)):
        return _editor(request, note.call, form, note=note, status=422)
    return _saved(request, note.call, "Note saved.")


@require_POST
def delete_note(request: HttpRequest, call_id: str, note_id: str) -> HttpResponse:
    note = get_note_for(request.user, call_id, note_id, to_change=True)
    notes.delete_note(note)
    if wants_partial(request):
        return _tell(HttpResponse(status=204), "Note deleted.")
    return _back(request, note.call, "Note deleted.")


class WriteNote(Protocol):
    def __call__(self, html: str, /, *, category: str, tags: list[str]) -> CallNote: ...


def _accepted(form: NoteForm, write: WriteNote) -> bool:
    """Whether the form was right and the note is written; if not, the form says why."""
    if not form.is_valid():
        return False
    values = form.cleaned_data
    try:
        write(form.html(), category=values["category"], tags=values["tags"])
    except InvalidInput as error:
        form.add_error(None, error.message)
        return False
    return True


def _editor(
    request: HttpRequest,
    call: Call,
    form: NoteForm,
    *,
    note: CallNote | None = None,
    status: int = 200,
) -> HttpResponse:
    template = "calls/note.html#editor" if wants_partial(request) else "calls/note.html"
    return render(request, template, editor_context(call, form, note), status=status)


def editor_context(call: Call, form: NoteForm, note: CallNote | None = None) -> dict[str, Any]:
    """The editor is open while there is something in it."""
    return {"call": call, "note_form": form, "note": note, "is_open": bool(note) or form.is_bound}


def _saved(request: HttpRequest, call: Call, sentence: str) -> HttpResponse:
    """With HTMX, the editor empty again; the list of notes fetches itself anew."""
    if not wants_partial(request):
        return _back(request, call, sentence)
    empty = render(request, "calls/note.html#editor", editor_context(call, NoteForm()))
    return _tell(empty, sentence)


def _tell(response: HttpResponse, sentence: str) -> HttpResponse:
    return trigger(toast(response, sentence), **{"notes:changed": True})


def _back(request: HttpRequest, call: Call, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(_page_with_notes(call))


def _page_with_notes(call: Call) -> str:
    return reverse("calls:detail", args=[call.public_id]) + "#notes"
