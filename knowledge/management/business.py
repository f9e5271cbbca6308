"""Which business a command means."""

from django.core.management.base import CommandError
from django.db.models import Q

from salesdesk.businesses.models import Business


def find_business(text: str) -> Business:
    """By its public id, its whole name or the beginning of it; raises ``CommandError``."""
    exact = Business.objects.filter(Q(public_id=text) | Q(name__iexact=text))
    found = list(exact[:2]) or list(Business.objects.filter(name__istartswith=text)[:2])
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"“{business}”" for business in Business.objects.order_by("name")[:20])
    problem = "several businesses" if found else "no business"
    raise CommandError(f"“{text}” is {problem}; there are: {names or 'none'}.")
