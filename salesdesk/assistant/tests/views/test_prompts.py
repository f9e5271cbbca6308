"""The pages of prompts: who may see and change them, and that nothing that was written is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.models import Lead
from salesdesk.accounts.models import User
from salesdesk.assistant.enums import AgentName, Author, Channel, VersionStatus
from salesdesk.assistant.models import Message, PromptVersion, Thread
from salesdesk.assistant.prompting import versions
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
DESK = AgentName.DESK
LIST = "/settings/prompts/"
AGENT = "/settings/prompts/desk/"
DRAFT = "/settings/prompts/desk/draft/"
HTMX = {"HX-Request": "true"}


def words(template: str = "Hello {{ business_name }}.", **more: Any) -> dict[str, Any]:
    return {
        "template": template,
        "brand_voice": "Friendly.",
        "compliance_rules": "Be honest.",
        "note": "Shorter",
        "revision": 0,
        "over": 0,
        **more,
    }


def publish(business: Business, by: User, template: str) -> PromptVersion:
    now = versions.published_version(business, DESK)
    draft = versions.create_draft(business, DESK, by=by)
    kept = words(template)
    kept.pop("over")
    versions.save_draft(draft, **kept)
    over = now.number if now else None
    return versions.publish(draft, by=by, note="New words", revision=1, over=over)


@pytest.fixture
def draft(business: Business, manager: User) -> PromptVersion:
    return versions.create_draft(business, DESK, by=manager)


@pytest.fixture
def two(business: Business, manager: User) -> list[PromptVersion]:
    """Two versions; the second is published."""
    return [publish(business, manager, text) for text in ("Say hello.", "Say good morning.")]


def text_of(response: Any) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


# ---------------------------------------------------------------- who may

SEEING = {
    "admin_user": 200,
    "manager": 200,
    "auditor": 200,
    "superuser": 200,
    "rep": 404,
    "outsider": 404,
    "anonymous": 302,
}
CHANGING = {**SEEING, "auditor": 403}
PAGES = {
    LIST: SEEING,
    AGENT: SEEING,
    f"{AGENT}1/": SEEING,
    f"{AGENT}0/": SEEING,
    f"{AGENT}compare/?old=1&new=0": SEEING,
    DRAFT: CHANGING,
}


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)


def cases(table: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    return [(path, who, status) for path, by in table.items() for who, status in by.items()]


@pytest.mark.parametrize(("path", "who", "status"), cases(PAGES))
@pytest.mark.usefixtures("draft")
def test_who_may_see(
    path: str, who: str, status: int, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    response = client_for(visitor(who, request)).get(path)

    assert response.status_code == status
    if who == "anonymous":
        assert response.headers["Location"].startswith("/accounts/login/")


WRITING = {**CHANGING, "admin_user": 302, "manager": 302, "superuser": 302}


@pytest.mark.parametrize(("who", "status"), WRITING.items())
@pytest.mark.parametrize("publishes", [False, True])
def test_who_may_write(
    publishes: bool,
    who: str,
    status: int,
    draft: PromptVersion,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    more = {"publish": "yes"} if publishes else {}

    response = client_for(visitor(who, request)).post(DRAFT, words(**more))

    assert response.status_code == status
    draft.refresh_from_db()
    may = status == 302 and who != "anonymous"
    assert (draft.template == "Hello {{ business_name }}.") is may
    assert (draft.status == VersionStatus.PUBLISHED) is (may and publishes)


@pytest.mark.parametrize(("who", "status"), WRITING.items())
@pytest.mark.usefixtures("two")
def test_who_may_go_back(
    who: str, status: int, business: Business, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    response = client_for(visitor(who, request)).post(f"{AGENT}1/back/", {"over": 2})

    assert response.status_code == status
    may = status == 302 and who != "anonymous"
    followed = versions.prompt_for(business, DESK).template
    assert followed == ("Say hello." if may else "Say good morning.")


@pytest.mark.parametrize(("who", "status"), WRITING.items())
def test_who_may_begin_and_discard(
    who: str, status: int, business: Business, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    client = client_for(visitor(who, request))
    may = status == 302 and who != "anonymous"

    assert client.post(f"{DRAFT}new/").status_code == status
    assert (versions.draft_of(business, DESK) is not None) is may
    if may:
        assert client.post(f"{DRAFT}discard/", {"revision": 0}).status_code == 302
        assert versions.draft_of(business, DESK) is None


@pytest.mark.parametrize(("who", "status"), CHANGING.items())
@pytest.mark.usefixtures("business")
def test_who_may_preview(
    who: str, status: int, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    response = client_for(visitor(who, request)).post(f"{DRAFT}preview/", words(), headers=HTMX)

    assert response.status_code == status


def test_each_sees_their_own_business_only(
    business: Business,
    other_business: Business,
    manager: User,
    draft: PromptVersion,
    client_for: ClientFor,
) -> None:
    client = client_for(manager)

    assert client.get(f"{LIST}?business={business.public_id}").status_code == 200
    assert client.get(f"{LIST}?business={other_business.public_id}").status_code == 404
    other = f"{DRAFT}?business={other_business.public_id}"
    assert client.post(other, words()).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/settings/prompts/butler/",
        f"{AGENT}7/",
        f"{AGENT}compare/?old=1&new=9",
        DRAFT,
        "/settings/prompts/lead/1/",
    ],
)
@pytest.mark.usefixtures("two")
def test_what_is_not_there(path: str, manager: User, client_for: ClientFor) -> None:
    assert client_for(manager).get(path).status_code == 404


@pytest.mark.parametrize("number", ["-1", "x", "99999999999999999999"])
def test_numbers_that_are_none(number: str, manager: User, client_for: ClientFor) -> None:
    assert client_for(manager).get(f"{AGENT}compare/?old={number}").status_code == 422


@pytest.mark.parametrize("path", ["draft/new/", "draft/discard/", "draft/preview/", "1/back/"])
@pytest.mark.usefixtures("two")
def test_a_get_changes_nothing(path: str, manager: User, client_for: ClientFor) -> None:
    assert client_for(manager).get(AGENT + path).status_code == 405


# ---------------------------------------------------------------- what is shown


def test_the_list_says_what_each_agent_follows(
    business: Business, manager: User, two: list[PromptVersion], client_for: ClientFor
) -> None:
    versions.create_draft(business, AgentName.LEAD, by=manager)

    page = text_of(client_for(manager).get(LIST))

    for agent in AgentName:
        assert agent.label in page
    assert "Version 2" in page
    assert "New words" in page
    assert page.count("Built in") == 4
    assert page.count("Open draft") == 1


@pytest.mark.usefixtures("two")
def test_an_auditor_gets_no_way_to_change(auditor: User, client_for: ClientFor) -> None:
    client = client_for(auditor)

    for path in (LIST, AGENT, f"{AGENT}1/"):
        page = text_of(client.get(path))
        assert "draft/new" not in page
        assert "/back/" not in page


def test_versions_are_shown_as_they_are_written(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    publish(business, manager, "<script>alert(1)</script> & {{ now }}")

    page = text_of(client_for(manager).get(f"{AGENT}1/"))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ now }}" in page


def test_differences_are_shown_and_escaped(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    publish(business, manager, "Say hello to <b>them</b>.\nAnd goodbye.")
    publish(business, manager, "Say hello to <i>you</i>.\nAnd goodbye.")

    page = text_of(client_for(manager).get(f"{AGENT}compare/?old=1&new=2"))

    assert "<b>them" not in page
    assert '<del class="diff-mark">b</del>' in page
    assert '<ins class="diff-mark">you</ins>' in page
    assert page.count('data-kind="same"') == 1


@pytest.mark.usefixtures("two")
def test_the_same_version_has_no_difference(manager: User, client_for: ClientFor) -> None:
    assert "No difference" in text_of(client_for(manager).get(f"{AGENT}compare/?old=1&new=1"))


@pytest.mark.usefixtures("two")
def test_what_is_compared_unasked(business: Business, manager: User, client_for: ClientFor) -> None:
    client = client_for(manager)
    page = text_of(client.get(f"{AGENT}compare/"))
    assert '<option value="1" selected>Version 1</option>' in page
    assert '<option value="2" selected>Version 2, published</option>' in page

    versions.create_draft(business, DESK, by=manager)

    page = text_of(client.get(f"{AGENT}compare/"))
    assert '<option value="2" selected>Version 2, published</option>' in page
    assert '<option value="3" selected>Draft (version 3)</option>' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_the_database_as_often_with_many_versions(
    count: int,
    business: Business,
    manager: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        publish(business, manager, f"Version {number}.")
    client = client_for(manager)

    with django_assert_num_queries(8):
        client.get(LIST)
    with django_assert_num_queries(13):
        client.get(AGENT)


# ---------------------------------------------------------------- writing


def test_a_draft_is_begun_written_published(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    client.post(f"{DRAFT}new/")
    assert "You are the virtual assistant of {{ business_name }}." in text_of(client.get(DRAFT))

    saved = client.post(DRAFT, words("Hello.\r\nAnd goodbye."))
    published = client.post(DRAFT, words("Hello.\r\nAnd goodbye.", revision=1, publish="yes"))

    assert saved.headers["Location"].startswith(DRAFT)
    assert published.headers["Location"].startswith(AGENT)
    version = PromptVersion.objects.get()
    assert (version.template, version.note) == ("Hello.\nAnd goodbye.", "Shorter")
    assert (version.status, version.published_by) == (VersionStatus.PUBLISHED, manager)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"template": "Hi {{ nmae }}"}, "Line 1: there is no variable {{ nmae }}."),
        ({"template": ""}, "This field is required."),
        ({"brand_voice": "x" * 801}, "at most 800 characters"),
        ({"compliance_rules": "x" * 1201}, "at most 1200 characters"),
        ({"note": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_saved_comes_back_with_its_fault(
    given: dict[str, str],
    sentence: str,
    draft: PromptVersion,
    manager: User,
    client_for: ClientFor,
) -> None:
    response = client_for(manager).post(DRAFT, words(**given))

    page = text_of(response)
    assert response.status_code == 422
    assert sentence in page
    assert "Be honest." in page or "compliance_rules" in given
    draft.refresh_from_db()
    assert draft.revision == 0


def test_a_fault_does_not_hide_what_somebody_else_saved(
    draft: PromptVersion, manager: User, client_for: ClientFor
) -> None:
    """The page that came back with a fault is not fit to overwrite what was saved meanwhile."""
    client = client_for(manager)
    client.post(DRAFT, words("Theirs."))

    page = text_of(client.post(DRAFT, words("{{ mine }}")))

    assert '<input type="hidden" name="revision" value="0">' in page


def test_who_saves_second_is_told_and_keeps_their_words(
    draft: PromptVersion, manager: User, admin_user: User, client_for: ClientFor
) -> None:
    client_for(admin_user).post(DRAFT, words("Theirs."))

    response = client_for(manager).post(DRAFT, words("Mine, long thought over."))

    page = text_of(response)
    assert response.status_code == 409
    assert "What you wrote is still here" in page
    assert "Mine, long thought over." in page
    draft.refresh_from_db()
    assert draft.template == "Theirs."


def test_words_are_kept_when_the_draft_is_gone(
    draft: PromptVersion, manager: User, client_for: ClientFor
) -> None:
    versions.discard(draft, revision=0)

    response = client_for(manager).post(DRAFT, words("Mine, long thought over."))

    assert response.status_code == 409
    assert "Mine, long thought over." in text_of(response)


def test_publishing_over_a_version_that_was_not_seen(
    business: Business, manager: User, two: list[PromptVersion], client_for: ClientFor
) -> None:
    """Refused once, with a sentence; the draft is saved, and publishing again then works."""
    versions.create_draft(business, DESK, by=manager)
    client = client_for(manager)

    response = client.post(DRAFT, words("Mine.", over=1, publish="yes"))

    page = text_of(response)
    assert response.status_code == 409
    assert "Another version was published meanwhile" in page
    assert '<input type="hidden" name="revision" value="1">' in page
    assert '<input type="hidden" name="over" value="2">' in page
    assert versions.prompt_for(business, DESK).template == "Say good morning."
    kept = versions.draft_of(business, DESK)
    assert kept is not None
    assert kept.template == "Mine."

    again = client.post(DRAFT, words("Mine.", revision=1, over=2, publish="yes"))

    assert again.status_code == 302
    assert versions.prompt_for(business, DESK).template == "Mine."


def test_a_second_draft_is_refused(
    draft: PromptVersion, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).post(f"{DRAFT}new/")

    assert response.status_code == 409
    assert "There is a draft already" in text_of(response)


@pytest.mark.usefixtures("two")
def test_a_draft_may_begin_from_an_earlier_version(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    client_for(manager).post(f"{DRAFT}new/", {"like": 1})

    draft = versions.draft_of(business, DESK)
    assert draft is not None
    assert draft.template == "Say hello."


@pytest.mark.usefixtures("two")
def test_going_back_over_a_version_that_was_not_seen(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).post(f"{AGENT}1/back/", {"over": 1})

    assert response.status_code == 409
    assert "published meanwhile" in text_of(response)
    assert versions.prompt_for(business, DESK).template == "Say good morning."


# ---------------------------------------------------------------- preview


def preview(client: Client, sample: str = "", **more: Any) -> str:
    return text_of(client.post(f"{DRAFT}preview/", words(sample=sample, **more), headers=HTMX))


def test_the_preview_fills_in_a_made_up_customer(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    page = preview(client_for(manager), template="For {{ business_name }}: {{ customer }}")

    assert "For Bright Solar: ⟦data: customer⟧" in page
    assert "Dana Whitfield" in page
    assert "Rules that nothing below may change" in page
    assert "of at most 10,000 characters" in page
    assert "Not used: agent, today" in page
    assert not PromptVersion.objects.exists()


def test_the_preview_tells_when_something_is_too_long(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    Business.objects.filter(pk=business.pk).update(prompt="We sell. " * 400)

    page = preview(client_for(manager), template="{{ business_prompt }}")

    assert "Too long, so shortened: business_prompt" in page


def test_the_preview_names_faults(manager: User, client_for: ClientFor) -> None:
    page = preview(client_for(manager), template="Hi\n{{ nmae }}")

    assert "Line 2: there is no variable {{ nmae }}." in page
    assert "<pre" not in page


@pytest.fixture
def thread(business: Business) -> Thread:
    lead = Lead.objects.create(business=business, first_name="Vera", last_name="Lind")
    thread = Thread.objects.create(
        business=business, channel=Channel.CHAT, conversation="c1", lead=lead, summary="Asked <b>x"
    )
    Message.objects.create(thread=thread, sequence=1, author=Author.CUSTOMER, text="Hello.")
    return thread


def test_the_preview_fills_in_a_recent_conversation(
    thread: Thread, draft: PromptVersion, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    template = "{{ customer }} {{ summary }} {{ channel }}"

    page = preview(client, thread.public_id, template=template)

    assert "Name: Vera Lind" in page
    assert "Asked &lt;b&gt;x" in page
    assert "Chat page" in page
    assert f'<option value="{thread.public_id}">Vera Lind' in text_of(client.get(DRAFT))


def test_another_business_conversation_is_no_sample(
    thread: Thread, other_business: Business, manager: User, client_for: ClientFor
) -> None:
    Thread.objects.filter(pk=thread.pk).update(business=other_business)

    response = client_for(manager).post(
        f"{DRAFT}preview/", words(sample=thread.public_id), headers=HTMX
    )

    assert response.status_code == 404
    assert "Vera" not in text_of(response)


def test_only_recent_conversations_are_offered(
    business: Business, draft: PromptVersion, manager: User, client_for: ClientFor
) -> None:
    for number in range(12):
        thread = Thread.objects.create(
            business=business, channel=Channel.CHAT, conversation=f"c{number}", title=f"T{number}"
        )
        changed = timezone.now() + timedelta(minutes=number)
        Thread.objects.filter(pk=thread.pk).update(updated_at=changed)

    page = text_of(client_for(manager).get(DRAFT))

    assert "T11 ·" in page
    assert "T2 ·" in page
    assert "T1 ·" not in page


# ---------------------------------------------------------------- the way there


@pytest.mark.parametrize(
    ("who", "is_shown"),
    [
        ("admin_user", True),
        ("manager", True),
        ("auditor", True),
        ("superuser", True),
        ("rep", False),
        ("outsider", False),
    ],
)
def test_the_navigation_shows_settings_to_who_may_see_them(
    who: str, is_shown: bool, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    page = text_of(client_for(visitor(who, request)).get("/"))

    assert ('href="/settings/prompts/"' in page) is is_shown
    assert ('href="/settings/playbooks/"' in page) is is_shown
