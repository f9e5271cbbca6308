"""The pages of knowledge. All of them are for who is signed in; their loaders decide the rest."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from knowledge.views import adding, changing, detail, lists, searching, sites, tuning


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


app_name = "knowledge"
urlpatterns = [
    page("", lists.document_list, "list"),
    page("new/", adding.upload, "upload"),
    page("new/text/", adding.write, "write"),
    page("new/text/preview/", changing.preview_text, "preview_text"),
    page("new/url/", adding.by_url, "by_url"),
    page("search/", searching.search, "search"),
    page("usage/", lists.usage, "usage"),
    page("settings/", tuning.settings, "settings"),
    page("settings/model/", tuning.change_model, "change_model"),
    page("sites/", sites.site_list, "sites"),
    page("sites/new/", sites.new_site, "new_site"),
    page("sites/<slug:site_id>/", sites.site, "site"),
    page("sites/<slug:site_id>/edit/", sites.edit, "edit_site"),
    page("sites/<slug:site_id>/start/", sites.start, "start_site"),
    page("sites/<slug:site_id>/cancel/", sites.cancel, "cancel_site"),
    page("sites/<slug:site_id>/delete/", sites.delete, "delete_site"),
    page("<slug:document_id>/", detail.document, "document"),
    page("<slug:document_id>/file/", detail.file, "file"),
    page("<slug:document_id>/edit/", changing.edit, "edit"),
    page("<slug:document_id>/text/", changing.change_text, "change_text"),
    page("<slug:document_id>/replace/", changing.replace, "replace"),
    page("<slug:document_id>/chunking/", changing.chunking, "chunking"),
    page("<slug:document_id>/reprocess/", changing.reprocess, "reprocess"),
    page("<slug:document_id>/delete/", changing.delete, "delete"),
]
