"""Partials, toasts, and refusals as sentences."""

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from salesdesk import urls as project_urls
from salesdesk.lib.errors import Conflict, NotAllowed, NotFound
from salesdesk.lib.htmx import toast, trigger, wants_partial

pytestmark = pytest.mark.django_db


def which(request: HttpRequest) -> HttpResponse:
    return HttpResponse("partial" if wants_partial(request) else "page")


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    errors = {"over": Conflict, "forbidden": NotAllowed, "gone": NotFound}
    raise errors[kind]("The <call> is over.")


urlpatterns = [
    path("which", which),
    path("refuse/<str:kind>", refuse),
    *project_urls.urlpatterns,  # the pages' links
]


def get(address: str, **headers: str) -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        return Client().get(address, headers=headers)


HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({}, b"page"),
        (HTMX, b"partial"),
        ({**HTMX, "HX-Boosted": "true"}, b"page"),
        ({**HTMX, "HX-History-Restore-Request": "true"}, b"page"),
    ],
)
def test_htmx_gets_a_partial_unless_it_shows_a_whole_page(
    headers: dict[str, str], answer: bytes
) -> None:
    response = get("/which", **headers)

    assert response.content == answer
    assert "HX-Request" in response.headers["Vary"]


def test_a_response_fires_all_its_events() -> None:
    response = toast(trigger(HttpResponse(), noteSaved="n1"), "Saved.")

    assert json.loads(response.headers["HX-Trigger"]) == {
        "noteSaved": "n1",
        "toast": {"message": "Saved.", "level": "success"},
    }


@pytest.mark.parametrize(("kind", "status"), [("over", 409), ("forbidden", 403), ("gone", 404)])
def test_a_refusal_is_a_toast_for_htmx(kind: str, status: int) -> None:
    response = get(f"/refuse/{kind}", **HTMX)

    assert (response.status_code, response.content) == (status, b"")
    assert response.headers["HX-Reswap"] == "none"
    assert json.loads(response.headers["HX-Trigger"])["toast"] == {
        "message": "The <call> is over.",
        "level": "error",
    }


@pytest.mark.parametrize(("kind", "status"), [("over", 409), ("forbidden", 403), ("gone", 404)])
def test_a_refusal_is_a_page_for_a_browser(kind: str, status: int) -> None:
    response = get(f"/refuse/{kind}")

    assert response.status_code == status
    assert b"The &lt;call&gt; is over." in response.content
    assert b"<html" in response.content
