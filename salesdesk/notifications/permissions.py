"""Loaders: what a view about notifications begins with. Everybody has their own only."""

from django.db.models import QuerySet

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import Visitor, require, within
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound
from salesdesk.notifications.models import Delivery, Notification, NotificationQuerySet


def notifications_of(user: Visitor) -> NotificationQuerySet:
    """The user's own, with what a list shows of them."""
    if not isinstance(user, User) or not user.is_active:
        return Notification.objects.none()
    return Notification.objects.of(user).with_notices().newest_first()


def get_notification_for(user: Visitor, public_id: str) -> Notification:
    """Raises ``NotFound`` when it is not there, or somebody else's."""
    notification = notifications_of(user).filter(public_id=public_id).first()
    if notification is None:
        raise NotFound("There is no such notification, or not for you.")
    return notification


def configurable(user: Visitor) -> QuerySet[Business]:
    """The businesses whose channels the user may set up."""
    return Business.objects.where(user, Ability.CONFIGURE).order_by("name", "pk")


def get_business_to_configure(user: Visitor, public_id: str = "") -> Business:
    """The business with this id, or the first. Raises ``NotFound`` or ``NotAllowed``."""
    known = Business.objects.filter(within(user, Ability.VIEW_CALLS, "pk")).order_by("name", "pk")
    chosen = known.filter(public_id=public_id) if public_id else configurable(user)
    business = chosen.first() or (None if public_id else known.first())
    if business is None:
        raise NotFound("There is no such business, or not for you.")
    require(user, business.pk, view=Ability.VIEW_CALLS, ability=Ability.CONFIGURE)
    return business


def get_delivery_to_configure(user: Visitor, public_id: str) -> Delivery:
    """Any delivery of a business whose channels the user sets up. Raises ``NotFound``."""
    found = Delivery.objects.filter(within(user, Ability.CONFIGURE), public_id=public_id)
    delivery = found.select_related("business", "user", "notice").first()
    if delivery is None:
        raise NotFound("There is no such delivery, or not for you.")
    return delivery


def deliveries_of(user: User) -> QuerySet[Delivery]:
    """What was sent to the user, or could not be, the newest first."""
    mine = Delivery.objects.filter(user=user)
    return mine.select_related("business", "notice").order_by("-created_at", "-pk")
