"""Every write to cadences and their steps. What is under way goes on with the steps as they are."""

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from leads.cadences.wording import check_template
from leads.enums import TouchChannel
from leads.models import Cadence, CadenceStep
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

MOST_CADENCES = 20
MOST_STEPS = 20
WRITTEN = (TouchChannel.SMS, TouchChannel.EMAIL)


@transaction.atomic
def add_cadence(business: Business, *, name: str) -> Cadence:
    """A new one without steps. Raises ``Conflict`` when there are too many, or one of that name."""
    cadences = _locked(business)
    if len(cadences) >= MOST_CADENCES:
        raise Conflict(f"{MOST_CADENCES} cadences at most; delete one first.")
    _refuse_name(cadences, name)
    cadence = Cadence(business=business, name=name)
    cadence.full_clean()
    cadence.save()
    return cadence


@transaction.atomic
def change_cadence(cadence: Cadence, **values: Any) -> Cadence:
    """Set what is given; when it becomes the one for new leads, no other is.

    Raises ``Conflict`` where another has the name, or when it no longer would be for new leads:
    another one is chosen instead.
    """
    others = [each for each in _locked(cadence.business) if each.pk != cadence.pk]
    _refuse_name(others, values.get("name", cadence.name))
    if cadence.is_default and not values.get("is_default", True):
        raise Conflict("Choose another cadence for new leads instead.")
    if values.get("is_default"):
        cadence.business.cadences.exclude(pk=cadence.pk).update(is_default=False)
    for name, value in values.items():
        setattr(cadence, name, value)
    cadence.full_clean(validate_constraints=False)
    cadence.save()
    return cadence


@transaction.atomic
def delete_cadence(cadence: Cadence) -> None:
    """Raises ``Conflict`` for the one for new leads, and where leads are or were in it."""
    if cadence.is_default:
        raise Conflict("Choose another cadence for new leads first.")
    try:
        cadence.delete()
    except ProtectedError:
        raise Conflict("Leads are or were in this cadence; take its steps out instead.") from None


# ---------------------------------------------------------------- steps


@transaction.atomic
def add_step(cadence: Cadence, **values: Any) -> CadenceStep:
    """The last one. Raises ``Conflict`` for too many, ``InvalidInput`` for words that cannot be."""
    steps = _locked_steps(cadence)
    if len(steps) >= MOST_STEPS:
        raise Conflict(f"{MOST_STEPS} steps at most.")
    position = max((step.position for step in steps), default=-1) + 1
    return _save(CadenceStep(cadence=cadence, position=position), values)


def change_step(step: CadenceStep, **values: Any) -> CadenceStep:
    """Raises ``InvalidInput`` for words that cannot be."""
    return _save(step, values)


@transaction.atomic
def move_step(step: CadenceStep, by: int) -> None:
    """Earlier (negative) or later; at either end it stays."""
    steps = _locked_steps(step.cadence)
    at = next(place for place, each in enumerate(steps) if each.pk == step.pk)
    to = min(max(at + by, 0), len(steps) - 1)
    steps.insert(to, steps.pop(at))
    for position, each in enumerate(steps):
        each.position = position
    CadenceStep.objects.bulk_update(steps, ["position"])


def remove_step(step: CadenceStep) -> None:
    """A call that is planned by it is still made; a message is not written any more."""
    step.delete()


def _save(step: CadenceStep, values: dict[str, Any]) -> CadenceStep:
    for name, value in values.items():
        setattr(step, name, value)
    if step.channel not in WRITTEN:
        step.subject = step.text = ""
    elif not step.text:
        raise InvalidInput("Write what the message says.")
    check_template(step.text)
    check_template(step.subject)
    step.full_clean()
    step.save()
    return step


def _locked(business: Business) -> list[Cadence]:
    Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    return list(business.cadences.all())


def _locked_steps(cadence: Cadence) -> list[CadenceStep]:
    Cadence.objects.select_for_update(no_key=True).get(pk=cadence.pk)
    return list(cadence.steps.order_by("position", "pk"))


def _refuse_name(others: list[Cadence], name: str) -> None:
    if any(each.name == name for each in others):
        raise Conflict("There is a cadence of this name already.")
