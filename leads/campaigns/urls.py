"""The pages of campaigns."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.campaigns import views

app_name = "campaigns"


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


urlpatterns = [
    page("", views.campaign_list, "list"),
    page("new/", views.new, "new"),
    page("preview/", views.preview, "preview"),
    page("<slug:campaign_id>/", views.detail, "campaign"),
    page("<slug:campaign_id>/edit/", views.edit, "edit"),
    page("<slug:campaign_id>/delete/", views.delete, "delete"),
    page("<slug:campaign_id>/<slug:action>/", views.act, "act"),
]
