"""The log of tools, as pages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from salesdesk.accounts.models import User
from salesdesk.assistant.models import Thread
from salesdesk.assistant.tests.metrics.rows import NOW, invocation, run
from salesdesk.assistant.tests.views.test_metrics import HTMX, LOOKERS, ClientFor
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db
LOG = "/assistant/log/"
HOUR = timedelta(hours=1)
Found = Callable[..., list[str]]


@pytest.fixture
def browser(manager: User, client_for: ClientFor) -> Client:
    return client_for(manager)


@pytest.fixture
def found(browser: Client) -> Found:
    def names(**query: str) -> list[str]:
        return [each.name for each in browser.get(LOG, query).context["shown"].entries]

    return names


@pytest.mark.parametrize(("member", "status"), LOOKERS)
def test_who_looks(
    member: str | None,
    status: int,
    business: Business,
    request: pytest.FixtureRequest,
    client_for: ClientFor,
) -> None:
    client = client_for(request.getfixturevalue(member) if member else None)
    entry = invocation(business)

    assert client.get(f"{LOG}?business={business.public_id}").status_code == status
    assert client.get(f"{LOG}{entry.pk}/").status_code == status


def test_only_the_business_is_shown(
    business: Business, other_business: Business, found: Found
) -> None:
    invocation(other_business, name="theirs")
    invocation(business, name="ours")

    assert found() == ["ours"]


def test_filters(business: Business, found: Found) -> None:
    invocation(business, NOW, name="find_slots", arguments={"purpose": "Roof 50% off"})
    invocation(business, NOW - HOUR, name="write_note", status="failed", error="No ink")
    invocation(business, NOW - 30 * HOUR, name="escalate", agent="lead", channel="chat")

    assert found() == ["find_slots", "write_note", "escalate"]
    assert found(tool="write_note") == found(status="failed") == found(text="INK") == ["write_note"]
    assert found(text="50% OFF") == ["find_slots"]
    assert found(agent="lead") == found(channel="chat") == ["escalate"]
    assert found(since="2026-11-20") == ["find_slots", "write_note"]
    assert found(since="2026-11-19", until="2026-11-19") == ["escalate"]


def test_days_are_those_of_the_business(business: Business, found: Found) -> None:
    """Three in the morning in London is the day before in New York."""
    invocation(business, NOW.replace(hour=3))

    assert found(until="2026-11-19") == ["find_slots"]
    assert found(since="2026-11-20") == []


@pytest.mark.parametrize(
    "query",
    [{"status": "fine"}, {"since": "1066-10-14"}, {"until": "9999-12-31"}, {"text": "x" * 201}],
)
def test_filters_that_cannot_be_used(
    query: dict[str, str], browser: Client, business: Business
) -> None:
    assert browser.get(LOG, query).status_code == 422
    assert browser.get(LOG, query, headers=HTMX).status_code == 422


def test_a_place_that_is_none(browser: Client, business: Business) -> None:
    assert browser.get(LOG, {"before": "x-1"}).status_code == 422


def test_older_entries_follow(business: Business, browser: Client) -> None:
    for minute in range(60):
        invocation(business, NOW - timedelta(minutes=minute))
    first = browser.get(LOG).context["shown"]

    second = browser.get(LOG, {"before": first.next}).context["shown"]
    html = browser.get(LOG, {"before": first.next}, headers=HTMX).content.decode()

    assert (len(first.entries), len(second.entries), second.next) == (50, 10, "")
    assert second.entries[0].created_at < first.entries[-1].created_at
    assert html.lstrip().startswith("<section")
    assert "Newest" in html


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries(
    number: int,
    business: Business,
    browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for each in range(number):
        thread = Thread.objects.create(
            business=business, channel="chat", conversation=f"thread{each}"
        )
        invocation(business, thread=thread)

    with django_assert_num_queries(7):
        browser.get(LOG)


def test_an_entry_shows_all_that_is_kept(business: Business, browser: Client) -> None:
    thread = Thread.objects.create(business=business, channel="chat", conversation="c1")
    entry = invocation(
        business,
        channel="chat",
        conversation="c1",
        thread=thread,
        run=run(business, model="gpt-x"),
        arguments={"note": "<b>Call back</b>"},
        output="Written.",
        reason="The customer asked.",
        error="Disk full",
    )

    html = browser.get(f"{LOG}{entry.pk}/").content.decode()

    for text in ("gpt-x", "Written.", "The customer asked.", "Disk full"):
        assert text in html
    assert "&lt;b&gt;Call back" in html
    assert f"/assistant/{thread.public_id}/" in html
    assert "conversation=c1" in html


def test_an_entry_of_a_call_leads_to_the_call(business: Business, browser: Client) -> None:
    entry = invocation(business, conversation="call123")

    assert 'href="/calls/call123/"' in browser.get(f"{LOG}{entry.pk}/").content.decode()


def test_there_is_no_such_entry(browser: Client, business: Business) -> None:
    assert browser.get(f"{LOG}{2**31}/").status_code == 404
