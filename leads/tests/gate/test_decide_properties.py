"""Whatever the facts, one more against a contact never makes it allowed."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from leads.enums import ContactKind, MessagePurpose
from leads.gate.decide import FINAL, decide
from leads.gate.facts import Consents, Facts, Rules, from_json
from leads.gate.states import STATE_RULES
from salesdesk.businesses.models import WEEKDAYS

ZONES = ("America/New_York", "America/Los_Angeles", "America/Chicago", "Pacific/Honolulu")
BEGIN, END = datetime(2026, 1, 1), datetime(2027, 12, 31)
DAYS = st.dates(BEGIN.date(), END.date())
MOMENTS = st.datetimes(BEGIN, END, timezones=st.just(UTC))
LIMITS = st.integers(0, 5)

rules = st.builds(
    Rules,
    is_paused=st.booleans(),
    opens_at=st.integers(0, 12),
    closes_at=st.integers(13, 24),
    days=st.lists(st.sampled_from(WEEKDAYS), unique=True).map(tuple),
    calls_on_holidays=st.booleans(),
    countries=st.sampled_from([(), ("US",), ("CA", "US")]),
    per_day=LIMITS,
    per_week=LIMITS,
    rest_minutes=st.integers(0, 60),
    caller_per_hour=LIMITS,
    ai_needs_consent=st.booleans(),
    sms_needs_consent=st.booleans(),
    needs_list=st.booleans(),
    list_days=st.integers(0, 40),
)
told = st.sampled_from([True, False, None])
facts = st.builds(
    Facts,
    kind=st.sampled_from(ContactKind),
    now=MOMENTS,
    rules=rules,
    purpose=st.sampled_from(MessagePurpose),
    is_active=st.booleans(),
    has_postal_address=st.booleans(),
    number=st.sampled_from(["+12125550199", ""]),
    email=st.sampled_from(["maria@example.com", ""]),
    is_callable=st.booleans(),
    is_own=st.booleans(),
    country=st.sampled_from(["US", "GB"]),
    zones=st.lists(st.sampled_from(ZONES), min_size=1, unique=True).map(tuple),
    states=st.lists(st.sampled_from(sorted(STATE_RULES)), max_size=2, unique=True).map(tuple),
    holidays=st.lists(DAYS, max_size=3).map(tuple),
    number_suppressed=st.booleans(),
    email_suppressed=st.booleans(),
    person_suppressed=st.booleans(),
    company_suppressed=st.booleans(),
    lists=st.sampled_from([(), ("National",)]),
    has_list=st.booleans(),
    oldest_list=st.none() | DAYS,
    consents=st.builds(Consents, ai_voice=told, call=told, sms=told, email=told),
    attempts_today=LIMITS,
    attempts_this_week=LIMITS,
    last_attempt=st.none() | MOMENTS,
    is_on_the_line=st.booleans(),
    caller=st.sampled_from(["+14155550100", ""]),
    caller_attempts=LIMITS,
)

Change = Callable[[Facts], Facts]


def _set(**values: Any) -> Change:
    return lambda facts: replace(facts, **values)


def _rule(**values: Any) -> Change:
    return lambda facts: replace(facts, rules=replace(facts.rules, **values))


def _consent(**values: Any) -> Change:
    return lambda facts: replace(facts, consents=replace(facts.consents, **values))


AGAINST: list[Change] = [
    _set(is_active=False),
    _set(has_postal_address=False),
    _set(is_own=True),
    _set(is_callable=False),
    _set(number=""),
    _set(email=""),
    _set(number_suppressed=True),
    _set(email_suppressed=True),
    _set(person_suppressed=True),
    _set(company_suppressed=True),
    _set(lists=("National", "State")),
    _set(has_list=False),
    _set(oldest_list=date(2020, 1, 1)),
    _set(is_on_the_line=True),
    _set(caller=""),
    lambda facts: replace(facts, attempts_today=facts.attempts_today + 1),
    lambda facts: replace(facts, attempts_this_week=facts.attempts_this_week + 1),
    lambda facts: replace(facts, caller_attempts=facts.caller_attempts + 1),
    lambda facts: replace(facts, last_attempt=facts.now),
    lambda facts: replace(facts, zones=(*facts.zones, "America/Denver")),
    lambda facts: replace(facts, states=(*facts.states, "RI")),
    lambda facts: replace(facts, states=(*facts.states, "AL")),
    lambda facts: replace(facts, holidays=(*facts.holidays, _day_in(facts))),
    _rule(is_paused=True),
    _rule(days=()),
    _rule(calls_on_holidays=False),
    _rule(ai_needs_consent=True),
    _rule(sms_needs_consent=True),
    _rule(needs_list=True),
    _rule(countries=("FR",)),
    lambda facts: replace(facts, rules=replace(facts.rules, opens_at=12)),
    lambda facts: replace(facts, rules=replace(facts.rules, closes_at=13)),
    *(_consent(**{kind.name: False}) for kind in fields(Consents)),
    *(
        lambda facts, name=kind.name: replace(
            facts,
            consents=replace(facts.consents, **{name: getattr(facts.consents, name) and None}),
        )
        for kind in fields(Consents)
    ),
]


def _day_in(facts: Facts) -> date:
    return facts.now.date()


@given(facts, st.lists(st.sampled_from(AGAINST), min_size=1, max_size=4))
def test_a_fact_against_it_never_allows(before: Facts, changes: list[Change]) -> None:
    after = before
    for change in changes:
        after = change(after)
    assert not (decide(after).allowed and not decide(before).allowed)


@given(facts)
def test_it_is_allowed_exactly_where_nothing_is_against_it(given_facts: Facts) -> None:
    decision = decide(given_facts)
    assert decision.allowed == (decision.reasons == ())
    assert decision == decide(given_facts)


@given(facts)
def test_who_must_be_left_in_peace_never_is_called_whoever_overrides(given_facts: Facts) -> None:
    for each in ("number_suppressed", "person_suppressed", "company_suppressed"):
        against: dict[str, Any] = {each: True}
        decision = decide(replace(given_facts, **against, kind=ContactKind.REP))
        assert not decision.allowed
        assert not decision.may_be_overridden
        assert FINAL & set(decision.reasons)


@given(facts)
def test_no_call_is_allowed_outside_of_the_federal_hours(given_facts: Facts) -> None:
    decision = decide(given_facts)
    if decision.allowed and given_facts.kind in (ContactKind.AI, ContactKind.REP):
        clocks = [given_facts.now.astimezone(ZoneInfo(zone)) for zone in given_facts.zones]
        assert all(8 <= clock.hour < 21 for clock in clocks)
        assert all(clock - given_facts.now < timedelta(days=1) for clock in clocks)


@given(facts)
def test_every_line_of_the_ledger_can_be_decided_again(given_facts: Facts) -> None:
    assert decide(from_json(given_facts.as_json())) == decide(given_facts)
