"""Versions of prompts: one draft, one published, nothing lost, and who comes second is told."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import AgentName, VersionStatus
from salesdesk.assistant.models import PromptVersion
from salesdesk.assistant.prompting import versions
from salesdesk.assistant.prompting.defaults import BUILT_IN
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

DESK = AgentName.DESK


def save(draft: PromptVersion, template: str, *, revision: int | None = None) -> PromptVersion:
    return versions.save_draft(
        draft,
        template=template,
        brand_voice="Friendly.",
        compliance_rules="Be honest.",
        note="Shorter",
        revision=draft.revision if revision is None else revision,
    )


def publish(business: Business, by: User, template: str) -> PromptVersion:
    """A new version with these words."""
    now = versions.published_version(business, DESK)
    draft = save(versions.create_draft(business, DESK, by=by), template)
    return versions.publish(
        draft, by=by, note="New", revision=draft.revision, over=now.number if now else None
    )


def history(business: Business) -> list[tuple[int, str, str]]:
    known = PromptVersion.objects.filter(business=business).order_by("number")
    return [(each.number, each.status, each.template) for each in known]


# ---------------------------------------------------------------- drafts


def test_the_first_draft_is_the_built_in_prompt(business: Business, manager: User) -> None:
    draft = versions.create_draft(business, DESK, by=manager)

    assert (draft.number, draft.status, draft.created_by) == (1, VersionStatus.DRAFT, manager)
    assert draft.template == BUILT_IN[DESK].template
    assert draft.compliance_rules == BUILT_IN[DESK].compliance_rules


def test_a_later_draft_begins_as_what_is_published(business: Business, manager: User) -> None:
    publish(business, manager, "Hello.")

    draft = versions.create_draft(business, DESK, by=manager)

    assert (draft.number, draft.template, draft.brand_voice) == (2, "Hello.", "Friendly.")


def test_a_draft_may_begin_as_an_earlier_version(business: Business, manager: User) -> None:
    first = publish(business, manager, "First.")
    publish(business, manager, "Second.")

    assert versions.create_draft(business, DESK, by=manager, like=first).template == "First."


def test_each_agent_has_one_draft(business: Business, manager: User) -> None:
    versions.create_draft(business, DESK, by=manager)

    with pytest.raises(Conflict, match="There is a draft already"):
        versions.create_draft(business, DESK, by=manager)
    versions.create_draft(business, AgentName.LEAD, by=manager)


def test_saving_over_somebody_elses_words_is_refused(business: Business, manager: User) -> None:
    draft = versions.create_draft(business, DESK, by=manager)
    save(draft, "Mine.", revision=0)

    with pytest.raises(Conflict, match="What you wrote is still here"):
        save(draft, "Theirs.", revision=0)
    assert versions.draft_of(business, DESK) == draft
    draft.refresh_from_db()
    assert (draft.template, draft.revision) == ("Mine.", 1)


def test_a_template_with_faults_is_not_saved(business: Business, manager: User) -> None:
    draft = versions.create_draft(business, DESK, by=manager)

    with pytest.raises(InvalidInput, match="Line 1: there is no variable"):
        save(draft, "{{ nmae }}")
    draft.refresh_from_db()
    assert draft.revision == 0


def test_a_discarded_draft_stays_in_the_history(business: Business, manager: User) -> None:
    draft = save(versions.create_draft(business, DESK, by=manager), "Almost.")
    with pytest.raises(Conflict):
        versions.discard(draft, revision=0)

    versions.discard(draft, revision=1)

    assert history(business) == [(1, VersionStatus.RETIRED, "Almost.")]
    with pytest.raises(Conflict):
        versions.discard(draft, revision=1)
    assert versions.create_draft(business, DESK, by=manager).number == 2


# ---------------------------------------------------------------- publishing


def test_what_is_published_holds_at_once(
    business: Business, other_business: Business, manager: User
) -> None:
    assert versions.prompt_for(business, DESK) == BUILT_IN[DESK]

    published = publish(business, manager, "Hello.")

    prompt = versions.prompt_for(business, DESK)
    assert (prompt.template, prompt.brand_voice, prompt.version_id) == (
        "Hello.",
        "Friendly.",
        published.pk,
    )
    assert (published.published_by, published.note) == (manager, "New")
    assert published.published_at is not None
    assert versions.prompt_for(business, AgentName.LEAD) == BUILT_IN[AgentName.LEAD]
    assert versions.prompt_for(other_business, DESK) == BUILT_IN[DESK]


def test_the_one_before_is_retired_with_its_words(business: Business, manager: User) -> None:
    publish(business, manager, "First.")
    publish(business, manager, "Second.")

    assert history(business) == [
        (1, VersionStatus.RETIRED, "First."),
        (2, VersionStatus.PUBLISHED, "Second."),
    ]


@pytest.mark.parametrize("over", [None, 2])
def test_publishing_over_another_version_than_was_seen_is_refused(
    over: int | None, business: Business, manager: User
) -> None:
    publish(business, manager, "First.")
    draft = save(versions.create_draft(business, DESK, by=manager), "Mine.")

    with pytest.raises(Conflict, match="Your draft is kept"):
        versions.publish(draft, by=manager, note="", revision=1, over=over)

    assert history(business) == [
        (1, VersionStatus.PUBLISHED, "First."),
        (2, VersionStatus.DRAFT, "Mine."),
    ]


def test_publishing_a_draft_that_has_changed_is_refused(business: Business, manager: User) -> None:
    draft = save(versions.create_draft(business, DESK, by=manager), "Mine.")

    with pytest.raises(Conflict):
        versions.publish(draft, by=manager, note="", revision=0, over=None)
    assert versions.prompt_for(business, DESK) == BUILT_IN[DESK]


def test_a_refused_publication_leaves_the_published_one(business: Business, manager: User) -> None:
    publish(business, manager, "First.")
    draft = save(versions.create_draft(business, DESK, by=manager), "Mine.")

    with pytest.raises(Conflict):
        versions.publish(draft, by=manager, note="", revision=0, over=1)
    assert versions.prompt_for(business, DESK).template == "First."


def test_a_version_cannot_be_published_twice(business: Business, manager: User) -> None:
    first = publish(business, manager, "First.")
    publish(business, manager, "Second.")

    with pytest.raises(Conflict):
        versions.publish(first, by=manager, note="", revision=first.revision, over=2)
    assert versions.prompt_for(business, DESK).template == "Second."


def test_a_draft_that_can_serve_no_more_is_not_published(business: Business, manager: User) -> None:
    draft = versions.create_draft(business, DESK, by=manager)
    draft.template = "{{ gone }}"

    with pytest.raises(InvalidInput):
        versions.publish(draft, by=manager, note="", revision=0, over=None)


# ---------------------------------------------------------------- going back


def test_going_back_publishes_the_old_words_anew(business: Business, manager: User) -> None:
    first = publish(business, manager, "First.")
    publish(business, manager, "Second.")

    now = versions.roll_back_to(first, by=manager, over=2)

    assert (now.number, now.note) == (3, "Back to version 1.")
    assert history(business) == [
        (1, VersionStatus.RETIRED, "First."),
        (2, VersionStatus.RETIRED, "Second."),
        (3, VersionStatus.PUBLISHED, "First."),
    ]


def test_a_draft_survives_going_back_and_is_published_later(
    business: Business, manager: User
) -> None:
    """What is published later has the higher number."""
    first = publish(business, manager, "First.")
    publish(business, manager, "Second.")
    draft = save(versions.create_draft(business, DESK, by=manager), "Third.")
    versions.roll_back_to(first, by=manager, over=2)

    published = versions.publish(draft, by=manager, note="", revision=1, over=4)

    assert published.number == 5
    assert versions.prompt_for(business, DESK).template == "Third."


def test_going_back_is_refused_when_another_was_published(
    business: Business, manager: User
) -> None:
    first = publish(business, manager, "First.")
    publish(business, manager, "Second.")
    publish(business, manager, "Third.")

    with pytest.raises(Conflict, match="published meanwhile"):
        versions.roll_back_to(first, by=manager, over=2)
    assert versions.prompt_for(business, DESK).template == "Third."


# ---------------------------------------------------------------- at the same moment


@pytest.mark.django_db(transaction=True)
def test_of_many_who_publish_at_once_one_succeeds(business: Business, manager: User) -> None:
    first = publish(business, manager, "First.")
    publish(business, manager, "Second.")
    draft = save(versions.create_draft(business, DESK, by=manager), "Third.")

    def go_on() -> object:
        return versions.publish(draft, by=manager, note="", revision=1, over=2)

    def go_back() -> object:
        return versions.roll_back_to(first, by=manager, over=2)

    outcomes = at_once([go_on, go_back, go_on, go_back])

    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    published = PromptVersion.objects.filter(status=VersionStatus.PUBLISHED)
    assert published.count() == 1
    numbers = PromptVersion.objects.values_list("number", flat=True)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_begin_a_draft_at_once_one_succeeds(business: Business, manager: User) -> None:
    outcomes = at_once([lambda: versions.create_draft(business, DESK, by=manager)] * 4)

    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    assert PromptVersion.objects.count() == 1


def at_once(actions: list[Callable[[], Any]]) -> list[str]:
    """Each in a thread of its own, all let go at the same moment."""
    barrier = threading.Barrier(len(actions))
    outcomes: list[str] = []

    def act(action: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            action()
            outcomes.append("done")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
