"""Who is shown what was done to many leads."""

from leads.models import BulkChange
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, has_ability, within
from salesdesk.lib.errors import NotFound


def get_change_for(user: Visitor, public_id: str) -> BulkChange:
    """The change, for who asked for it and for managers. Raises ``NotFound`` for anybody else."""
    visible = BulkChange.objects.told().filter(within(user, Ability.VIEW_LEADS))
    change = visible.filter(public_id=public_id).first()
    if change is None or not _may_see(user, change):
        raise NotFound("There is no such change, or not for you.")
    return change


def _may_see(user: Visitor, change: BulkChange) -> bool:
    is_own = change.by_id == user.pk
    return is_own or has_ability(user, change.business_id, Ability.IMPORT_LEADS)
