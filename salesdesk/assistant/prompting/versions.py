"""Versions of prompts: drafts, publishing, going back. The only writer of ``PromptVersion``.

Each change is a conditional update, so that of two people who do something at once one is told.
No version is ever deleted, and the words of one that was published never change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import AgentName, VersionStatus
from salesdesk.assistant.models import PromptVersion
from salesdesk.assistant.prompting.defaults import BUILT_IN
from salesdesk.assistant.prompting.templates import Prompt, problems_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

HAS_DRAFT = "There is a draft already. Publish or discard it first."
SAVED_MEANWHILE = (
    "This draft was changed, published or discarded meanwhile. What you wrote is still here: copy "
    "it, then open the draft again."
)
PUBLISHED_MEANWHILE = (
    "Another version was published meanwhile. Your draft is kept: compare it with the one that is "
    "published now, then publish again."
)


def prompt_for(business: Business, agent: str) -> Prompt:
    """What the agent is told to be: the version that is published now, or the built-in one.

    It is read each time, so that what is published holds from the next turn on, everywhere.
    """
    version = published_version(business, agent)
    return prompt_of(version) if version else BUILT_IN[agent]


def prompt_of(version: PromptVersion) -> Prompt:
    return Prompt(
        template=version.template,
        brand_voice=version.brand_voice,
        compliance_rules=version.compliance_rules,
        version_id=version.pk,
    )


def published_version(business: Business, agent: str) -> PromptVersion | None:
    return _versions(business, agent, VersionStatus.PUBLISHED).first()


def draft_of(business: Business, agent: str) -> PromptVersion | None:
    return _versions(business, agent, VersionStatus.DRAFT).first()


def create_draft(
    business: Business, agent: AgentName, *, by: User, like: PromptVersion | None = None
) -> PromptVersion:
    """A draft that begins as the version ``like``, or as what is published or built in.

    Raises ``Conflict`` when the agent has a draft.
    """
    start = prompt_of(like) if like else prompt_for(business, agent)
    return _add(business, agent, start, by=by, refusal=HAS_DRAFT)


def save_draft(
    draft: PromptVersion,
    *,
    template: str,
    brand_voice: str,
    compliance_rules: str,
    note: str,
    revision: int,
) -> PromptVersion:
    """Keep the words of a draft that was read at ``revision``.

    Raises ``InvalidInput`` for a template that cannot serve, and ``Conflict`` when the draft was
    saved, published or discarded meanwhile.
    """
    _require_sound(template)
    saved = _draft(draft, revision).update(
        template=template,
        brand_voice=brand_voice,
        compliance_rules=compliance_rules,
        note=note,
        revision=F("revision") + 1,
    )
    if not saved:
        raise Conflict(SAVED_MEANWHILE)
    draft.refresh_from_db()
    return draft


def publish(
    draft: PromptVersion, *, by: User, note: str, revision: int, over: int | None
) -> PromptVersion:
    """Let the agent follow the draft from its next turn on.

    ``over`` is the number of the version that the publisher saw as published, if there was one.
    Raises ``InvalidInput`` for a template that cannot serve any more, and ``Conflict`` when the
    draft or what is published has changed since: nothing has happened then.
    """
    _require_sound(draft.template)
    with _at_once(PUBLISHED_MEANWHILE):
        _retire_published(draft.business, draft.agent, over)
        number = _next_number(draft.business, draft.agent, besides=draft)
        published = _draft(draft, revision).update(
            status=VersionStatus.PUBLISHED,
            number=number,
            note=note,
            published_by=by,
            published_at=timezone.now(),
        )
        if not published:
            raise Conflict(SAVED_MEANWHILE)
    draft.refresh_from_db()
    return draft


def roll_back_to(
    version: PromptVersion, *, by: User, over: int | None, note: str = ""
) -> PromptVersion:
    """Publish the words of an earlier version again, as a new version; a draft stays as it is.

    Raises as :func:`publish` does.
    """
    _require_sound(version.template)
    with _at_once(PUBLISHED_MEANWHILE):
        _retire_published(version.business, version.agent, over)
        return _add(
            version.business,
            AgentName(version.agent),
            prompt_of(version),
            by=by,
            refusal=PUBLISHED_MEANWHILE,
            status=VersionStatus.PUBLISHED,
            note=note or f"Back to version {version.number}.",
            published_by=by,
            published_at=timezone.now(),
        )


def discard(draft: PromptVersion, *, revision: int) -> None:
    """Give up the draft; its words stay in the history. Raises ``Conflict`` when it has changed."""
    if not _draft(draft, revision).update(status=VersionStatus.RETIRED):
        raise Conflict(SAVED_MEANWHILE)


# ---------------------------------------------------------------- steps


def _versions(business: Business, agent: str, status: VersionStatus) -> QuerySet[PromptVersion]:
    return PromptVersion.objects.filter(business=business, agent=agent, status=status)


def _draft(draft: PromptVersion, revision: int) -> QuerySet[PromptVersion]:
    unchanged = PromptVersion.objects.filter(pk=draft.pk, revision=revision)
    return unchanged.filter(status=VersionStatus.DRAFT)


def _require_sound(template: str) -> None:
    if problems := problems_of(template):
        raise InvalidInput(" ".join(problems))


@contextmanager
def _at_once(refusal: str) -> Iterator[None]:
    """All of it or nothing; where somebody else was faster, ``Conflict``."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict(refusal) from error


def _retire_published(business: Business, agent: str, over: int | None) -> None:
    """Raises ``Conflict`` when what is published is not ``over`` (any more)."""
    published = _versions(business, agent, VersionStatus.PUBLISHED)
    if over is None:
        if published.exists():
            raise Conflict(PUBLISHED_MEANWHILE)
    elif not published.filter(number=over).update(status=VersionStatus.RETIRED):
        raise Conflict(PUBLISHED_MEANWHILE)


def _add(
    business: Business, agent: AgentName, prompt: Prompt, *, by: User, refusal: str, **values: Any
) -> PromptVersion:
    with _at_once(refusal):
        return PromptVersion.objects.create(
            business=business,
            agent=agent,
            number=_next_number(business, agent),
            template=prompt.template,
            brand_voice=prompt.brand_voice,
            compliance_rules=prompt.compliance_rules,
            created_by=by,
            **values,
        )


def _next_number(business: Business, agent: str, *, besides: PromptVersion | None = None) -> int:
    """One more than the highest, so that what is published later has the higher number."""
    others = PromptVersion.objects.filter(business=business, agent=agent)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    return int(others.aggregate(highest=Max("number"))["highest"] or 0) + 1
