"""Telephone numbers as Twilio takes them."""

import phonenumbers

NOT_ROUTABLE = "+15005550002"
NOT_PERMITTED = "+15005550003"
BLOCKED = "+15005550004"
NO_MOBILE = "+15005550009"


def to_e164(number: str) -> str | None:
    """The number in E.164; one without country code is taken as American. None when it is not
    even a possible number (numbers nobody owns, like 555-01xx, are possible)."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def to_national(number: str) -> str:
    """As people write it at home: (415) 555-0100."""
    parsed = phonenumbers.parse(number, "US")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def country_of(number: str) -> str:
    """Two letters, or empty for a number that belongs to no country."""
    parsed = phonenumbers.parse(number, "US")
    region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return region if region.isalpha() and len(region) == 2 and region != "ZZ" else ""
