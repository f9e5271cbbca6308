"""Every write about businesses that means something."""

from typing import Any

from django.db import transaction

from salesdesk.businesses.models import (
    Business,
    PhoneNumber,
    in_lines,
    validate_postal_address,
)
from salesdesk.lib.phone import to_e164


def create_business(name: str, *, prompt: str, **fields: Any) -> Business:
    """A business that is ready to be given numbers and people.

    Raises ``ValidationError`` where a value cannot be used.
    """
    business = Business(name=name, prompt=prompt, **fields)
    business.full_clean()
    business.save()
    return business


def set_postal_address(business: Business, address: str) -> None:
    """Where the business gets its post, in lines; nothing takes it away.

    Raises ``ValidationError`` for what cannot be an address.
    """
    address = in_lines(address)
    if address:
        validate_postal_address(address)
    business.postal_address = address
    business.save(update_fields=["postal_address", "updated_at"])


@transaction.atomic
def add_number(business: Business, number: str, *, label: str = "") -> PhoneNumber:
    """Give the business a number; one that it has is returned as it is.

    Raises ``ValidationError`` for a number that is another business's, and
    :class:`~salesdesk.lib.errors.InvalidInput` for what is no number.
    """
    existing = business.numbers.filter(number=to_e164(number)).first()
    if existing is not None:
        return existing
    phone_number = PhoneNumber(business=business, number=number, label=label)
    phone_number.full_clean()
    phone_number.save()
    return phone_number
