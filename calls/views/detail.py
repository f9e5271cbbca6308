"""The page of one call: what is said, what happened, and its transcript as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from calls import call_page, exports
from calls.forms import TranscriptForm
from calls.models import Call
from calls.permissions import get_call_for
from calls.transcripts import TranscriptView, newest_window
from calls.views.base import who
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.htmx import wants_partial


@require_GET
def detail(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id)
    transcript = _transcript(call, TranscriptForm(request.GET))
    if not wants_partial(request):
        frame = call_page.call_context(who(request), call, request.GET)
        return render(request, "calls/call.html", {**frame, **transcript})
    piece = "earlier" if "before" in request.GET else "transcript"
    return render(request, f"calls/call.html#{piece}", {"call": call, **transcript})


def _transcript(call: Call, form: TranscriptForm) -> dict[str, Any]:
    """Raises ``InvalidInput`` when there can be no such view of a transcript."""
    if not form.is_valid():
        errors = (str(error) for messages in form.errors.values() for error in messages)
        raise InvalidInput(" ".join(errors))
    before = form.cleaned_data["before"]
    window = newest_window(call, form.view(), before=before)
    return {"form": form, "view": form.view(), "window": window, "before": before}


@require_GET
def history(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id)
    context = call_page.call_context(who(request), call, request.GET)
    return render(request, "calls/call.html", {**context, **call_page.history_context(call)})


@require_GET
def transcript_txt(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id)
    text = exports.transcript_txt(call, TranscriptView().lines_of(call).in_order())
    return _download(text, f"call-{call.public_id}.txt", "text/plain; charset=utf-8")


@require_GET
def transcript_pdf(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id)
    pdf = exports.transcript_pdf(call, TranscriptView().lines_of(call).in_order())
    return _download(pdf, f"call-{call.public_id}.pdf", "application/pdf")


def _download(content: str | bytes, name: str, kind: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
