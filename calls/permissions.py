"""Loaders: what a view begins with, so that nobody can forget to ask who is looking."""

from calls.models import Call, CallNote
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, has_ability, require, within
from salesdesk.lib.errors import NotAllowed, NotFound


def get_call_for(user: Visitor, public_id: str, ability: Ability = Ability.VIEW_CALLS) -> Call:
    """The call, if ``user`` may do this with it.

    Raises ``NotFound`` when it is not there or not for this user, ``NotAllowed`` when the
    user may only look.
    """
    visible = Call.objects.filter(within(user, Ability.VIEW_CALLS))
    call = visible.select_related("business", "placed_by").filter(public_id=public_id).first()
    if call is None:
        raise NotFound("There is no such call, or not for you.")
    if call.business_id is not None:
        require(user, call.business_id, view=Ability.VIEW_CALLS, ability=ability)
    return call


def get_note_for(user: Visitor, call_id: str, note_id: str, *, to_change: bool = False) -> CallNote:
    """A note of a call that ``user`` sees; ``to_change``: its author's or a manager's only."""
    ability = Ability.WRITE_NOTES if to_change else Ability.VIEW_CALLS
    call = get_call_for(user, call_id, ability)
    note = call.notes.select_related("author", "call").filter(public_id=note_id).first()
    if note is None:
        raise NotFound("There is no such note.")
    if to_change and not may_change_note(user, note):
        raise NotAllowed("Only its author or a manager may change a note.")
    return note


def may_change_note(user: Visitor, note: CallNote) -> bool:
    if note.author_id == user.pk:
        return True
    business_id = note.call.business_id
    if business_id is None:
        return user.is_superuser
    return has_ability(user, business_id, Ability.MANAGE_NOTES)
