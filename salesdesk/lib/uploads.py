"""How large a request with files may be, told before its parts are looked at."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LARGEST_REQUEST = 110 * 1024 * 1024
"""Bytes: a form may bring several files of 25 MB."""
TOO_LARGE = "This is more than can be sent at once; send the files one by one."


class UploadLimitMiddleware:
    """Turns away what says that it is larger; the server reads no more than is said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if length_of(request) <= LARGEST_REQUEST:
            return self.get_response(request)
        return render(request, "refused.html", {"message": TOO_LARGE}, status=413)


def length_of(request: HttpRequest) -> int:
    """In bytes, as the request's headers say; 0 where they do not, or no number."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
