"""From which of its numbers a business calls."""

from django.conf import settings

from salesdesk.businesses.models import Business
from salesdesk.businesses.queries import caller_id_of
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164


def caller_of(business: Business, wanted: str = "") -> str:
    """The number wanted, else the first active one, else the installation's; or nothing.

    Raises ``InvalidInput`` for one that is not the business's own.
    """
    if not wanted:
        return caller_id_of(business) or settings.TWILIO_PHONE_NUMBER
    number = to_e164(wanted)
    if not business.numbers.filter(number=number, is_active=True).exists():
        raise InvalidInput("The calling number is not one of this business.")
    return number
