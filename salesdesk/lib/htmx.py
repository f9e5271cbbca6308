"""What pages built with HTMX share: partial or page, toasts, and refusals as sentences."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from salesdesk.lib.errors import SalesdeskError


def wants_partial(request: HttpRequest) -> bool:
    """Whether HTMX asks for a piece of the page rather than the whole."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def toast(response: HttpResponse, message: str, level: str = "success") -> HttpResponse:
    """Show ``message`` on the page that gets ``response``."""
    return trigger(response, toast={"message": message, "level": level})


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Fire browser events (name → detail) when HTMX has received ``response``."""
    current = json.loads(response.headers.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps({**current, **events})
    return response


class VaryMiddleware:
    """Caches must not hand a partial to somebody who asked for the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response


class RefusalMiddleware:
    """Turn a :class:`SalesdeskError` that a view let through into a sentence for the user.

    HTMX gets the status and a toast, a browser gets a page. API views never come here: DRF's
    exception handler answers first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SalesdeskError):
            return None
        if wants_partial(request):
            response = HttpResponse(status=error.status)
            response["HX-Reswap"] = "none"
            return toast(response, error.message, "error")
        template = {403: "403.html", 404: "404.html"}.get(error.status, "refused.html")
        return render(request, template, {"message": error.message}, status=error.status)


def go_to(request: HttpRequest, address: str, sentence: str = "") -> HttpResponse:
    """Show another page, with a notice where there is one to give; by HTMX or without."""
    if sentence:
        messages.success(request, sentence)
    if wants_partial(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
