"""What the views share."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from salesdesk.accounts.models import User
from salesdesk.lib.htmx import wants_partial


def who(request: HttpRequest) -> User:
    """The user; these pages are only for who is signed in."""
    return cast(User, request.user)


def go_to(request: HttpRequest, address: str, sentence: str) -> HttpResponse:
    """Show another page, with a notice; by HTMX or without."""
    messages.success(request, sentence)
    if wants_partial(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
