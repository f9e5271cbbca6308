"""The time zones in which somebody may be, by their phone number and their address.

A number says where it was given out (`phonenumbers.timezone`, from Google's libphonenumber); who
keeps it may have moved. An address says where somebody lives, and so it comes first.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

UNKNOWN = "Etc/Unknown"
MOST_OF_A_PLACE = 6
"""A number with more zones than that is tied to no place: toll-free ones have forty."""

EASTERN, CENTRAL = "America/New_York", "America/Chicago"
MOUNTAIN, PACIFIC = "America/Denver", "America/Los_Angeles"
STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "AL": ("Alabama", (CENTRAL,)),
    "AK": ("Alaska", ("America/Anchorage", "America/Adak")),
    "AZ": ("Arizona", ("America/Phoenix",)),
    "AR": ("Arkansas", (CENTRAL,)),
    "CA": ("California", (PACIFIC,)),
    "CO": ("Colorado", (MOUNTAIN,)),
    "CT": ("Connecticut", (EASTERN,)),
    "DE": ("Delaware", (EASTERN,)),
    "DC": ("District of Columbia", (EASTERN,)),
    "FL": ("Florida", (EASTERN, CENTRAL)),
    "GA": ("Georgia", (EASTERN,)),
    "HI": ("Hawaii", ("Pacific/Honolulu",)),
    "ID": ("Idaho", ("America/Boise", PACIFIC)),
    "IL": ("Illinois", (CENTRAL,)),
    "IN": ("Indiana", ("America/Indiana/Indianapolis", EASTERN, CENTRAL)),
    "IA": ("Iowa", (CENTRAL,)),
    "KS": ("Kansas", (CENTRAL, MOUNTAIN)),
    "KY": ("Kentucky", (EASTERN, CENTRAL)),
    "LA": ("Louisiana", (CENTRAL,)),
    "ME": ("Maine", (EASTERN,)),
    "MD": ("Maryland", (EASTERN,)),
    "MA": ("Massachusetts", (EASTERN,)),
    "MI": ("Michigan", ("America/Detroit", EASTERN, CENTRAL)),
    "MN": ("Minnesota", (CENTRAL,)),
    "MS": ("Mississippi", (CENTRAL,)),
    "MO": ("Missouri", (CENTRAL,)),
    "MT": ("Montana", (MOUNTAIN,)),
    "NE": ("Nebraska", (CENTRAL, MOUNTAIN)),
    "NV": ("Nevada", (PACIFIC, MOUNTAIN)),
    "NH": ("New Hampshire", (EASTERN,)),
    "NJ": ("New Jersey", (EASTERN,)),
    "NM": ("New Mexico", (MOUNTAIN,)),
    "NY": ("New York", (EASTERN,)),
    "NC": ("North Carolina", (EASTERN,)),
    "ND": ("North Dakota", (CENTRAL, MOUNTAIN)),
    "OH": ("Ohio", (EASTERN,)),
    "OK": ("Oklahoma", (CENTRAL,)),
    "OR": ("Oregon", (PACIFIC, MOUNTAIN, "America/Boise")),
    "PA": ("Pennsylvania", (EASTERN,)),
    "PR": ("Puerto Rico", ("America/Puerto_Rico",)),
    "RI": ("Rhode Island", (EASTERN,)),
    "SC": ("South Carolina", (EASTERN,)),
    "SD": ("South Dakota", (CENTRAL, MOUNTAIN)),
    "TN": ("Tennessee", (EASTERN, CENTRAL)),
    "TX": ("Texas", (CENTRAL, MOUNTAIN)),
    "UT": ("Utah", (MOUNTAIN,)),
    "VT": ("Vermont", (EASTERN,)),
    "VA": ("Virginia", (EASTERN,)),
    "WA": ("Washington", (PACIFIC,)),
    "WV": ("West Virginia", (EASTERN,)),
    "WI": ("Wisconsin", (CENTRAL,)),
    "WY": ("Wyoming", (MOUNTAIN,)),
}
"""By the code of the state: its name, and all zones that are kept in it."""

_CODES = "|".join(STATES)
_NAMES = "|".join(sorted((name for name, _ in STATES.values()), key=len, reverse=True))
_OF_NAME = {name.lower(): code for code, (name, _) in STATES.items()}
_END = r"(?:[\s,]+\d{5}(?:-\d{4})?)?(?:[\s,]+(?:USA?|U\.S\.A?\.?|United States(?: of America)?))?"
_STATE = re.compile(
    rf"(?:^|[\s,])(?:(?P<code>{_CODES})|(?P<name>(?i:{_NAMES}))){_END}[\s,.]*$",
)


@lru_cache(maxsize=4096)
def zones_of_number(phone: str) -> tuple[str, ...]:
    """The zones (IANA names) in which an E.164 number is at home; none where that is unknown.

    A number that is tied to no place, as toll-free ones are, has none.
    """
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return ()
    zones = tuple(zone for zone in time_zones_for_number(number) if zone != UNKNOWN)
    return zones if len(zones) <= MOST_OF_A_PLACE else ()


def zones_of_address(address: str) -> tuple[str, ...]:
    """The zones of the US state with which the address ends, a postal code after it or not."""
    code = state_of_address(address)
    return STATES[code][1] if code else ()


def state_of_address(address: str) -> str:
    """The code of the US state with which the address ends, or nothing."""
    found = _STATE.search(address.strip())
    if found is None:
        return ""
    return str(found["code"] or _OF_NAME[found["name"].lower()])


def zones_of(phone: str, address: str) -> tuple[str, ...]:
    """All zones in which a person may be; none where nothing is known.

    Where number and address agree, what they have in common; where they do not, the address's.
    """
    lives, given = zones_of_address(address), zones_of_number(phone)
    both = tuple(zone for zone in lives if zone in given)
    return both or lives or given


def zone_for(phone: str, address: str) -> str:
    """The one zone in which a person is, or nothing where it may be one of several."""
    zones = zones_of(phone, address)
    return zones[0] if len(zones) == 1 else ""
