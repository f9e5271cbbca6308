import pytest

from leads.zones import STATES, zone_for, zones_of, zones_of_address, zones_of_number
from salesdesk.businesses.models import validate_time_zone

SAN_FRANCISCO, NEW_YORK = "+14155550199", "+12125550100"
IDAHO, TOLL_FREE, LONDON = "+12085550100", "+18005550100", "+442071234567"


@pytest.mark.parametrize(
    ("phone", "zones"),
    [
        (SAN_FRANCISCO, ("America/Los_Angeles",)),
        (NEW_YORK, ("America/New_York",)),
        (IDAHO, ("America/Boise", "America/Los_Angeles")),
        (LONDON, ("Europe/London",)),
        (TOLL_FREE, ()),
        ("anonymous", ()),
        ("", ()),
    ],
)
def test_a_number_is_at_home_somewhere(phone: str, zones: tuple[str, ...]) -> None:
    assert zones_of_number(phone) == zones


@pytest.mark.parametrize(
    ("address", "zones"),
    [
        ("18 Juniper Court, Oakland, CA 94601", ("America/Los_Angeles",)),
        ("18 Juniper Court, Oakland, CA", ("America/Los_Angeles",)),
        ("1 Main St, Austin, Texas 73301-0001, USA", ("America/Chicago", "America/Denver")),
        ("5 Elm St, Charleston, west virginia", ("America/New_York",)),
        ("7 Saguaro Way, Mesa, AZ 85201, United States", ("America/Phoenix",)),
        ("18 Juniper Court, Oakland", ()),
        ("12 Washington Avenue, Springfield", ()),
        ("La Jolla in the sun", ()),
        ("", ()),
    ],
)
def test_an_address_ends_with_its_state(address: str, zones: tuple[str, ...]) -> None:
    assert zones_of_address(address) == zones


def test_who_has_moved_is_where_they_live() -> None:
    assert zone_for(NEW_YORK, "2 Bay Road, Oakland, CA 94601") == "America/Los_Angeles"


def test_a_state_of_two_zones_is_told_apart_by_the_number() -> None:
    knoxville = "+18655550100"
    assert zones_of_address("1 Oak St, Knoxville, TN") == ("America/New_York", "America/Chicago")
    assert zone_for(knoxville, "1 Oak St, Knoxville, TN") == "America/New_York"


def test_one_of_several_zones_is_none() -> None:
    assert zone_for(IDAHO, "") == ""
    assert zones_of(IDAHO, "") == ("America/Boise", "America/Los_Angeles")


@pytest.mark.parametrize("zone", sorted({zone for _, zones in STATES.values() for zone in zones}))
def test_zones_are_known_by_their_names(zone: str) -> None:
    validate_time_zone(zone)
