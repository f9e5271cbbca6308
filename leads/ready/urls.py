"""The pages of Ready mode. Their loaders decide for whom."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.ready import views


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


app_name = "ready"
urlpatterns = [
    page("ready/", views.page, "page"),
    page("ready/start/", views.start, "start"),
    page("ready/pause/", views.pause, "pause"),
    page("ready/stop/", views.stop, "stop"),
    page("ready/beat/", views.beat, "beat"),
    page("ready/take/<slug:lead_id>/", views.take, "take"),
    page("ready/skip/", views.skip, "skip"),
    page("ready/call/", views.call, "call"),
    page("ready/hang-up/", views.hang_up, "hang_up"),
    page("ready/outcome/", views.outcome, "outcome"),
    page("ready/undo/", views.undo, "undo"),
    page("ready/book/", views.book, "book"),
    page("ready/settings/", views.settings, "settings"),
    path("ready/manifest.webmanifest", views.manifest, name="manifest"),
    path("ready/worker.js", views.worker, name="worker"),
    path("ready/offline/", views.offline, name="offline"),
]
