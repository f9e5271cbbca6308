"""Loaders: what a view of the assistant begins with, so that nobody can forget who looks."""

from django.db.models import Q, QuerySet

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, has_ability, require, within
from salesdesk.assistant.models import (
    Alert,
    Message,
    Playbook,
    Thread,
    ThreadQuerySet,
    ToolInvocation,
)
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotAllowed, NotFound


def businesses_where(user: Visitor, ability: Ability) -> QuerySet[Business]:
    return Business.objects.where(user, ability).order_by("name", "pk")


def get_business_for(
    user: Visitor,
    business_id: str,
    ability: Ability = Ability.VIEW_ASSISTANT_LOG,
    *,
    view: Ability = Ability.VIEW_ASSISTANT_LOG,
) -> Business:
    """The business whose assistant is meant; without ``business_id``, the user's first.

    Raises ``NotFound`` for who may not even ``view`` there, ``NotAllowed`` for who may only look.
    """
    known = businesses_where(user, view)
    business = (known.filter(public_id=business_id) if business_id else known).first()
    if business is None:
        raise NotFound("There is no such page, or not for you.")
    require(user, business.pk, view=view, ability=ability)
    return business


def watched_business_ids(user: Visitor, business_id: str) -> list[int]:
    """Keys of the businesses whose log the user may view, or of the one that is meant.

    Raises ``NotFound`` where the user may not view that one's, ``NotAllowed`` where none's.
    """
    if business_id:
        return [get_business_for(user, business_id).pk]
    ids = list(businesses_where(user, Ability.VIEW_ASSISTANT_LOG).values_list("pk", flat=True))
    if not ids:
        raise NotAllowed("Your role does not allow you to view the assistant's log.")
    return ids


def get_alert_for(user: Visitor, key: int) -> Alert:
    """The alert, to be marked as seen; raises as :func:`get_business_for` does."""
    visible = Alert.objects.filter(within(user, Ability.VIEW_ASSISTANT_LOG, "rule__business"))
    alert = visible.select_related("rule__business").filter(pk=key).first()
    if alert is None:
        raise NotFound("There is no such alert, or not for you.")
    require(
        user,
        alert.rule.business_id,
        view=Ability.VIEW_ASSISTANT_LOG,
        ability=Ability.MANAGE_ASSISTANT,
    )
    return alert


def get_invocation_for(user: Visitor, key: int) -> ToolInvocation:
    """The entry of the tool log. Raises ``NotFound``."""
    visible = ToolInvocation.objects.where(user, Ability.VIEW_ASSISTANT_LOG)
    entry = visible.select_related("business", "thread", "run").filter(pk=key).first()
    if entry is None:
        raise NotFound("There is no such entry, or not for you.")
    return entry


def get_playbook_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_ASSISTANT_LOG
) -> Playbook:
    """The playbook; raises as :func:`get_business_for` does."""
    visible = Playbook.objects.filter(within(user, Ability.VIEW_ASSISTANT_LOG))
    playbook = visible.select_related("business").filter(public_id=public_id).first()
    if playbook is None:
        raise NotFound("There is no such playbook, or not for you.")
    require(user, playbook.business_id, view=Ability.VIEW_ASSISTANT_LOG, ability=ability)
    return playbook


# ---------------------------------------------------------------- conversations


def require_using(user: Visitor) -> None:
    """Raises ``NotAllowed`` for who may use the assistant of no business."""
    if not businesses_where(user, Ability.USE_ASSISTANT).exists():
        raise NotAllowed("Your role does not allow you to use the assistant.")


def get_usable_business(user: Visitor, business_id: str) -> Business:
    """The business whose assistant is asked; without ``business_id``, the user's only one.

    Raises ``InvalidInput`` where there are several, else as :func:`get_business_for` does.
    """
    if not business_id and businesses_where(user, Ability.VIEW_CALLS).count() > 1:
        raise InvalidInput("You belong to several businesses: say which one is meant.")
    return get_business_for(user, business_id, Ability.USE_ASSISTANT, view=Ability.VIEW_CALLS)


def visible_threads(user: Visitor) -> ThreadQuerySet:
    """The user's own, and all of a business in which the user sees the assistant's log."""
    usable = Thread.objects.where(user, Ability.USE_ASSISTANT)
    mine = Q(started_by=user.pk) if user.is_authenticated else Q(pk__in=())
    return usable.filter(mine | within(user, Ability.VIEW_ASSISTANT_LOG))


def get_thread_for(user: Visitor, public_id: str, *, to_write: bool = False) -> Thread:
    """The conversation, if ``user`` may read it; ``to_write``: only who began it.

    Raises ``NotFound`` when it is not there or not for this user, ``NotAllowed`` when the user may
    not use the assistant, or may only read.
    """
    known = Thread.objects.where(user, Ability.VIEW_CALLS)
    thread = known.select_related("business", "lead", "started_by").filter(public_id=public_id)
    found = thread.first()
    if found is None:
        raise NotFound("There is no such conversation, or not for you.")
    require(user, found.business_id, view=Ability.VIEW_CALLS, ability=Ability.USE_ASSISTANT)
    is_own = found.started_by_id == user.pk
    if not is_own and not has_ability(user, found.business_id, Ability.VIEW_ASSISTANT_LOG):
        raise NotFound("There is no such conversation, or not for you.")
    if to_write and not is_own:
        raise NotAllowed("Only who began a conversation writes in it.")
    return found


def get_message_for(user: Visitor, public_id: str) -> Message:
    """A message of a conversation that ``user`` may read; raises as :func:`get_thread_for` does."""
    message = Message.objects.select_related("thread").filter(public_id=public_id).first()
    if message is None:
        raise NotFound("There is no such message, or not for you.")
    message.thread = get_thread_for(user, message.thread.public_id)
    return message
