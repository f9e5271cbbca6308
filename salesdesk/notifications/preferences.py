"""How a person wants to be told of what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications.delivering.quiet import quiet_until
from salesdesk.notifications.enums import Channel, NotificationKind, Urgency
from salesdesk.notifications.models import Preference, Reachability

Channels = frozenset[Channel]

NOWHERE_ELSE: Channels = frozenset()
DEFAULTS: Mapping[NotificationKind, Channels] = {
    NotificationKind.NEW_LEAD: frozenset({Channel.EMAIL, Channel.SLACK}),
    NotificationKind.LEAD_REPLIED: frozenset({Channel.EMAIL, Channel.SLACK}),
    NotificationKind.CALL_ESCALATED: frozenset({Channel.SLACK, Channel.SMS}),
    NotificationKind.BREACH: frozenset({Channel.EMAIL, Channel.SLACK}),
    NotificationKind.CALLBACK_DUE: frozenset({Channel.SLACK}),
    NotificationKind.APPOINTMENT: frozenset({Channel.EMAIL}),
    NotificationKind.COMPLIANCE_ISSUE: frozenset({Channel.EMAIL}),
    NotificationKind.QA_ALERT: frozenset({Channel.EMAIL}),
    NotificationKind.CAMPAIGN: frozenset({Channel.EMAIL}),
}
"""Where people are told besides the app until they choose; nowhere, of what is not named."""


def preferences_of(user: User) -> dict[NotificationKind, Channels]:
    """Every kind with its channels: the user's choice, or else the default."""
    chosen = dict(user.notification_preferences.values_list("kind", "channels"))
    return {kind: _channels(kind, chosen.get(kind)) for kind in NotificationKind}


def channels_by_user(users: Iterable[User], kind: NotificationKind) -> dict[int, Channels]:
    """For each user's key the channels for this kind, in one query."""
    keys = [user.pk for user in users]
    rows = Preference.objects.filter(user__in=keys, kind=kind)
    chosen = dict(rows.values_list("user_id", "channels"))
    return {key: _channels(kind, chosen.get(key)) for key in keys}


@transaction.atomic
def choose(user: User, channels: Mapping[NotificationKind, Iterable[Channel]]) -> None:
    """Tell the user of these kinds over these channels; other kinds stay as they are."""
    for kind, wanted in channels.items():
        values = {"channels": sorted({channel.value for channel in wanted})}
        Preference.objects.update_or_create(user=user, kind=kind, defaults=values)


# ---------------------------------------------------------------- hours and numbers


def reach_of(user: User) -> Reachability:
    """What the user has set, or what holds until they do (not saved)."""
    return Reachability.objects.filter(user=user).first() or Reachability(user=user)


def set_reach(user: User, **values: Any) -> Reachability:
    """Set what is given of phone, time_zone, quiet_from, quiet_until, urgent_breaks_through."""
    return Reachability.objects.update_or_create(user=user, defaults=values)[0]


def reach_by_user(users: Iterable[User]) -> dict[int, Reachability]:
    rows = Reachability.objects.filter(user__in=[user.pk for user in users])
    found = {row.user_id: row for row in rows}
    return {user.pk: found.get(user.pk) or Reachability(user=user) for user in users}


def may_be_told_at(
    reach: Reachability, business: Business, urgency: str, now: datetime
) -> datetime:
    """``now``, or the end of the quiet hours that it is in; what is urgent may break through."""
    if urgency == Urgency.HIGH and reach.urgent_breaks_through:
        return now
    zone = ZoneInfo(reach.time_zone) if reach.time_zone else business.tz
    return quiet_until(now, zone, reach.quiet_from, reach.quiet_until)


def _channels(kind: NotificationKind, chosen: list[str] | None) -> Channels:
    if chosen is None:
        return DEFAULTS.get(kind, NOWHERE_ELSE)
    return frozenset(Channel(name) for name in chosen)
