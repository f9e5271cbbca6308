"""Where a phone may ring."""

from datetime import date

import pytest

from leads.gate.places import company_key, holidays_at, place_of, states_at, zones_at

LOS_ANGELES, NEW_YORK, CHICAGO = "America/Los_Angeles", "America/New_York", "America/Chicago"


@pytest.mark.parametrize(
    ("phone", "state", "zones"),
    [
        ("+14155550199", "CA", {LOS_ANGELES}),
        ("+12025550194", "DC", {NEW_YORK}),
        ("+18505550123", "FL", {NEW_YORK, CHICAGO}),
        ("+19065550123", "MI", {NEW_YORK, CHICAGO}),
        ("+12085551234", "ID", {"America/Boise", LOS_ANGELES}),
        ("+18005551212", "", set()),
        ("+16135550123", "", {"America/Toronto"}),
        ("+442071234567", "", {"Europe/London"}),
    ],
)
def test_a_number_is_at_home_in_a_state_and_zones(phone: str, state: str, zones: set[str]) -> None:
    place = place_of(phone)
    assert (place.is_callable, place.state, set(place.zones)) == (True, state, zones)


@pytest.mark.parametrize(
    "phone", ["", "anonymous", "+1", "+19005551234", "+14155", "+441514960123456"]
)
def test_what_may_not_be_dialled_is_not_callable(phone: str) -> None:
    assert not place_of(phone).is_callable


def test_number_address_and_what_is_known_all_count() -> None:
    elsewhere = zones_at("+14155550199", "12 Elm St, Austin, TX 78701", "Pacific/Honolulu")
    assert set(elsewhere) == {LOS_ANGELES, CHICAGO, "America/Denver", "Pacific/Honolulu"}
    assert states_at("+14155550199", "12 Elm St, Austin, TX 78701") == ("CA", "TX")
    assert states_at("+14155550199", "12 Elm St, Oakland, CA") == ("CA",)


def test_holidays_are_those_of_the_place() -> None:
    christmas, patriots = date(2026, 12, 25), date(2026, 4, 20)
    assert christmas in holidays_at("US", ("CA",), date(2026, 12, 24))
    assert patriots in holidays_at("US", ("CA", "MA"), patriots)
    assert patriots not in holidays_at("US", ("CA",), patriots)
    assert holidays_at("XX", (), christmas) == ()


@pytest.mark.parametrize(
    "name", ["Acme Roofing, Inc.", "ACME ROOFING", " acme  roofing LLC ", "Acme-Roofing Corp."]
)
def test_companies_are_compared_by_what_they_are_called(name: str) -> None:
    assert company_key(name) == "acme roofing"


def test_a_company_may_be_called_like_a_form() -> None:
    assert company_key("Co.") == "co"
    assert company_key("Limited") == "limited"
