"""The pages of the assistant, for who is signed in; their loaders decide the rest."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


app_name = "assistant"
urlpatterns: list[URLPattern] = []
