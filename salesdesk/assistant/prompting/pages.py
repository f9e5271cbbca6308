"""What the pages of prompts show: the reads behind their views."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, has_ability
from salesdesk.assistant.enums import AgentName, VersionStatus
from salesdesk.assistant.models import PromptVersion, Thread
from salesdesk.assistant.permissions import businesses_where
from salesdesk.assistant.prompting.defaults import BUILT_IN
from salesdesk.assistant.prompting.diffing import DiffLine, diff
from salesdesk.assistant.prompting.preview import data_of_thread, made_up_data
from salesdesk.assistant.prompting.templates import (
    HOUSE_RULES,
    MOST,
    VARIABLES,
    Prompt,
    fill,
    shortened_in,
    variables_in,
)
from salesdesk.assistant.prompting.versions import prompt_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound

BUILT_IN_NUMBER = 0
"""Stands in addresses for the prompt that comes with the product."""
VERSIONS_A_PAGE = 25
MOST_TO_COMPARE = 100
RECENT_THREADS = 10
ABOUT_AGENTS = {
    AgentName.DESK: "Greets, answers, and hands over to the others.",
    AgentName.LEAD: "Finds out what the customer needs, and whether it fits.",
    AgentName.CALENDAR: "Books, moves, cancels and confirms visits.",
    AgentName.CRM: "Looks up and changes the customer’s record.",
    AgentName.OBJECTIONS: "Takes up doubts and answers them honestly.",
}
PARTS = (
    ("Template", "template"),
    ("Brand voice", "brand_voice"),
    ("Compliance rules", "compliance_rules"),
)


def frame(user: Visitor, business: Business) -> dict[str, Any]:
    """What all of these pages know."""
    return {
        "business": business,
        "businesses": list(businesses_where(user, Ability.VIEW_ASSISTANT_LOG)),
        "may_manage": has_ability(user, business.pk, Ability.MANAGE_ASSISTANT),
    }


def versions_of(business: Business) -> QuerySet[PromptVersion]:
    known = PromptVersion.objects.filter(business=business)
    return known.select_related("created_by", "published_by")


def current_of(
    business: Business, agent: AgentName
) -> tuple[PromptVersion | None, PromptVersion | None]:
    """The published version and the draft, where there are such."""
    current = versions_of(business).filter(agent=agent).exclude(status=VersionStatus.RETIRED)
    by_status = {each.status: each for each in current}
    return by_status.get(VersionStatus.PUBLISHED), by_status.get(VersionStatus.DRAFT)


# ---------------------------------------------------------------- lists


@dataclass(frozen=True, slots=True)
class AgentRow:
    agent: AgentName
    about: str
    published: PromptVersion | None
    draft: PromptVersion | None


def list_context(user: Visitor, business: Business) -> dict[str, Any]:
    return {**frame(user, business), "rows": agent_rows(business)}


def agent_rows(business: Business) -> list[AgentRow]:
    """Each agent with what it follows and what is being written."""
    current = versions_of(business).exclude(status=VersionStatus.RETIRED)
    by_agent = {(each.agent, each.status): each for each in current}
    return [
        AgentRow(
            agent,
            ABOUT_AGENTS[agent],
            by_agent.get((agent, VersionStatus.PUBLISHED)),
            by_agent.get((agent, VersionStatus.DRAFT)),
        )
        for agent in AgentName
    ]


def history_context(
    user: Visitor, business: Business, agent: AgentName, query: QueryDict
) -> dict[str, Any]:
    versions = versions_of(business).filter(agent=agent).order_by("-number")
    published, draft = current_of(business, agent)
    return {
        **frame(user, business),
        **_about(agent),
        "page_obj": Paginator(versions, VERSIONS_A_PAGE).get_page(query.get("page")),
        "published": published,
        "draft": draft,
        "choices": compare_choices(business, agent),
        "compared": compared_by_default(business, agent),
    }


def _about(agent: AgentName) -> dict[str, Any]:
    return {"agent": agent, "about": ABOUT_AGENTS[agent]}


# ---------------------------------------------------------------- one version


def agent_named(name: str) -> AgentName:
    """Raises ``NotFound`` where there is no such agent."""
    if name not in AgentName.values:
        raise NotFound("There is no such agent.")
    return AgentName(name)


def version_numbered(business: Business, agent: AgentName, number: int) -> PromptVersion:
    version = versions_of(business).filter(agent=agent, number=number).first()
    if version is None:
        raise NotFound("There is no such version.")
    return version


def prompt_numbered(business: Business, agent: AgentName, number: int) -> Prompt:
    if number == BUILT_IN_NUMBER:
        return BUILT_IN[agent]
    return prompt_of(version_numbered(business, agent, number))


def version_context(
    user: Visitor, business: Business, agent: AgentName, number: int
) -> dict[str, Any]:
    is_built_in = number == BUILT_IN_NUMBER
    version = None if is_built_in else version_numbered(business, agent, number)
    published, draft = current_of(business, agent)
    return {
        **frame(user, business),
        **_about(agent),
        "number": number,
        "name": _title_of(version),
        "version": version,
        "prompt": prompt_of(version) if version else BUILT_IN[agent],
        "published": published,
        "draft": draft,
        "is_followed": published == version,
    }


def _title_of(version: PromptVersion | None) -> str:
    if version is None:
        return "Built-in prompt"
    return "Draft" if version.status == VersionStatus.DRAFT else f"Version {version.number}"


# ---------------------------------------------------------------- comparing


@dataclass(frozen=True, slots=True)
class Difference:
    title: str
    lines: list[DiffLine]


def compare_choices(business: Business, agent: AgentName) -> list[tuple[int, str]]:
    """What can be compared, the newest first: numbers and what to call them."""
    versions = PromptVersion.objects.filter(business=business, agent=agent).order_by("-number")
    newest = versions.only("number", "status", "published_at")[:MOST_TO_COMPARE]
    return [*((each.number, name_of(each)) for each in newest), (BUILT_IN_NUMBER, "Built in")]


def name_of(version: PromptVersion) -> str:
    if version.status == VersionStatus.DRAFT:
        return f"Draft (version {version.number})"
    if version.status == VersionStatus.PUBLISHED:
        return f"Version {version.number}, published"
    return f"Version {version.number}{'' if version.published_at else ', discarded'}"


def compared_by_default(business: Business, agent: AgentName) -> tuple[int, int]:
    """The published version and the draft; without a draft, the one before and the published."""
    published, draft = current_of(business, agent)
    followed = published.number if published else BUILT_IN_NUMBER
    if draft:
        return followed, draft.number
    earlier = versions_of(business).filter(
        agent=agent, number__lt=followed, published_at__isnull=False
    )
    before = earlier.order_by("-number").values_list("number", flat=True).first()
    return before or BUILT_IN_NUMBER, followed


def diff_context(
    user: Visitor, business: Business, agent: AgentName, old: int, new: int
) -> dict[str, Any]:
    before, after = (prompt_numbered(business, agent, number) for number in (old, new))
    return {
        **frame(user, business),
        **_about(agent),
        "choices": compare_choices(business, agent),
        "compared": (old, new),
        "differences": differences(before, after),
    }


def differences(before: Prompt, after: Prompt) -> list[Difference]:
    """The parts that are not alike."""
    compared = (
        Difference(title, diff(getattr(before, name), getattr(after, name)))
        for title, name in PARTS
    )
    return [each for each in compared if each.lines]


# ---------------------------------------------------------------- writing


def editor_context(
    user: Visitor, business: Business, agent: AgentName, template: str
) -> dict[str, Any]:
    published, draft = current_of(business, agent)
    return {
        **frame(user, business),
        **_about(agent),
        "draft": draft,
        "published": published,
        "over": published.number if published else BUILT_IN_NUMBER,
        "variables": variables_context(template),
        "house_rules": HOUSE_RULES,
        "samples": recent_threads(user, business),
    }


def variables_context(template: str) -> list[dict[str, Any]]:
    used = set(variables_in(template))
    return [{"variable": each, "is_used": each.name in used} for each in VARIABLES.values()]


def recent_threads(user: Visitor, business: Business) -> list[Thread]:
    threads = Thread.objects.where(user, Ability.VIEW_ASSISTANT_LOG).filter(business=business)
    return list(threads.select_related("lead").newest_first()[:RECENT_THREADS])


def preview_context(
    user: Visitor, business: Business, agent: AgentName, prompt: Prompt, sample: str
) -> dict[str, Any]:
    """The prompt as it would be filled in; ``sample`` is a thread's public id, or empty.

    Raises ``NotFound`` for a thread that this user may not see.
    """
    if not sample:
        data = made_up_data(business, agent, prompt)
    else:
        threads = Thread.objects.where(user, Ability.VIEW_ASSISTANT_LOG).filter(business=business)
        thread = threads.select_related("lead", "business").filter(public_id=sample).first()
        if thread is None:
            raise NotFound("There is no such conversation, or not for you.")
        data = data_of_thread(thread, agent, prompt)
    text = fill(prompt.template, data)
    used = variables_in(prompt.template)
    return {
        "text": text,
        "length": len(text),
        "most": MOST,
        "shortened": shortened_in(prompt.template, data),
        "unused": [each.name for each in VARIABLES.values() if each.name not in used],
    }
