"""One shape for whatever goes wrong, wherever it goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from pytest_django import Settings
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from salesdesk.lib import api
from salesdesk.lib.errors import Conflict, TooMany

pytestmark = pytest.mark.django_db


class Echo(APIView):
    """Gives back what it got, or raises what its class says."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    error: Exception | None = None

    def post(self, request: Request) -> Response:
        if self.error is not None:
            raise self.error
        return Response(request.data)


def broken_page(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("api/echo", Echo.as_view()),
    path("api/conflict", Echo.as_view(error=Conflict("It is over."))),
    path("api/wait", Echo.as_view(error=TooMany("Slowly.", retry_after=30))),
    path("api/list", Echo.as_view(error=ValidationError(["Nonsense."]))),
    path("api/broken", Echo.as_view(error=ZeroDivisionError("secret detail"))),
    path("api/page", broken_page),
    path("page", broken_page),
]


@pytest.fixture
def ask() -> Any:
    """``ask(path, body)``: POST to the URLs above, by way of the whole middleware."""

    def post(address: str, body: str | bytes = "{}", **headers: str) -> Any:
        client = Client(raise_request_exception=False)
        with override_settings(ROOT_URLCONF=__name__):
            return client.post(address, body, content_type="application/json", headers=headers)

    return post


Ask = Callable[..., Any]


def refusal(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    assert list(response.json()) == ["error"]
    return response.json()["error"]


def test_what_is_well_formed_arrives(ask: Ask) -> None:
    assert ask("/api/echo", '{"text": "Zürich 🏠"}').json() == {"text": "Zürich 🏠"}


@pytest.mark.parametrize(
    "body",
    [
        '{"text": ',
        '{"n": NaN}',
        b'"\xff\xfe"',
        '{"text": "\\ud800"}',
        "[" * 100_000,
        '{"n": %s}' % ("9" * 10_000),
    ],
    ids=["cut", "nan", "no utf-8", "half a character", "deep", "long number"],
)
def test_malformed_json_is_400(body: str | bytes, ask: Ask) -> None:
    assert refusal(ask("/api/echo", body), 400)["code"] == "parse_error"


def test_a_body_that_is_too_large_is_413(ask: Ask, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert ask("/api/echo", '"%s"' % ("x" * 90)).status_code == 200
    assert refusal(ask("/api/echo", '"%s"' % ("x" * 100)), 413)["code"] == "too_large"


def test_a_body_that_is_no_json_is_415(ask: Ask) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        response = Client().post("/api/echo", {"text": "form"})

    assert refusal(response, 415)["code"] == "unsupported_media_type"


def test_a_refusal_of_a_service_says_its_code_and_sentence(ask: Ask) -> None:
    assert refusal(ask("/api/conflict"), 409) == {"code": "conflict", "message": "It is over."}


def test_too_many_requests_say_how_long_to_wait(ask: Ask) -> None:
    response = ask("/api/wait")

    assert refusal(response, 429) == {"code": "throttled", "message": "Slowly."}
    assert response.headers["Retry-After"] == "30"


def test_wrong_input_without_a_field_stands_under_body(ask: Ask) -> None:
    assert refusal(ask("/api/list"), 422)["fields"] == {"body": ["Nonsense."]}


@override_settings(DEBUG=False)
def test_what_breaks_is_500_without_a_trace(ask: Ask) -> None:
    response = ask("/api/broken")

    assert refusal(response, 500)["code"] == "internal_error"
    assert b"secret detail" not in response.content
    assert response.headers["X-Request-ID"]


def test_an_address_that_is_not_there_is_404(ask: Ask) -> None:
    assert refusal(ask("/api/nothing"), 404)["code"] == "not_found"


def test_a_method_that_is_not_known_is_405(ask: Ask) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        response = Client().delete("/api/echo")

    assert refusal(response, 405)["code"] == "method_not_allowed"
    assert response.headers["Allow"] == "POST, OPTIONS"


def test_a_page_under_api_that_refuses_is_in_the_shape_too(ask: Ask) -> None:
    assert refusal(ask("/api/page"), 403)["code"] == "not_allowed"


def test_other_pages_keep_theirs(ask: Ask) -> None:
    response = ask("/page")

    assert response.status_code == 403
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_host_that_is_not_ours_is_400_in_the_shape() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        response = Client().post("/api/echo", {}, headers={"Host": "evil.example"})

    assert refusal(response, 400)["code"] == "bad_request"


def test_more_than_a_hundred_requests_a_minute_are_refused(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)

    answers = [ask("/api/echo").status_code for _ in range(2)]
    last = ask("/api/echo", **{"X-Forwarded-For": "203.0.113.9"})

    assert answers == [200, 200]
    assert refusal(last, 429)["code"] == "throttled"
    assert 1 <= int(last.headers["Retry-After"]) <= 60


def test_the_rate_is_a_hundred_a_minute(settings: Settings) -> None:
    assert UserRateThrottle().get_rate() == "100/min"
    assert api.PageNumberPagination.max_page_size == 100
