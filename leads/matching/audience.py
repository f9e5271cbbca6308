"""Who is meant."""

from django.http import QueryDict

from leads.lists import matching
from leads.models import LeadQuerySet
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput


def leads_of(user: User, business: Business, query: str) -> LeadQuerySet:
    """Those that the filters of the list let through. Raises ``InvalidInput`` for what is none."""
    chosen = matching(user, business, QueryDict(query))
    if not chosen.form.is_valid():
        raise InvalidInput("These filters cannot be used; correct them first.")
    found: LeadQuerySet = chosen.qs
    return found
