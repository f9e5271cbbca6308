"""The page of figures, and the rules that watch them."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import redis
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from salesdesk.accounts.models import User
from salesdesk.assistant.metrics import alerts as services
from salesdesk.assistant.metrics.rollups import ROLLUPS, roll_up
from salesdesk.assistant.models import Alert, AlertRule
from salesdesk.assistant.providers.breaker import Breaker, Circuit, Health
from salesdesk.assistant.tests.metrics.rows import invocation, run
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}
PAGE = "/assistant/metrics/"
RULES = "/settings/alerts/"
GOOD = {
    "measure": "success_rate",
    "is_below": "yes",
    "threshold": "90",
    "window_minutes": "60",
    "least_count": "5",
    "is_active": "on",
}
HOUR = timedelta(hours=1)
LOOKERS = [
    ("admin_user", 200),
    ("manager", 200),
    ("superuser", 200),
    ("auditor", 200),
    ("rep", 404),
    ("outsider", 404),
    (None, 302),
]


@pytest.fixture
def browser(manager: User, client_for: ClientFor) -> Client:
    return client_for(manager)


@pytest.fixture
def rule(business: Business) -> AlertRule:
    return services.add_rule(
        business, measure="success_rate", threshold=0.9, least_count=2, window_minutes=60
    )


@pytest.fixture
def alert(rule: AlertRule) -> Alert:
    return Alert.objects.create(rule=rule, value=0.5)


def work(business: Business) -> None:
    now = timezone.now()
    invocation(business, now, latency_ms=1_200, confidence=0.95)
    invocation(business, now - HOUR, name="write_note", status="failed")
    invocation(business, now - 30 * HOUR)
    run(business, now, cost=Decimal("0.0123"), input_tokens=1_500, first_text_ms=800)
    for rollup in ROLLUPS:
        roll_up(rollup, now)


# ---------------------------------------------------------------- who may what


@pytest.mark.parametrize("address", [PAGE, RULES])
@pytest.mark.parametrize(("member", "status"), LOOKERS)
def test_who_looks(
    address: str,
    member: str | None,
    status: int,
    business: Business,
    request: pytest.FixtureRequest,
    client_for: ClientFor,
) -> None:
    client = client_for(request.getfixturevalue(member) if member else None)

    assert client.get(f"{address}?business={business.public_id}").status_code == status


@pytest.mark.parametrize(
    ("member", "status"), [("auditor", 403), ("rep", 404), ("outsider", 404), (None, 302)]
)
def test_who_may_not_change_anything(
    member: str | None,
    status: int,
    business: Business,
    alert: Alert,
    request: pytest.FixtureRequest,
    client_for: ClientFor,
) -> None:
    client = client_for(request.getfixturevalue(member) if member else None)
    rule = alert.rule
    for path in (
        f"{RULES}new/",
        f"{RULES}{rule.pk}/edit/",
        f"{RULES}{rule.pk}/delete/",
        f"{PAGE}alerts/{alert.pk}/seen/",
    ):
        response = client.post(f"{path}?business={business.public_id}", GOOD)
        assert response.status_code == status, path
    alert.refresh_from_db()
    assert alert.seen_by is None
    assert AlertRule.objects.get() == rule


def test_who_only_looks_is_shown_no_buttons(
    alert: Alert, auditor: User, client_for: ClientFor
) -> None:
    client = client_for(auditor)

    for address in (PAGE, RULES):
        html = client.get(address).content.decode()
        assert "Success rate" in html
        assert '<form method="post" action="/assistant' not in html
        assert "Edit this rule" not in html


def test_rules_and_alerts_of_another_business_are_not_there(
    alert: Alert, other_business: Business, browser: Client
) -> None:
    AlertRule.objects.filter(pk=alert.rule_id).update(business=other_business)

    assert browser.get(f"{RULES}{alert.rule_id}/edit/").status_code == 404
    assert browser.post(f"{RULES}{alert.rule_id}/delete/").status_code == 404
    assert browser.post(f"{PAGE}alerts/{alert.pk}/seen/").status_code == 404


# ---------------------------------------------------------------- the figures


def test_the_page_says_it_in_numbers_too(business: Business, browser: Client) -> None:
    work(business)

    html = browser.get(PAGE).content.decode()

    tiles = {tile.label: (tile.value, tile.change) for tile in browser.get(PAGE).context["tiles"]}
    assert tiles["Success rate"] == ("50 %", "100 % before")
    assert tiles["Tools used"] == ("2", "1 before")
    assert tiles["Cost"] == ("$0.0123", "$0.00 before")
    assert tiles["Confidence"] == ("95 %", "– before")
    assert "write_note" in html
    assert "1.21 s" in html
    assert 'data-chart="tools"' in html


def test_charts_get_what_the_tables_say(business: Business, browser: Client) -> None:
    work(business)
    html = browser.get(PAGE).content.decode()
    data = html.split('<script id="chart-data" type="application/json">')[1].split("</script>")[0]

    charts = json.loads(data)

    assert charts["tools"]["labels"] == ["find_slots", "write_note"]
    assert [(each["name"], each["data"]) for each in charts["tools"]["series"]] == [
        ("Done", [1, 0]),
        ("Failed", [0, 1]),
    ]
    assert charts["confidence"]["series"][0]["data"] == [0] * 9 + [1]
    assert len(charts["latency"]["labels"]) == 2


@pytest.mark.parametrize(("period", "count"), [("day", 2), ("week", 3), ("month", 3)])
def test_the_period_is_chosen(period: str, count: int, business: Business, browser: Client) -> None:
    work(business)

    assert browser.get(PAGE, {"period": period}).context["tools"].count == count


def test_there_are_no_other_periods(business: Business, browser: Client) -> None:
    assert browser.get(PAGE, {"period": "year"}).status_code == 404


def test_without_work_the_page_says_so(business: Business, browser: Client) -> None:
    html = browser.get(PAGE).content.decode()

    assert "Nothing happened in this time" in html
    assert "charts.js" not in html


@pytest.mark.parametrize("number", [1, 25])
def test_number_of_queries(
    number: int,
    business: Business,
    browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = timezone.now()
    for each in range(number):
        invocation(business, now - each * HOUR, name=f"tool{each}")
        run(business, now, model=f"model{each}")
        rule = services.add_rule(business, measure="score", threshold=0.5)
        Alert.objects.create(rule=rule, value=0.1)
    for rollup in ROLLUPS:
        roll_up(rollup, now)

    with django_assert_num_queries(20):
        browser.get(PAGE)


def test_names_of_tools_are_escaped(business: Business, browser: Client) -> None:
    """A model may ask for a tool of any name."""
    invocation(business, timezone.now(), name="</script><b>x")

    html = browser.get(PAGE).content.decode()

    assert "<b>x" not in html
    assert "&lt;b&gt;x" in html


# ---------------------------------------------------------------- providers


def test_without_models_nobody_is_needed(business: Business, browser: Client) -> None:
    assert b"The offline agent" in browser.get(PAGE).content.replace(b"the offline", b"The offline")


def test_providers_are_shown_with_their_state(
    business: Business, browser: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LLM_MODELS = ["openai:a", "openai:b", "anthropic:c", "offline"]
    states = {
        "openai": Health("openai", Circuit.OPEN, 5, "<b>Overloaded"),
        "anthropic": Health("anthropic", Circuit.CLOSED, 0, ""),
    }
    monkeypatch.setattr(Breaker, "health", lambda breaker: states[breaker.provider])

    html = browser.get(PAGE).content.decode()

    assert [each.provider for each in browser.get(PAGE).context["providers"]] == list(states)
    assert "Not asked" in html
    assert "&lt;b&gt;Overloaded" in html
    assert "5 failures in the last minute" in html


def test_the_page_opens_while_redis_is_away(
    business: Business, browser: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LLM_MODELS = ["openai:a"]

    def away(breaker: Breaker) -> Health:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(Breaker, "health", away)

    assert b"cannot be read at the moment" in browser.get(PAGE).content


# ---------------------------------------------------------------- alerts


def test_an_open_alert_is_seen(alert: Alert, browser: Client, manager: User) -> None:
    html = browser.get(PAGE).content.decode()
    assert "Success rate: 50 %" in html

    answer = browser.post(f"{PAGE}alerts/{alert.pk}/seen/", headers=HTMX).content.decode()

    assert answer.lstrip().startswith('<div id="open-alerts"')
    assert "Seen by Mary" in answer
    alert.refresh_from_db()
    assert alert.seen_by == manager
    response = browser.post(f"{PAGE}alerts/{alert.pk}/seen/")
    assert response.headers["Location"].startswith(PAGE)


def test_rules_are_added_changed_and_deleted(business: Business, browser: Client) -> None:
    browser.post(f"{RULES}new/", GOOD)
    rule = AlertRule.objects.get()
    assert (rule.business, rule.threshold, rule.is_below) == (business, 0.9, True)
    form = browser.get(f"{RULES}{rule.pk}/edit/").context["form"]
    assert (form.initial["threshold"], form.initial["is_below"]) == (90, "yes")

    latency = {**GOOD, "measure": "latency_p95", "is_below": "no", "threshold": "1500"}
    browser.post(f"{RULES}{rule.pk}/edit/", {**latency, "tool": "find_slots"})
    rule.refresh_from_db()
    assert (rule.measure, rule.threshold, rule.is_below) == ("latency_p95", 1500, False)
    html = browser.get(RULES).content.decode()
    assert "above 1.50 s" in html
    assert "find_slots" in html

    browser.post(f"{RULES}{rule.pk}/delete/")
    assert not AlertRule.objects.exists()
    assert b"Nothing is watched" in browser.get(RULES).content


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"measure": "mood"}, "measure"),
        ({"threshold": "101"}, "threshold"),
        ({"threshold": "-1"}, "threshold"),
        ({"threshold": "nan"}, "threshold"),
        ({"threshold": ""}, "threshold"),
        ({"window_minutes": "4"}, "window_minutes"),
        ({"least_count": "0"}, "least_count"),
        ({"tool": "no_such_tool"}, "tool"),
        ({"is_below": "maybe"}, "is_below"),
    ],
)
def test_a_rule_that_cannot_be_comes_back(
    given: dict[str, str], name: str, rule: AlertRule, browser: Client
) -> None:
    for path in (f"{RULES}new/", f"{RULES}{rule.pk}/edit/"):
        response = browser.post(path, {**GOOD, **given})
        assert response.status_code == 422
        assert name in response.context["form"].errors
    assert AlertRule.objects.count() == 1


def test_a_tool_that_is_gone_can_stay_watched(rule: AlertRule, browser: Client) -> None:
    AlertRule.objects.update(tool="retired_tool")

    response = browser.post(f"{RULES}{rule.pk}/edit/", {**GOOD, "tool": "retired_tool"})

    assert response.status_code == 302
    assert AlertRule.objects.get().tool == "retired_tool"


def test_too_many_rules_are_refused(
    rule: AlertRule, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_RULES", 1)

    response = browser.post(f"{RULES}new/", GOOD)

    assert response.status_code == 409
    assert b"1 rules at most" in response.content


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_of_the_rules(
    number: int,
    business: Business,
    browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(number):
        rule: Any = services.add_rule(business, measure="score", threshold=0.5)
        Alert.objects.create(rule=rule, value=0.1)
        Alert.objects.create(rule=rule, value=0.1, cleared_at=timezone.now())

    with django_assert_num_queries(10):
        browser.get(RULES)
