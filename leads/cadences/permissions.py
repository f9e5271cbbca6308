"""Loaders of cadences, for views and the API."""

from leads.models import Cadence, CadenceStep
from leads.permissions import get_desk_for
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require
from salesdesk.lib.errors import NotFound


def get_cadence_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Cadence:
    """The cadence, if ``user`` may do this with it.

    Raises ``NotFound`` when it is not there or not for this user, ``NotAllowed`` when the user
    may only look.
    """
    visible = Cadence.objects.where(user, Ability.VIEW_LEADS).select_related("business")
    cadence = visible.filter(public_id=public_id).first()
    if cadence is None:
        raise NotFound("There is no such cadence, or not for you.")
    require(user, cadence.business_id, view=Ability.VIEW_LEADS, ability=ability)
    return cadence


def get_step_for(user: Visitor, public_id: str, key: int) -> CadenceStep:
    """A step, to be changed; raises as :func:`get_cadence_for` does."""
    cadence = get_cadence_for(user, public_id, Ability.MANAGE_CAMPAIGNS)
    step = cadence.steps.filter(pk=key).first()
    if step is None:
        raise NotFound("There is no such step any more.")
    step.cadence = cadence
    return step


__all__ = ["get_cadence_for", "get_desk_for", "get_step_for"]
