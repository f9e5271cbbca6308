"""Figures and the tool log through the API."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from salesdesk.accounts.models import User
from salesdesk.assistant.metrics import tool_log
from salesdesk.assistant.metrics.rollups import ROLLUPS, TOOLS, roll_up
from salesdesk.assistant.tests.metrics.rows import NOW, invocation, run
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

ApiFor = Callable[[User | None], APIClient]
NOW_URL = "/api/v1/metrics"
PAST = "/api/v1/metrics/historical"
LOG = "/api/v1/tool-invocations"
RANGE = {"since": "2026-11-18T00:00:00Z", "until": "2026-11-21T00:00:00Z"}
ADDRESSES = [(NOW_URL, {}), (PAST, RANGE), (LOG, {})]
HOUR = timedelta(hours=1)


def refusal(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content
    return response.json()["error"]


def asked(client: APIClient, address: str, **query: Any) -> Any:
    response = client.get(address, query)
    assert response.status_code == 200, response.content
    return response.json()


# ---------------------------------------------------------------- who may look


@pytest.mark.parametrize(("address", "query"), ADDRESSES)
@pytest.mark.parametrize(
    ("member", "status", "named"),
    [
        ("admin_user", 200, 200),
        ("manager", 200, 200),
        ("auditor", 200, 200),
        ("superuser", 200, 200),
        ("rep", 403, 404),
        ("outsider", 403, 404),
        (None, 401, 401),
    ],
)
def test_who_may_look(
    address: str,
    query: dict[str, str],
    member: str | None,
    status: int,
    named: int,
    business: Business,
    request: pytest.FixtureRequest,
    api_for: ApiFor,
) -> None:
    client = api_for(request.getfixturevalue(member) if member else None)

    assert client.get(address, query).status_code == status
    one = client.get(address, {**query, "business": business.public_id})
    assert one.status_code == named
    assert status == 200 or "code" in one.json()["error"]


@pytest.mark.parametrize(("address", "query"), ADDRESSES)
def test_another_business_is_not_there(
    address: str,
    query: dict[str, str],
    manager: User,
    other_business: Business,
    api_for: ApiFor,
) -> None:
    theirs = {**query, "business": other_business.public_id}

    assert refusal(api_for(manager).get(address, theirs), 404)["code"] == "not_found"


# ---------------------------------------------------------------- now


def test_the_figures_of_the_last_day(
    business: Business, other_business: Business, manager: User, api_for: ApiFor
) -> None:
    now = timezone.now()
    for hours in (0, 1, 20):
        invocation(business, now - hours * HOUR, latency_ms=200, confidence=0.85)
    invocation(business, now - HOUR, name="write_note", status="failed", is_clarification=True)
    invocation(business, now - 30 * HOUR)
    invocation(other_business, now - HOUR)
    run(business, now, first_text_ms=500, input_tokens=7, cost=Decimal("0.02"))
    run(business, now - 2 * HOUR, status="fell_back", model="gpt", output_tokens=3)
    for rollup in ROLLUPS:
        roll_up(rollup, now)

    found = asked(api_for(manager), NOW_URL)

    tools = found["tool_invocations"]
    assert (tools["total"], tools["by_status"]) == (4, {"failed": 1, "ok": 3})
    assert (tools["success_rate"], tools["error_rate"]) == (0.75, 0.25)
    assert tools["by_tool"]["write_note"]["by_status"] == {"failed": 1}
    assert found["latency_stats"]["mean_ms"] == 175
    assert found["latency_stats"]["p95_ms"] == pytest.approx(200, rel=0.05)
    assert found["latency_stats"]["by_tool"]["write_note"]["p50_ms"] == pytest.approx(100, rel=0.05)
    confidence = found["confidence_scores"]
    assert (confidence["count"], confidence["mean"]) == (3, 0.85)
    assert confidence["distribution"][8] == {"at_least": 0.8, "below": 0.9, "count": 3}
    assert found["clarification_requests"] == {"count": 1, "share": 0.25}
    assert found["score"]["value"] == pytest.approx(0.4 * 0.75 + 0.3 * 0.85 + 0.3, abs=0.01)
    runs = found["agent_runs"]
    assert (runs["count"], runs["fallback_share"], runs["cost_usd"]) == (2, 0.5, "0.020000")
    assert (runs["input_tokens"], runs["output_tokens"], runs["priced"]) == (7, 3, 1)
    assert runs["first_text_p50_ms"] == pytest.approx(500, rel=0.05)
    assert sorted(runs["by_model"]) == ["gpt", "offline"]


def test_nothing_used_is_nothing_known(business: Business, auditor: User, api_for: ApiFor) -> None:
    found = asked(api_for(auditor), NOW_URL, business=business.public_id)

    assert found["tool_invocations"]["total"] == 0
    assert found["score"]["value"] is found["latency_stats"]["p95_ms"] is None


@pytest.mark.parametrize(("window", "count"), [("1h", 2), ("7d", 3), ("90d", 4)])
def test_the_window_is_chosen(
    window: str, count: int, business: Business, manager: User, api_for: ApiFor
) -> None:
    now = timezone.now()
    for hours in (0, 1, 5 * 24, 80 * 24):
        invocation(business, now - hours * HOUR)

    assert asked(api_for(manager), NOW_URL, window=window)["tool_invocations"]["total"] == count


@pytest.mark.parametrize("window", ["0h", "91d", "24", "1w", "-1h", "9999d", "١h"])
def test_other_windows_are_refused(
    window: str, business: Business, manager: User, api_for: ApiFor
) -> None:
    error = refusal(api_for(manager).get(NOW_URL, {"window": window}), 422)

    assert "window" in error["fields"]


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_stays(
    count: int,
    business: Business,
    manager: User,
    api_for: ApiFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        invocation(business, timezone.now() - number * HOUR, name=f"tool{number}")
    roll_up(TOOLS, timezone.now())
    client = api_for(manager)

    with django_assert_num_queries(6):
        asked(client, NOW_URL)


# ---------------------------------------------------------------- then


def test_the_past_comes_in_buckets(business: Business, manager: User, api_for: ApiFor) -> None:
    for hours, channel in ((0, "phone"), (0, "chat"), (26, "phone"), (28, "phone")):
        invocation(business, NOW - hours * HOUR, channel=channel)
    roll_up(TOOLS, NOW)
    client = api_for(manager)

    days = asked(client, PAST, **RANGE)
    hours_ = asked(client, PAST, **RANGE, bucket="hour")["results"]
    channels = asked(client, PAST, **RANGE, bucket="week", group_by="channel")["results"]

    assert days["bucket"] == "day"
    assert [(each["at"], each["tool_invocations"]["total"]) for each in days["results"]] == [
        ("2026-11-19T00:00:00Z", 2),
        ("2026-11-20T00:00:00Z", 2),
    ]
    assert [each["tool_invocations"]["total"] for each in hours_] == [1, 1, 2]
    assert [(each["group"], each["tool_invocations"]["total"]) for each in channels] == [
        ("chat", 1),
        ("phone", 3),
    ]


def test_a_range_is_rounded_to_full_hours(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    invocation(business, NOW)
    found = asked(
        api_for(manager), PAST, since="2026-11-20T15:30:00Z", until="2026-11-20T15:40:00Z"
    )

    assert (found["since"], found["until"]) == ("2026-11-20T15:00:00Z", "2026-11-20T16:00:00Z")
    assert found["results"][0]["tool_invocations"]["total"] == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "since"),
        ({"since": "yesterday", "until": RANGE["until"]}, "since"),
        ({"since": RANGE["until"], "until": RANGE["since"]}, "until"),
        ({"since": RANGE["since"], "until": "9999-12-31T23:59:59Z"}, "until"),
        ({"since": "0001-01-01T00:00:00Z", "until": RANGE["until"]}, "bucket"),
        ({**RANGE, "bucket": "minute"}, "bucket"),
        ({**RANGE, "since": "2026-01-01T00:00:00Z", "bucket": "hour"}, "bucket"),
        ({**RANGE, "group_by": "customer"}, "group_by"),
    ],
)
def test_bad_ranges_are_refused(
    query: dict[str, str], field: str, business: Business, manager: User, api_for: ApiFor
) -> None:
    assert field in refusal(api_for(manager).get(PAST, query), 422)["fields"]


# ---------------------------------------------------------------- the log


def test_the_log_is_narrowed_down(business: Business, manager: User, api_for: ApiFor) -> None:
    invocation(business, NOW, arguments={"name": "Maria"}, conversation="call1")
    invocation(business, NOW - HOUR, name="write_note", status="failed", error="Out of ink")
    invocation(business, NOW - 2 * HOUR, channel="chat", agent="lead")
    client = api_for(manager)

    def tools(**query: str) -> list[tuple[str, str]]:
        return [(each["tool"], each["status"]) for each in asked(client, LOG, **query)["results"]]

    assert len(tools()) == 3
    assert tools(tool="write_note") == tools(status="failed") == [("write_note", "failed")]
    assert tools(text="out of INK") == [("write_note", "failed")]
    assert tools(text="maria") == tools(conversation="call1") == [("find_slots", "ok")]
    assert tools(agent="lead") == tools(channel="chat") == [("find_slots", "ok")]
    assert len(tools(since="2026-11-20T14:00:00Z", until="2026-11-20T15:00:00Z")) == 1
    assert tools(text="%") == tools(business=business.public_id, tool="none") == []


def test_an_entry_says_all(business: Business, manager: User, api_for: ApiFor) -> None:
    made = invocation(business, reason="Asked for a time.", output="Nothing is free.")

    [entry] = asked(api_for(manager), LOG)["results"]

    assert (entry["id"], entry["business"]) == (made.pk, business.public_id)
    assert (entry["reason"], entry["output"]) == ("Asked for a time.", "Nothing is free.")
    assert (entry["latency_ms"], entry["confidence"]) == (100, None)


def test_pages_follow_one_another_without_gaps(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    made = [invocation(business, NOW - (number // 3) * HOUR).pk for number in range(8)]
    client = api_for(manager)
    seen: list[int] = []
    before = ""
    while True:
        page = asked(client, LOG, page_size=3, before=before)
        seen += [each["id"] for each in page["results"]]
        before = page["next"]
        if not before:
            break

    assert len(seen) == len(made)
    assert set(seen) == set(made)
    assert seen[:3] == sorted(made[:3], reverse=True)


def test_only_so_much_is_looked_through(
    business: Business, manager: User, api_for: ApiFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_log, "MOST_SEARCHED", 2)
    for hours in range(4):
        invocation(business, NOW - hours * HOUR, channel="chat")
    client = api_for(manager)

    assert len(asked(client, LOG, channel="chat")["results"]) == 2
    assert len(asked(client, LOG, status="ok")["results"]) == 4


@pytest.mark.parametrize(
    "query",
    [
        {"before": "x"},
        {"before": "1-"},
        {"before": f"1-{10**30}"},
        {"before": "²-1"},
        {"status": "fine"},
        {"page_size": "0"},
        {"page_size": "101"},
        {"text": "x" * 201},
        {"text": "a\0b"},
        {"since": "then"},
    ],
)
def test_what_cannot_be_used_is_refused(
    query: dict[str, str], business: Business, manager: User, api_for: ApiFor
) -> None:
    assert refusal(api_for(manager).get(LOG, query), 422)["code"] == "invalid"
