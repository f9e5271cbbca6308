"""What a manager does to a running call. A refusal is a toast, or a page without script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from calls import services
from calls.forms import LineForm
from calls.models import Call
from calls.permissions import get_call_for
from calls.views.base import done, who
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.htmx import toast, wants_partial


@require_POST
def end(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id, Ability.CONTROL_CALLS)
    services.end_call(call, by=who(request))
    return done(request, call, "The call is being ended.")


@require_POST
def pause(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id, Ability.CONTROL_CALLS)
    services.pause_agent(call, by=who(request))
    return done(request, call, "The agent is paused. It goes on listening.")


@require_POST
def resume(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id, Ability.CONTROL_CALLS)
    services.resume_agent(call, by=who(request))
    return done(request, call, "The agent talks again.")


@require_POST
def say(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id, Ability.CONTROL_CALLS)
    services.say_line(call, _line(request), by=who(request))
    return _line_taken(request, call, "The agent will say that.")


@require_POST
def instruct(request: HttpRequest, call_id: str) -> HttpResponse:
    call = get_call_for(request.user, call_id, Ability.CONTROL_CALLS)
    services.instruct_agent(call, _line(request), by=who(request))
    return _line_taken(request, call, "The agent has been told.")


def _line(request: HttpRequest) -> str:
    form = LineForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(form.errors["text"][0]))
    text: str = form.cleaned_data["text"]
    return text


def _line_taken(request: HttpRequest, call: Call, sentence: str) -> HttpResponse:
    """With HTMX, an empty form in place of the one that was sent."""
    if not wants_partial(request):
        return done(request, call, sentence)
    return toast(render(request, "calls/call.html#line_form", {"call": call}), sentence)
