"""What the views of calls share."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from calls.models import Call
from salesdesk.accounts.permissions import who as who
from salesdesk.lib.htmx import toast, wants_partial


def done(request: HttpRequest, call: Call, sentence: str) -> HttpResponse:
    """Tell that something was done to the call: a toast, or the call's page without script."""
    if wants_partial(request):
        return toast(HttpResponse(status=204), sentence)
    messages.success(request, sentence)
    return redirect("calls:detail", call.public_id)
