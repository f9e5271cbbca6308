"""Who writes: the lead behind a customer's number or address."""

from dataclasses import dataclass

from leads import services
from leads.enums import LeadSource
from leads.models import Lead
from salesdesk.accounts.models import User
from salesdesk.assistant.models import Thread
from salesdesk.businesses.models import Business


@dataclass(frozen=True, slots=True)
class Customer:
    """What a program tells of who wrote; ``phone`` is E.164."""

    phone: str = ""
    email: str = ""
    name: str = ""


def lead_of(business: Business, customer: Customer, thread: Thread, *, by: User) -> Lead | None:
    """The lead with the customer's number or address, made if need be; none without either."""
    if not (customer.phone or customer.email):
        return None
    lead, is_new = services.ensure_lead(
        business,
        source=LeadSource.API,
        phone=customer.phone,
        email=customer.email,
        conversation=thread.conversation,
        by=by,
    )
    first, _, last = customer.name.strip().partition(" ")
    if is_new and first:
        return services.update_lead(lead, by=by, first_name=first, last_name=last.strip())
    return lead
