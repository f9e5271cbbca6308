"""Where a phone may ring: country, states and time zones of numbers and addresses. Pure.

A number says where it was given out, an address where somebody lives. The gate takes both, for
who keeps a number may have moved: hours and law must allow the contact in all places that are
possible.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType, geocoder

from leads.regions import HolidaysOf
from leads.zones import (
    CENTRAL,
    EASTERN,
    MOUNTAIN,
    PACIFIC,
    STATES,
    state_of_address,
    zones_of,
    zones_of_number,
)
from salesdesk.lib.errors import NotConfigured

NOT_FOR_CUSTOMERS = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)
STRADDLING = {
    "208": (PACIFIC,),
    "219": (EASTERN,),
    "270": (EASTERN, CENTRAL),
    "308": (CENTRAL, MOUNTAIN),
    "364": (EASTERN, CENTRAL),
    "423": (CENTRAL,),
    "432": (MOUNTAIN,),
    "448": (EASTERN, CENTRAL),
    "458": ("America/Boise",),
    "541": ("America/Boise",),
    "574": (CENTRAL,),
    "605": (CENTRAL, MOUNTAIN),
    "620": (MOUNTAIN,),
    "701": (CENTRAL, MOUNTAIN),
    "785": (MOUNTAIN,),
    "812": (CENTRAL,),
    "850": (EASTERN, CENTRAL),
    "906": (EASTERN, CENTRAL),
    "928": (MOUNTAIN,),
    "930": (CENTRAL,),
    "931": (EASTERN, CENTRAL),
    "986": (PACIFIC,),
}
"""US area codes that cross a line between zones, and the zones that libphonenumber leaves out."""

_NAMES = {name.lower(): code for code, (name, _) in STATES.items()} | {"washington d.c.": "DC"}
_COMPANY_FORMS = re.compile(r"\b(incorporated|inc|llc|l l c|ltd|limited|corp|corporation|co)$")


@dataclass(frozen=True, slots=True)
class Place:
    """Of a number in E.164. ``country`` as two letters; ``state`` of the US, or nothing."""

    is_callable: bool
    country: str = ""
    state: str = ""
    zones: tuple[str, ...] = ()


NOWHERE = Place(is_callable=False)


@lru_cache(maxsize=4096)
def place_of(phone: str) -> Place:
    """What is no number that may be dialled is nowhere."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return NOWHERE
    kind = phonenumbers.number_type(number)
    is_callable = phonenumbers.is_valid_number(number) and kind not in NOT_FOR_CUSTOMERS
    country = phonenumbers.region_code_for_number(number) or ""
    state = _state_of(geocoder.description_for_number(number, "en")) if country == "US" else ""
    known = zones_of_number(phone)
    besides = STRADDLING.get(phone[2:5], ()) if country == "US" and known else ()
    return Place(is_callable, country, state, tuple(dict.fromkeys((*known, *besides))))


def _state_of(description: str) -> str:
    """The code of ``California`` and of ``San Francisco, CA``."""
    code = description.rpartition(", ")[2]
    return code if code in STATES else _NAMES.get(description.lower(), "")


def zones_at(phone: str, address: str = "", known: str = "") -> tuple[str, ...]:
    """All zones in which the phone may ring; ``known`` is the one that was noted of the person."""
    besides = (known,) if known else ()
    return tuple(dict.fromkeys((*place_of(phone).zones, *zones_of(phone, address), *besides)))


def states_at(phone: str, address: str = "") -> tuple[str, ...]:
    """All US states whose law may hold."""
    states = (place_of(phone).state, state_of_address(address))
    return tuple(dict.fromkeys(state for state in states if state))


def holidays_at(country: str, states: tuple[str, ...], day: date) -> tuple[date, ...]:
    """Public holidays on ``day``, the day before and the day after, there or in any state."""
    regions = [f"US-{state}" for state in states] or [country]
    around = [day + timedelta(days=offset) for offset in (-1, 0, 1)]
    return tuple(each for each in around if any(_is_holiday(region, each) for region in regions))


def _is_holiday(region: str, day: date) -> bool:
    try:
        return day in HolidaysOf(region)
    except NotConfigured:  # of some countries nobody has written the holidays down
        return False


def company_key(name: str) -> str:
    """How names of companies are compared: ``Acme Roofing, Inc.`` is ``acme roofing``."""
    words = " ".join(re.sub(r"[^\w&]+", " ", name.lower()).split())
    return _COMPANY_FORMS.sub("", words).strip() or words
