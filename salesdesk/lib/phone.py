"""Phone numbers: stored in E.164 (``+14155550123``), shown as people write them."""

import phonenumbers

from salesdesk.lib.errors import InvalidInput


def to_e164(text: str, *, region: str = "US") -> str:
    """``text`` as an E.164 number; ``region`` is assumed where it has no country code.

    Raises :class:`InvalidInput` with a sentence for people.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise InvalidInput("This is not a phone number.") from None
    if not phonenumbers.is_possible_number(number):
        raise InvalidInput("This phone number has too many or too few digits.")
    if not phonenumbers.is_valid_number(number):
        raise InvalidInput("No such phone number can exist; check the area code.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def for_people(e164: str) -> str:
    """International format; what is no number (“anonymous”) comes back as it is."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
