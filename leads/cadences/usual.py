"""The cadence that a business begins with, made on first use."""

from django.db import transaction

from leads.enums import TouchChannel
from leads.models import Cadence, CadenceStep
from salesdesk.businesses.models import Business

NAME = "New leads"
STEPS = (
    (10, TouchChannel.AI_CALL),
    (30, TouchChannel.REP_CALL),
    (60, TouchChannel.AI_CALL),
    (4 * 60, TouchChannel.REP_CALL),
    (24 * 60, TouchChannel.AI_CALL),
)
"""Minutes after the attempt before, and who calls."""


def default_cadence(business: Business) -> Cadence:
    """The one for new leads. Two that ask at once get the same."""
    known = _default(business)
    if known is not None:
        return known
    with transaction.atomic():
        Business.objects.select_for_update(no_key=True).get(pk=business.pk)
        return _default(business) or _make(business)


def _default(business: Business) -> Cadence | None:
    return business.cadences.select_related("business").filter(is_default=True).first()


def _make(business: Business) -> Cadence:
    taken = set(business.cadences.values_list("name", flat=True))
    name = next(each for each in (NAME, *_numbered()) if each not in taken)
    cadence = Cadence.objects.create(business=business, name=name, is_default=True)
    CadenceStep.objects.bulk_create(
        CadenceStep(cadence=cadence, position=position, wait_minutes=minutes, channel=channel)
        for position, (minutes, channel) in enumerate(STEPS)
    )
    return cadence


def _numbered() -> list[str]:
    return [f"{NAME} {number}" for number in range(2, 100)]
