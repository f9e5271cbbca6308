"""Loaders of the pages of appointments, so that none can forget who looks."""

from django.db.models import QuerySet

from leads.models import Calendar, CalendarFeed
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound


def businesses_where(user: Visitor, ability: Ability) -> QuerySet[Business]:
    return Business.objects.where(user, ability).order_by("name", "pk")


def get_business_for(
    user: Visitor, business_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Business:
    """The business whose appointments are meant; without ``business_id``, the user's first.

    Raises ``NotFound`` for who may not view them, ``NotAllowed`` for who may only look.
    """
    known = businesses_where(user, Ability.VIEW_LEADS)
    business = (known.filter(public_id=business_id) if business_id else known).first()
    if business is None:
        raise NotFound("There is no such business, or not for you.")
    require(user, business.pk, view=Ability.VIEW_LEADS, ability=ability)
    return business


def get_calendar_for(user: Visitor, public_id: str) -> Calendar:
    """The calendar, to be looked after; raises as :func:`get_business_for` does."""
    businesses = businesses_where(user, Ability.VIEW_LEADS).order_by()
    known = Calendar.objects.filter(business__in=businesses).select_related("business", "user")
    calendar = known.filter(public_id=public_id).first()
    if calendar is None:
        raise NotFound("There is no such calendar, or not for you.")
    managed = Ability.MANAGE_CALENDARS
    require(user, calendar.business_id, view=Ability.VIEW_LEADS, ability=managed)
    return calendar


def get_feed_for(user: Visitor, public_id: str, key: int) -> CalendarFeed:
    """A secret address of the calendar; raises as :func:`get_business_for` does."""
    calendar = get_calendar_for(user, public_id)
    feed = calendar.feeds.filter(pk=key).first()
    if feed is None:
        raise NotFound("There is no such address any more.")
    return feed
