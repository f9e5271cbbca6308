"""The pages about outcomes. Their loaders decide for whom."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.outcomes import views


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


app_name = "outcomes"
urlpatterns = [
    page("settings/outcomes/", views.outcome_list, "list"),
    page("settings/outcomes/new/", views.new_outcome, "new"),
    page("settings/outcomes/<slug:key>/edit/", views.edit_outcome, "edit"),
    page("settings/outcomes/<slug:key>/move/", views.move_outcome, "move"),
]
