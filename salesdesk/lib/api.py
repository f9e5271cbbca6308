"""What all API endpoints share: one shape for errors, one for pages of results, one for URLs.

An error is ``{"error": {"code", "message", "fields"}}``. ``code`` is for programs and
``message`` for people; ``fields`` (name of a wrong input → its messages) comes with 422 only.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from rest_framework import exceptions, negotiation, pagination, parsers
from rest_framework.request import Request
from rest_framework.response import Response

from salesdesk.lib.errors import SalesdeskError, TooMany

API_PREFIX = "/api/"
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")

REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "The request cannot be understood."),
    403: ("not_allowed", "You may not do this."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not know that method."),
    413: ("too_large", "The request is too large."),
    500: ("internal_error", "Something went wrong on our side. It has been logged."),
}
"""Code and message of what is refused outside of an endpoint."""


def endpoint(route: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """The route without a slash at its end, as documented, and with one for who adds it."""
    return [path(route, view, name=name), path(f"{route}/", view)]


class PageNumberPagination(pagination.PageNumberPagination):
    """50 results a page unless ``page_size`` says otherwise, at most 100."""

    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"
    page_size_query_description = "Results a page, 100 at most."

    def get_page_size(self, request: Request) -> int:
        given = request.query_params.get(self.page_size_query_param, "")
        if not given:
            return self.page_size
        if not given.isdecimal() or not 1 <= int(given[:9]) <= self.max_page_size:
            limits = f"Give a number from 1 to {self.max_page_size}."
            raise exceptions.ValidationError({self.page_size_query_param: [limits]})
        return int(given[:9])

    def get_paginated_response(self, data: Any) -> Response:
        assert self.page is not None
        return Response(
            {
                "count": self.page.paginator.count,
                "page": self.page.number,
                "pages": self.page.paginator.num_pages,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        integer = {"type": "integer"}
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "page", "pages", "results"],
            "properties": {
                "count": {**integer, "example": 1},
                "page": {**integer, "example": 1},
                "pages": {**integer, "example": 1},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


class JSONParser(parsers.JSONParser):
    """JSON that can be read, and written again."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise exceptions.ParseError("The JSON is nested too deep.") from None
        except UnicodeEncodeError:
            raise exceptions.ParseError("The JSON holds half a character.") from None
        return data


class FileNegotiation(negotiation.BaseContentNegotiation):
    """For files, which come in one form whatever the `Accept` header wants; errors are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


# ---------------------------------------------------------------- errors


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of an endpoint in the one shape; what is not a refusal is left to be 500."""
    # Only now: that module reads this one (for its JSONParser) when it is imported.
    from rest_framework.views import exception_handler as drf_exception_handler

    if isinstance(error, SalesdeskError):
        return _refused(error)
    if isinstance(error, RequestDataTooBig):
        return _error_response(*REFUSALS[413], 413)
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    answer = _error_response(*_describe(error), response.status_code)
    _keep_headers(response, answer)
    return answer


class ApiErrorMiddleware:
    """What is refused outside of an endpoint, or breaks in one, in the one shape too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(API_PREFIX) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        return _in_one_shape(response)


def error_body(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _in_one_shape(response: HttpResponse) -> JsonResponse:
    status = HTTPStatus(response.status_code)
    code, message = REFUSALS.get(status, (status.name.lower(), f"{status.phrase}."))
    answer = JsonResponse(error_body(code, message), status=status)
    _keep_headers(response, answer)
    return answer


def _keep_headers(old: HttpResponse, new: HttpResponse) -> None:
    for header in KEPT_HEADERS:
        if header in old.headers:
            new[header] = old.headers[header]


def _refused(error: SalesdeskError) -> Response:
    response = _error_response(error.code, error.message, error.status)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def _invalid(error: exceptions.ValidationError) -> Response:
    message = "Some of the values cannot be used; see “fields”."
    response = _error_response("invalid", message, HTTPStatus.UNPROCESSABLE_ENTITY)
    fields = error.detail if isinstance(error.detail, Mapping) else {"body": error.detail}
    response.data["error"]["fields"] = fields
    return response


def _error_response(code: str, message: str, status: int) -> Response:
    return Response(error_body(code, message), status=status)


def _describe(error: Exception) -> tuple[str, str]:
    if isinstance(error, Http404):
        return "not_found", "There is no such object, or not for you."
    if isinstance(error, PermissionDenied):
        return "not_allowed", "You may not do this."
    assert isinstance(error, exceptions.APIException)
    detail: Any = error.detail
    if isinstance(detail, dict):
        detail = detail.get("detail", error.default_detail)
    return str(error.default_code), str(detail)
