"""Playbooks: the list, and the page of one with its stages and objections.

Stages and objections are handled alike; the address says which ``kind`` is meant.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salesdesk.accounts.enums import Ability
from salesdesk.assistant.forms.playbooks import NewPlaybookForm, PlaybookForm
from salesdesk.assistant.models import Objection, Playbook, Stage
from salesdesk.assistant.permissions import get_business_for, get_playbook_for
from salesdesk.assistant.playbooks import pages, services
from salesdesk.assistant.playbooks.demo import EXAMPLE
from salesdesk.assistant.playbooks.pages import Kind
from salesdesk.assistant.views.base import go_to, who
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.lib.htmx import toast, wants_partial


@require_GET
def playbook_list(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    context = pages.list_context(who(request), business)
    return render(request, "assistant/playbooks/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_playbook(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("business", "")
    business = get_business_for(request.user, chosen, Ability.MANAGE_ASSISTANT)
    form = NewPlaybookForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"business": business, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "assistant/playbooks/new.html", context, status=status)
    like = EXAMPLE if form.cleaned_data["begin_with"] == "example" else None
    playbook = services.create_playbook(business, form.cleaned_data["name"], like=like)
    return go_to(request, _address_of(playbook), "Playbook created.")


@require_GET
def playbook(request: HttpRequest, playbook_id: str) -> HttpResponse:
    shown = get_playbook_for(request.user, playbook_id)
    context = pages.playbook_context(who(request), shown)
    return render(request, "assistant/playbooks/playbook.html", context)


@require_POST
def rename(request: HttpRequest, playbook_id: str) -> HttpResponse:
    renamed = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    form = PlaybookForm(request.POST)
    if not form.is_valid():
        context = pages.playbook_context(who(request), renamed, form)
        return render(request, "assistant/playbooks/playbook.html", context, status=422)
    services.rename(renamed, form.cleaned_data["name"])
    return go_to(request, _address_of(renamed), "Name saved.")


@require_POST
def follow(request: HttpRequest, playbook_id: str) -> HttpResponse:
    followed = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    services.follow(followed)
    sentence = "The agents follow this playbook from the next conversation on."
    return go_to(request, _address_of(followed), sentence)


@require_POST
def delete(request: HttpRequest, playbook_id: str) -> HttpResponse:
    deleted = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    services.delete_playbook(deleted)
    return go_to(request, _list_address(deleted.business), "Playbook deleted.")


# ---------------------------------------------------------------- stages and objections


@require_GET
def parts(request: HttpRequest, playbook_id: str, kind: str) -> HttpResponse:
    """The list alone, for HTMX; the whole page for others."""
    shown = get_playbook_for(request.user, playbook_id)
    if not wants_partial(request):
        return redirect(_address_of(shown))
    return _list(request, shown, pages.kind_named(kind))


@require_http_methods(["GET", "HEAD", "POST"])
def new_part(request: HttpRequest, playbook_id: str, kind: str) -> HttpResponse:
    changed = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    return _edit(request, changed, pages.kind_named(kind), None)


@require_GET
def part(request: HttpRequest, playbook_id: str, kind: str, key: int) -> HttpResponse:
    """One as it stands, for who gave up editing it."""
    shown = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    known = pages.kind_named(kind)
    return _card(request, shown, known, pages.part_of(shown, known, key))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_part(request: HttpRequest, playbook_id: str, kind: str, key: int) -> HttpResponse:
    changed = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    known = pages.kind_named(kind)
    return _edit(request, changed, known, pages.part_of(changed, known, key))


@require_POST
def move_part(request: HttpRequest, playbook_id: str, kind: str, key: int) -> HttpResponse:
    changed = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    known = pages.kind_named(kind)
    by = {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if by is None:
        raise InvalidInput("It can be moved up or down.")
    services.move(pages.part_of(changed, known, key), by)
    return _list(request, changed, known)


@require_POST
def remove_part(request: HttpRequest, playbook_id: str, kind: str, key: int) -> HttpResponse:
    changed = get_playbook_for(request.user, playbook_id, Ability.MANAGE_ASSISTANT)
    known = pages.kind_named(kind)
    services.remove(pages.part_of(changed, known, key))
    return _list(request, changed, known, f"The {known.one} is removed.")


def _edit(
    request: HttpRequest, playbook: Playbook, kind: Kind, part: Stage | Objection | None
) -> HttpResponse:
    if request.method != "POST":
        return _form(request, playbook, kind, part, pages.form_of(kind, part))
    form = pages.form_of(kind, part, request.POST)
    if not form.is_valid():
        return _form(request, playbook, kind, part, form, status=422)
    try:
        saved = kind.put(playbook, form.spec(), **({kind.one: part} if part else {}))
    except Conflict as error:
        form.add_error(None, error.message)
        return _form(request, playbook, kind, part, form, status=error.status)
    return _card(request, playbook, kind, saved, is_new=part is None)


def _form(
    request: HttpRequest,
    playbook: Playbook,
    kind: Kind,
    part: Stage | Objection | None,
    form: Any,
    *,
    status: int = 200,
) -> HttpResponse:
    piece = "#form" if wants_partial(request) else ""
    context = pages.part_context(playbook, kind, part, form=form)
    return render(request, f"assistant/playbooks/part.html{piece}", context, status=status)


def _card(
    request: HttpRequest,
    playbook: Playbook,
    kind: Kind,
    part: Stage | Objection,
    *,
    is_new: bool = False,
) -> HttpResponse:
    """The part as the list shows it; behind a new one, the way to the next."""
    if not wants_partial(request):
        return redirect(_address_of(playbook))
    piece = "added" if is_new else "card"
    context = pages.part_context(playbook, kind, part)
    return render(request, f"assistant/playbooks/part.html#{piece}", context)


def _list(request: HttpRequest, playbook: Playbook, kind: Kind, sentence: str = "") -> HttpResponse:
    if not wants_partial(request):
        return go_to(request, _address_of(playbook), sentence or "Moved.")
    context = pages.playbook_context(who(request), playbook)
    context |= {"kind": kind, "parts": list(kind.parts_of(playbook))}
    answer = render(request, "assistant/playbooks/part.html#list", context)
    return toast(answer, sentence) if sentence else answer


def _address_of(playbook: Playbook) -> str:
    return reverse("assistant:playbook", args=[playbook.public_id])


def _list_address(business: Business) -> str:
    query = urlencode({"business": business.public_id})
    return f"{reverse('assistant:playbooks')}?{query}"
