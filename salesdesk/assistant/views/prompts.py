"""Prompts of the agents: versions, the editor with its preview, publishing and going back."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salesdesk.accounts.enums import Ability
from salesdesk.assistant.enums import AgentName
from salesdesk.assistant.forms.prompts import PromptForm
from salesdesk.assistant.models import PromptVersion
from salesdesk.assistant.permissions import get_business_for
from salesdesk.assistant.prompting import pages, versions
from salesdesk.assistant.prompting.templates import Prompt
from salesdesk.assistant.views.base import go_to, who
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound


@require_GET
def prompt_list(request: HttpRequest) -> HttpResponse:
    business = _business(request, Ability.VIEW_ASSISTANT_LOG)
    return render(
        request, "assistant/prompts/list.html", pages.list_context(who(request), business)
    )


@require_GET
def history(request: HttpRequest, agent: str) -> HttpResponse:
    business = _business(request, Ability.VIEW_ASSISTANT_LOG)
    name = pages.agent_named(agent)
    context = pages.history_context(who(request), business, name, request.GET)
    return render(request, "assistant/prompts/agent.html", context)


@require_GET
def version(request: HttpRequest, agent: str, number: int) -> HttpResponse:
    business = _business(request, Ability.VIEW_ASSISTANT_LOG)
    context = pages.version_context(who(request), business, pages.agent_named(agent), number)
    return render(request, "assistant/prompts/version.html", context)


@require_GET
def compare(request: HttpRequest, agent: str) -> HttpResponse:
    business = _business(request, Ability.VIEW_ASSISTANT_LOG)
    name = pages.agent_named(agent)
    old, new = pages.compared_by_default(business, name)
    context = pages.diff_context(
        who(request), business, name, _number(request, "old", old), _number(request, "new", new)
    )
    return render(request, "assistant/prompts/diff.html", context)


# ---------------------------------------------------------------- writing


@require_POST
def new_draft(request: HttpRequest, agent: str) -> HttpResponse:
    """Begins like the version ``like``, or like the one that is followed now."""
    business = _business(request, Ability.MANAGE_ASSISTANT)
    name = pages.agent_named(agent)
    number = request.POST.get("like", "")
    like = pages.version_numbered(business, name, _whole(number)) if number else None
    versions.create_draft(business, name, by=who(request), like=like)
    return go_to(request, _address("draft", business, name), "A draft to write in.")


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, agent: str) -> HttpResponse:
    business = _business(request, Ability.MANAGE_ASSISTANT)
    name = pages.agent_named(agent)
    written = versions.draft_of(business, name)
    if request.method == "POST":
        return _written(request, business, name, written)
    if written is None:
        raise NotFound("There is no draft; begin one on the page of the agent.")
    return _editor(request, business, name, PromptForm(initial=_initial(written)), written.revision)


def _written(
    request: HttpRequest, business: Business, agent: AgentName, draft: PromptVersion | None
) -> HttpResponse:
    """Saves, and publishes if asked to; what was written is on the answered page in any case."""
    form = PromptForm(request.POST)
    revision = _whole(request.POST.get("revision", ""))
    if not form.is_valid():
        return _editor(request, business, agent, form, revision, status=422)
    try:
        saved = _save(draft, form)
        revision = saved.revision
        if "publish" in request.POST:
            return _published(request, business, saved, form)
    except Conflict as error:
        form.add_error(None, error.message)
        return _editor(request, business, agent, form, revision, status=error.status)
    return go_to(request, _address("draft", business, agent), "Draft saved.")


def _save(draft: PromptVersion | None, form: PromptForm) -> PromptVersion:
    if draft is None:
        raise Conflict(versions.SAVED_MEANWHILE)
    return versions.save_draft(draft, **form.words(), revision=form.cleaned_data["revision"])


def _published(
    request: HttpRequest, business: Business, draft: PromptVersion, form: PromptForm
) -> HttpResponse:
    over = form.cleaned_data["over"] or None
    published = versions.publish(
        draft, by=who(request), note=draft.note, revision=draft.revision, over=over
    )
    sentence = f"Version {published.number} is published; it holds from the next conversation on."
    return go_to(request, _address("prompt", business, AgentName(draft.agent)), sentence)


@require_POST
def discard(request: HttpRequest, agent: str) -> HttpResponse:
    business = _business(request, Ability.MANAGE_ASSISTANT)
    name = pages.agent_named(agent)
    given_up = versions.draft_of(business, name)
    if given_up is None:
        raise Conflict("There is no draft any more.")
    versions.discard(given_up, revision=_whole(request.POST.get("revision", "")))
    sentence = "Draft discarded; its words stay in the history."
    return go_to(request, _address("prompt", business, name), sentence)


@require_POST
def roll_back(request: HttpRequest, agent: str, number: int) -> HttpResponse:
    business = _business(request, Ability.MANAGE_ASSISTANT)
    name = pages.agent_named(agent)
    earlier = pages.version_numbered(business, name, number)
    over = _whole(request.POST.get("over", "")) or None
    now = versions.roll_back_to(earlier, by=who(request), over=over)
    sentence = f"Back to the words of version {number}, now as version {now.number}."
    return go_to(request, _address("prompt", business, name), sentence)


@require_POST
def preview(request: HttpRequest, agent: str) -> HttpResponse:
    """The prompt that is being written, filled in; changes nothing."""
    business = _business(request, Ability.MANAGE_ASSISTANT)
    name = pages.agent_named(agent)
    form = PromptForm(request.POST)
    if not form.is_valid():
        errors = [str(error) for each in form.errors.values() for error in each]
        return render(request, "assistant/prompts/draft.html#preview", {"problems": errors})
    words = form.words()
    prompt = Prompt(words["template"], words["brand_voice"], words["compliance_rules"])
    context = pages.preview_context(
        who(request), business, name, prompt, request.POST.get("sample", "")
    )
    return render(request, "assistant/prompts/draft.html#preview", context)


# ---------------------------------------------------------------- steps


def _business(request: HttpRequest, ability: Ability) -> Business:
    return get_business_for(request.user, request.GET.get("business", ""), ability)


def _address(page: str, business: Business, agent: AgentName) -> str:
    address = reverse(f"assistant:{page}", args=[agent])
    return f"{address}?{urlencode({'business': business.public_id})}"


def _initial(draft: PromptVersion) -> dict[str, Any]:
    names = ("template", "brand_voice", "compliance_rules", "note")
    return {name: getattr(draft, name) for name in names}


def _editor(
    request: HttpRequest,
    business: Business,
    agent: AgentName,
    form: PromptForm,
    revision: int,
    *,
    status: int = 200,
) -> HttpResponse:
    """``revision`` is the one that what is in the form was written over."""
    template = str(form["template"].value() or "")
    context = pages.editor_context(who(request), business, agent, template)
    context |= {"form": form, "revision": revision}
    if form.is_bound and versions.PUBLISHED_MEANWHILE not in form.non_field_errors():
        context["over"] = form["over"].value()
    return render(request, "assistant/prompts/draft.html", context, status=status)


def _number(request: HttpRequest, name: str, default: int) -> int:
    given = request.GET.get(name, "")
    return _whole(given) if given else default


def _whole(text: str) -> int:
    """Raises ``InvalidInput`` for what is no whole number."""
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInput("This is no version’s number.")
    return int(text)
