"""What all API endpoints share: one shape for errors, one for pages of results."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, pagination
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from salesdesk.lib.errors import SalesdeskError


class PageNumberPagination(pagination.PageNumberPagination):
    """50 results a page unless ``page_size`` says otherwise, at most 100."""

    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"

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
                "count": integer,
                "page": integer,
                "pages": integer,
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as ``{"error": {"code", "message", "fields"}}``.

    ``fields`` maps the name of a wrong input to its messages and is there only for wrong input.
    """
    if isinstance(error, SalesdeskError):
        return _error_response(error.code, error.message, error.status)
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    body = _error_response(*_describe(error), response.status_code)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response.headers:
            body[header] = response.headers[header]
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, Mapping):
        body.data["error"]["fields"] = error.detail
    return body


def _error_response(code: str, message: str, status: int) -> Response:
    return Response({"error": {"code": code, "message": message}}, status=status)


def _describe(error: Exception) -> tuple[str, str]:
    if isinstance(error, exceptions.ValidationError):
        return "invalid", "Some of the values cannot be used; see “fields”."
    if isinstance(error, Http404):
        return "not_found", "There is no such object, or not for you."
    if isinstance(error, PermissionDenied):
        return "not_allowed", "You may not do this."
    assert isinstance(error, exceptions.APIException)
    detail: Any = error.detail
    if isinstance(detail, dict):
        detail = detail.get("detail", error.default_detail)
    return str(error.default_code), str(detail)
