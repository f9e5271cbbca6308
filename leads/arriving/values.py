"""What was told of somebody, tidied: the lead's own fields, and facts for the rest. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from leads.enums import LeadStage
from leads.services import normal_email, normal_phone
from leads.zones import zone_for
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.time_zones import time_zone_names

LONGEST = {"first_name": 80, "last_name": 80, "company": 120, "address": 300, "language": 10}
LONGEST_EMAIL = 254
LONGEST_FACT, MOST_FACTS, LONGEST_KEY = 2000, 50, 60
MOST_VALUE = Decimal("9999999999.99")
IN_WORDS = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "phone": "Phone",
    "email": "E-mail",
    "address": "Address",
    "street": "Street",
    "city": "City",
    "state": "State",
    "zip": "Postal code",
    "value": "Value",
    "language": "Language",
    "message": "Message",
}
"""What an arrival may tell, besides facts of any key."""
PARTS_OF_ADDRESS = ("street", "city", "state", "zip")
_AMOUNT = re.compile(r"[^\d.,-]")
_WORDS_BETWEEN = re.compile(r"\d\s*[^\W\d_]+\W*\d")
_CURRENCY = "(?:usd|eur|gbp|chf|cad|aud)?"
_TIMES = (
    (re.compile(rf"\d\s*(?:k|thousand){_CURRENCY}\b", re.I), 1_000),
    (re.compile(rf"\d\s*(?:mm?|mn|mio|millions?){_CURRENCY}\b", re.I), 1_000_000),
    (re.compile(rf"\d\s*(?:bn?|billions?){_CURRENCY}\b", re.I), 1_000_000_000),
)
_UNCLEAR_TIMES = re.compile(r"\d\s*(?:hundred|mil|tsd|lakhs?|crores?|mrd)\b", re.I)


@dataclass(frozen=True, slots=True)
class Told:
    """``own`` are columns of the lead that were told, never empty; ``facts`` all else by key."""

    own: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    message: str = ""

    def as_json(self) -> dict[str, Any]:
        own = {key: value if _is_plain(value) else str(value) for key, value in self.own.items()}
        return {**own, **self.facts, **({"message": self.message} if self.message else {})}


def told_of(values: Mapping[str, Any]) -> Told:
    """Names put apart, number and address as they are compared, the time zone made out.

    Raises ``InvalidInput`` for what cannot be: a number that no phone has, an amount that is none.
    """
    left = {key: _text(value) for key, value in values.items()}
    own = _names(left) | _addresses(left)
    for key, normal in _NORMAL.items():
        if text := left.pop(key, ""):
            own[key] = normal(text)
    zone = zone_for(own.get("phone", ""), own.get("address", ""))
    own["time_zone"] = _zone(left.pop("time_zone", "")) or zone
    message = left.pop("message", "")[:LONGEST_FACT]
    facts = {key_of(key): text[:LONGEST_FACT] for key, text in left.items() if text}
    kept = dict(list(facts.items())[:MOST_FACTS])
    return Told({key: value for key, value in own.items() if value != ""}, kept, message)


def key_of(text: str) -> str:
    """``Roof type?`` → ``roof_type``."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:LONGEST_KEY] or "other"


OWN_KEYS = frozenset({*IN_WORDS, "time_zone", "stage"})


def fact_key(text: str) -> str:
    """As :func:`key_of`, and none that means something of the lead's own."""
    key = key_of(text)
    return f"other_{key}" if key in OWN_KEYS else key


def split_name(name: str) -> tuple[str, str]:
    """First and last name: the last word is the last name, unless a comma says otherwise."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    text = str(value).replace("\x00", "")
    return text.encode("utf-8", "replace").decode().strip()  # JSON may bring half characters


def _names(left: dict[str, str]) -> dict[str, Any]:
    first, last = split_name(left.pop("name", ""))
    given = {"first_name": left.pop("first_name", ""), "last_name": left.pop("last_name", "")}
    if not any(given.values()):
        given = {"first_name": first, "last_name": last}
    return {key: _short(key, value) for key, value in given.items()}


def _addresses(left: dict[str, str]) -> dict[str, Any]:
    parts = [left.pop(key, "") for key in PARTS_OF_ADDRESS]
    street, city, state, code = parts
    place = " ".join(part for part in (state, code) if part)
    together = ", ".join(part for part in (street, city, place) if part)
    address = left.pop("address", "") or together
    return {"address": _short("address", " ".join(address.split()))}


def _short(key: str, value: str) -> str:
    if len(value) > LONGEST[key]:
        raise InvalidInput(f"{IN_WORDS[key]}: {LONGEST[key]} characters at most.")
    return value


def _email(text: str) -> str:
    address = normal_email(text)
    if len(address) > LONGEST_EMAIL:
        raise InvalidInput(f"E-mail: {LONGEST_EMAIL} characters at most.")
    return address


def _zone(text: str) -> str:
    if text and text not in time_zone_names():
        raise InvalidInput("Time zone: use a name like America/New_York.")
    return text


def _value(text: str) -> Decimal:
    """An amount, with or without its currency: ``$1,200.50``, ``1.200,50 EUR``, ``12k``, ``$1.2M``.

    Raises ``InvalidInput`` for what may mean another amount as well, like ``1.200``.
    """
    if _WORDS_BETWEEN.search(text) or _UNCLEAR_TIMES.search(text):
        raise InvalidInput("Value: this is not one amount.")
    times = next((number for unit, number in _TIMES if unit.search(text)), 1)
    try:
        value = round(Decimal(_plain_amount(_AMOUNT.sub("", text), times)) * times, 2)
    except InvalidOperation:
        raise InvalidInput("Value: this is not an amount.") from None
    if not 0 <= value <= MOST_VALUE:
        raise InvalidInput("Value: from 0 to 9,999,999,999.99.")
    return value


def _plain_amount(digits: str, times: int) -> str:
    """With a point before the cents only. Of point and comma the last parts off the cents; a sign
    that stands there more than once groups thousands, and so does a single comma before three
    digits. A single point there may do either: it only parts off decimals of millions and the like.
    """
    at = max(digits.rfind(","), digits.rfind("."))
    if at < 0:
        return digits
    whole, sign, rest = digits[:at], digits[at], digits[at + 1 :]
    if sign in whole:
        return _ungrouped(digits, sign)
    if "," in whole or "." in whole:
        return f"{_ungrouped(whole, '.' if sign == ',' else ',')}.{rest}"
    if not _may_be_thousands(whole, rest):
        return f"{whole}.{rest}"
    if (sign == ".") == (times == 1):
        raise InvalidInput("Value: this may be two amounts; write it without points and commas.")
    return whole + rest if sign == "," else f"{whole}.{rest}"


def _may_be_thousands(whole: str, rest: str) -> bool:
    return bool(re.fullmatch(r"[1-9]\d{0,2}", whole) and re.fullmatch(r"\d{3}", rest))


def _ungrouped(digits: str, sign: str) -> str:
    """Raises ``InvalidInput`` where the sign does not put thousands (or lakhs) apart."""
    if not re.fullmatch(rf"-?\d{{1,3}}(?:\{sign}\d{{2,3}})*\{sign}\d{{3}}", digits):
        raise InvalidInput("Value: this is not an amount.")
    return digits.replace(sign, "")


def _stage(text: str) -> str:
    if text not in LeadStage.values:
        raise InvalidInput("Stage: there is no such stage.")
    return text


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


_NORMAL: dict[str, Any] = {
    "phone": normal_phone,
    "email": _email,
    "company": lambda text: _short("company", text),
    "language": lambda text: _short("language", text),
    "value": _value,
    "stage": _stage,
}
