"""Reads that other apps ask for."""

from salesdesk.businesses.models import Business, PhoneNumber


def business_of_number(e164: str) -> Business | None:
    """The active business that ``e164`` rings at."""
    number = PhoneNumber.objects.active().select_related("business").filter(number=e164).first()
    return number.business if number else None


def caller_id_of(business: Business) -> str | None:
    """The number that the business calls from, in E.164."""
    return business.numbers.filter(is_active=True).values_list("number", flat=True).first()
