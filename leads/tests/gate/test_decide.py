"""The decision, as a table: one fact against a contact, one reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from leads.enums import ContactKind, MessagePurpose
from leads.enums import GateReason as Reason
from leads.gate.decide import FINAL, decide
from leads.gate.facts import Consents, Facts, Rules, from_json

NEW_YORK, LOS_ANGELES, CHICAGO = "America/New_York", "America/Los_Angeles", "America/Chicago"
FRIDAY_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""Noon in New York, nine in Los Angeles."""

FINE = Facts(
    kind=ContactKind.AI,
    now=FRIDAY_NOON,
    number="+12125550199",
    country="US",
    zones=(NEW_YORK,),
    states=("NY",),
    consents=Consents(ai_voice=True),
    caller="+14155550100",
)


def rules(**changes: Any) -> Rules:
    return replace(Rules(), **changes)


def reasons(facts: Facts = FINE, **changes: Any) -> tuple[Reason, ...]:
    return decide(replace(facts, **changes)).reasons


def at(clock: str, day: date = date(2026, 11, 20), zone_hours: int = 5) -> datetime:
    """This time of New York's clock (in winter)."""
    local = datetime.fromisoformat(f"{day.isoformat()}T{clock}")
    return local.replace(tzinfo=UTC) + timedelta(hours=zone_hours)


@pytest.mark.parametrize("kind", ContactKind)
def test_who_may_be_contacted_may(kind: ContactKind) -> None:
    agreed = Consents(ai_voice=True, sms=True)
    facts = replace(FINE, kind=kind, email="maria@example.com", consents=agreed)
    assert decide(facts).allowed
    assert decide(facts).reasons == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_active": False}, Reason.BUSINESS_INACTIVE),
        ({"rules": rules(is_paused=True)}, Reason.DIALING_PAUSED),
        ({"caller": ""}, Reason.CALLER_UNKNOWN),
        ({"number": ""}, Reason.NOT_A_NUMBER),
        ({"is_callable": False}, Reason.NOT_A_NUMBER),
        ({"is_own": True}, Reason.OWN_NUMBER),
        ({"rules": rules(countries=("CA",))}, Reason.COUNTRY_NOT_ALLOWED),
        ({"number_suppressed": True}, Reason.DO_NOT_CALL_NUMBER),
        ({"person_suppressed": True}, Reason.DO_NOT_CALL_PERSON),
        ({"company_suppressed": True}, Reason.DO_NOT_CALL_COMPANY),
        ({"rules": rules(needs_list=True)}, Reason.NO_LIST),
        ({"oldest_list": date(2026, 10, 19)}, Reason.LIST_TOO_OLD),
        ({"consents": Consents()}, Reason.AI_CONSENT_MISSING),
        ({"consents": Consents(ai_voice=False)}, Reason.CONSENT_WITHDRAWN),
        ({"consents": Consents(ai_voice=True, call=False)}, Reason.CONSENT_WITHDRAWN),
        ({"zones": ()}, Reason.ZONE_UNKNOWN),
        ({"now": at("07:59")}, Reason.TOO_EARLY),
        ({"now": at("21:00")}, Reason.TOO_LATE),
        ({"now": at("12:00", date(2026, 11, 22))}, Reason.DAY_CLOSED),
        ({"holidays": (date(2026, 11, 20),)}, Reason.HOLIDAY),
        ({"attempts_today": 3}, Reason.TOO_MANY_TODAY),
        ({"attempts_this_week": 10}, Reason.TOO_MANY_THIS_WEEK),
        ({"last_attempt": FRIDAY_NOON - timedelta(minutes=9)}, Reason.TOO_SOON_AGAIN),
        ({"is_on_the_line": True}, Reason.NUMBER_BUSY),
        ({"caller_attempts": 240}, Reason.CALLER_TIRED),
    ],
)
def test_one_fact_against_it_is_one_reason(changes: dict[str, Any], reason: Reason) -> None:
    assert reasons(**changes) == (reason,)


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        (ContactKind.EMAIL, {"email": ""}, Reason.NO_ADDRESS),
        (ContactKind.EMAIL, {"email_suppressed": True}, Reason.DO_NOT_WRITE),
        (ContactKind.EMAIL, {"consents": Consents(email=False)}, Reason.CONSENT_WITHDRAWN),
        (ContactKind.EMAIL, {"has_postal_address": False}, Reason.POSTAL_ADDRESS_MISSING),
        (ContactKind.EMAIL, {"company_suppressed": True}, Reason.DO_NOT_CALL_COMPANY),
        (ContactKind.SMS, {"consents": Consents()}, Reason.SMS_CONSENT_MISSING),
        (ContactKind.SMS, {"consents": Consents(sms=False)}, Reason.CONSENT_WITHDRAWN),
        (ContactKind.SMS, {"now": at("23:00")}, Reason.TOO_LATE),
        (ContactKind.SMS, {"number_suppressed": True}, Reason.DO_NOT_CALL_NUMBER),
    ],
)
def test_messages_have_reasons_of_their_own(
    kind: ContactKind, changes: dict[str, Any], reason: Reason
) -> None:
    facts = replace(FINE, kind=kind, email="maria@example.com", consents=Consents(sms=True))
    assert reasons(facts, **changes) == (reason,)


def test_what_somebody_waits_for_is_sent_at_any_hour_but_to_nobody_in_peace() -> None:
    night = replace(
        FINE,
        kind=ContactKind.SMS,
        purpose=MessagePurpose.SERVICE,
        now=at("23:30"),
        consents=Consents(),
    )
    assert reasons(night) == ()
    assert reasons(night, number_suppressed=True) == (Reason.DO_NOT_CALL_NUMBER,)


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        (ContactKind.EMAIL, MessagePurpose.SERVICE),
        (ContactKind.SMS, MessagePurpose.MARKETING),
        (ContactKind.AI, MessagePurpose.MARKETING),
    ],
)
def test_only_advertising_by_mail_needs_a_postal_address(
    kind: ContactKind, purpose: MessagePurpose
) -> None:
    agreed = Consents(ai_voice=True, sms=True)
    facts = replace(FINE, kind=kind, email="maria@example.com", consents=agreed)
    assert reasons(facts, purpose=purpose, has_postal_address=False) == ()


def test_nobody_sends_advertising_without_a_postal_address_whoever_they_are() -> None:
    mail = replace(FINE, kind=ContactKind.EMAIL, email="maria@example.com")
    assert not decide(replace(mail, has_postal_address=False)).may_be_overridden


def test_all_reasons_are_named_at_once() -> None:
    found = reasons(number_suppressed=True, attempts_today=9, now=at("03:00"))
    assert set(found) == {Reason.DO_NOT_CALL_NUMBER, Reason.TOO_MANY_TODAY, Reason.TOO_EARLY}


# ---------------------------------------------------------------- where the phone rings


def test_it_must_be_the_right_time_in_every_zone_of_a_number() -> None:
    eight_in_new_york = at("08:30")
    assert reasons(now=eight_in_new_york, zones=(NEW_YORK,)) == ()
    both = reasons(now=eight_in_new_york, zones=(NEW_YORK, CHICAGO))
    assert both == (Reason.TOO_EARLY,)
    late = reasons(now=at("23:30"), zones=(LOS_ANGELES, NEW_YORK), states=())
    assert late == (Reason.TOO_LATE,)


def test_the_clock_is_that_of_the_called_party_also_across_the_change_of_clocks() -> None:
    before, after = date(2026, 3, 6), date(2026, 3, 9)  # clocks go forward on 8 March
    assert reasons(now=at("08:30", before)) == ()
    assert reasons(now=at("08:30", after, zone_hours=4)) == ()
    assert reasons(now=at("07:30", after, zone_hours=4)) == (Reason.TOO_EARLY,)


@pytest.mark.parametrize(
    ("state", "zone", "clock", "day", "expected"),
    [
        ("FL", NEW_YORK, "20:00", date(2026, 11, 20), (Reason.TOO_LATE,)),
        ("FL", NEW_YORK, "19:59", date(2026, 11, 20), ()),
        ("KY", NEW_YORK, "09:59", date(2026, 11, 20), (Reason.TOO_EARLY,)),
        ("RI", NEW_YORK, "18:00", date(2026, 11, 20), (Reason.TOO_LATE,)),
        ("RI", NEW_YORK, "17:00", date(2026, 11, 21), (Reason.TOO_LATE,)),
        ("CT", NEW_YORK, "08:30", date(2026, 11, 20), (Reason.TOO_EARLY,)),
    ],
)
def test_states_may_be_stricter(
    state: str, zone: str, clock: str, day: date, expected: tuple[Reason, ...]
) -> None:
    assert reasons(states=(state,), zones=(zone,), now=at(clock, day)) == expected


def test_on_sundays_states_may_forbid_what_the_business_allows() -> None:
    every_day = rules(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    sunday = at("13:00", date(2026, 11, 22))
    assert reasons(rules=every_day, now=sunday) == ()
    assert reasons(rules=every_day, now=sunday, states=("AL",)) == (Reason.DAY_CLOSED,)
    noon_in_texas: dict[str, Any] = {
        "rules": every_day,
        "states": ("TX",),
        "now": at("11:30", sunday.date()),
    }
    assert reasons(**noon_in_texas) == (Reason.TOO_EARLY,)


def test_states_may_forbid_holidays_that_the_business_allows() -> None:
    holiday: dict[str, Any] = {
        "holidays": (date(2026, 11, 20),),
        "rules": rules(calls_on_holidays=True),
    }
    assert reasons(**holiday) == ()
    assert reasons(**holiday, states=("UT",)) == (Reason.HOLIDAY,)


def test_a_holiday_is_one_by_the_date_of_the_called_party() -> None:
    """At 01:00 UTC on the 26th it is still the 25th, eight in the evening, in New York."""
    evening = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    assert reasons(now=evening, holidays=(date(2026, 11, 26),)) == ()
    assert reasons(now=evening, holidays=(date(2026, 11, 25),)) == (Reason.HOLIDAY,)


@pytest.mark.parametrize(("opens", "closes"), [(0, 24), (6, 23), (8, 21)])
def test_no_rule_of_a_business_widens_the_federal_hours(opens: int, closes: int) -> None:
    own = rules(opens_at=opens, closes_at=closes)
    assert reasons(rules=own, now=at("07:59")) == (Reason.TOO_EARLY,)
    assert reasons(rules=own, now=at("21:00")) == (Reason.TOO_LATE,)


def test_a_state_limits_attempts_a_day_where_the_business_does_not() -> None:
    none = rules(per_day=0)
    assert reasons(rules=none, attempts_today=3) == ()
    assert reasons(rules=none, attempts_today=3, states=("OK",)) == (Reason.TOO_MANY_TODAY,)


# ---------------------------------------------------------------- lists and consent


def test_who_agreed_to_be_called_may_be_on_a_registry() -> None:
    listed: dict[str, Any] = {"lists": ("National",)}
    nothing_said = replace(FINE, kind=ContactKind.REP, consents=Consents())
    assert reasons(nothing_said, **listed) == (Reason.DO_NOT_CALL_LIST,)
    assert reasons(nothing_said, **listed, consents=Consents(call=True)) == ()
    assert reasons(**listed) == ()  # the AI call was agreed to
    only_ai = Consents(ai_voice=True)
    assert reasons(nothing_said, **listed, consents=only_ai) == (Reason.DO_NOT_CALL_LIST,)


def test_a_list_of_31_days_is_fresh_enough() -> None:
    assert reasons(oldest_list=date(2026, 10, 20)) == ()
    assert reasons(oldest_list=date(2020, 1, 1), rules=rules(list_days=0)) == ()


def test_a_rep_needs_no_consent_to_an_ai_voice() -> None:
    assert reasons(kind=ContactKind.REP, consents=Consents()) == ()
    assert reasons(kind=ContactKind.REP, consents=Consents(ai_voice=False)) == ()


# ---------------------------------------------------------------- overriding


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({"now": at("21:30")}, True),
        ({"consents": Consents()}, True),
        ({"attempts_today": 3}, True),
        ({}, False),
        ({"number_suppressed": True}, False),
        ({"person_suppressed": True}, False),
        ({"company_suppressed": True}, False),
        ({"lists": ("National",), "consents": Consents(), "kind": ContactKind.REP}, False),
        ({"consents": Consents(ai_voice=False)}, False),
        ({"number_suppressed": True, "now": at("21:30")}, False),
    ],
)
def test_nothing_that_leaves_somebody_in_peace_can_be_overridden(
    changes: dict[str, Any], may: bool
) -> None:
    assert decide(replace(FINE, **changes)).may_be_overridden is may


def test_every_reason_is_a_sentence() -> None:
    assert all(str(reason.label).endswith(".") for reason in Reason)
    assert len({reason.label for reason in Reason}) == len(Reason)
    assert set(Reason) > FINAL


def test_a_line_of_the_ledger_gives_the_same_facts_again() -> None:
    facts = replace(
        FINE,
        holidays=(date(2026, 11, 26),),
        oldest_list=date(2026, 11, 1),
        last_attempt=FRIDAY_NOON,
        lists=("National", "Own"),
        rules=rules(days=("mon",), countries=("US", "CA")),
        consents=Consents(ai_voice=True, sms=False),
    )
    assert from_json(facts.as_json()) == facts
