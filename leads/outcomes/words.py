"""Every write about a business's dispositions."""

from django.db import transaction
from django.utils.text import slugify

from leads.models import Disposition
from leads.outcomes.defaults import dispositions_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict


@transaction.atomic
def add(
    business: Business,
    *,
    label: str,
    behaviour: str,
    note_required: bool = False,
    retry_minutes: int | None = None,
    is_active: bool = True,
) -> Disposition:
    """A new last one. Raises ``Conflict`` where one is called so already."""
    known = dispositions_of(business)
    key = slugify(label).replace("-", "_")[:40] or "outcome"
    if any(each.key == key for each in known):
        raise Conflict("There is an outcome of this name already.")
    return Disposition.objects.create(
        business=business,
        key=key,
        label=label,
        behaviour=behaviour,
        note_required=note_required,
        retry_minutes=retry_minutes,
        is_active=is_active,
        order=max((each.order for each in known), default=-1) + 1,
    )


def change(disposition: Disposition, **values: object) -> Disposition:
    """Set its values; outcomes that were recorded keep their behaviour."""
    for name, value in values.items():
        setattr(disposition, name, value)
    disposition.save(update_fields=list(values))
    return disposition


@transaction.atomic
def move(disposition: Disposition, by: int) -> None:
    """Up (-1) or down (1) by one place; at the end it stays."""
    rows = list(disposition.business.dispositions.select_for_update())
    here = next(place for place, row in enumerate(rows) if row.pk == disposition.pk)
    there = min(max(here + by, 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    for place, row in enumerate(rows):
        row.order = place
    Disposition.objects.bulk_update(rows, ["order"])
