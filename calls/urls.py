"""The pages of calls. All of them are for who is signed in; their loaders decide the rest."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from calls.views import control, detail, lists, notes, placing


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


app_name = "calls"
urlpatterns = [
    page("", lists.overview, "overview"),
    page("live/", lists.live, "live"),
    page("calls/", lists.call_list, "list"),
    page("calls/new/", placing.new_call, "new"),
    page("calls/<slug:call_id>/", detail.detail, "detail"),
    page("calls/<slug:call_id>/history/", detail.history, "history"),
    page("calls/<slug:call_id>/transcript.txt", detail.transcript_txt, "transcript_txt"),
    page("calls/<slug:call_id>/transcript.pdf", detail.transcript_pdf, "transcript_pdf"),
    page("calls/<slug:call_id>/notes/", notes.note_list, "notes"),
    page("calls/<slug:call_id>/notes/new/", notes.new_note, "new_note"),
    page("calls/<slug:call_id>/notes/<slug:note_id>/edit/", notes.edit_note, "edit_note"),
    page("calls/<slug:call_id>/notes/<slug:note_id>/delete/", notes.delete_note, "delete_note"),
    page("calls/<slug:call_id>/end/", control.end, "end"),
    page("calls/<slug:call_id>/say/", control.say, "say"),
    page("calls/<slug:call_id>/instruct/", control.instruct, "instruct"),
    page("calls/<slug:call_id>/pause/", control.pause, "pause"),
    page("calls/<slug:call_id>/resume/", control.resume, "resume"),
]
