"""Every write to the fields that a business captures."""

from collections.abc import Container
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from salesdesk.assistant.models import CaptureField
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

MOST_FIELDS = 40
LONGEST_KEY = 40


def add_field(business: Business, *, label: str, **values: Any) -> CaptureField:
    """A new field, asked for last; its key is made from its label and never changes.

    Raises :class:`Conflict` when the business has as many as it may have.
    """
    with transaction.atomic():
        fields = _locked_fields(business)
        if len(fields) >= MOST_FIELDS:
            raise Conflict(f"{MOST_FIELDS} fields at most; put one away, or change it.")
        field = CaptureField(
            business=business,
            key=_key_for(label, {field.key for field in fields}),
            label=label,
            position=max((field.position for field in fields), default=-1) + 1,
            **values,
        )
        field.full_clean()
        field.save()
    return field


def change_field(field: CaptureField, **values: Any) -> CaptureField:
    """Set what is given; what was captured so far stays as it is."""
    for name, value in values.items():
        setattr(field, name, value)
    field.full_clean()
    field.save(update_fields=list(values))
    return field


@transaction.atomic
def move_field(field: CaptureField, by: int) -> None:
    """Ask for it earlier (negative) or later; at either end it stays."""
    fields = _locked_fields(field.business)
    at = next(place for place, each in enumerate(fields) if each.pk == field.pk)
    to = min(max(at + by, 0), len(fields) - 1)
    fields.insert(to, fields.pop(at))
    for position, each in enumerate(fields):
        each.position = position
    CaptureField.objects.bulk_update(fields, ["position"])


def set_active(field: CaptureField, is_active: bool) -> None:
    """Ask for it again, or no more; what was captured so far stays."""
    CaptureField.objects.filter(pk=field.pk).update(is_active=is_active)


def _locked_fields(business: Business) -> list[CaptureField]:
    Business.objects.select_for_update().get(pk=business.pk)
    return list(business.capture_fields.order_by("position", "pk"))


def _key_for(label: str, taken: Container[str]) -> str:
    """``Age of the roof`` → ``age_of_the_roof``; with a number where another has it."""
    stem = slugify(label).replace("-", "_")[: LONGEST_KEY - 4].strip("_") or "field"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
