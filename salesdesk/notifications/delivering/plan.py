"""Which deliveries a notice makes, and putting deliveries on their way."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications.delivering import tasks
from salesdesk.notifications.enums import Channel, NotificationKind, Purpose
from salesdesk.notifications.models import Delivery, Notice, Reachability, SlackAccount
from salesdesk.notifications.preferences import channels_by_user, may_be_told_at, reach_by_user


def plan(notice: Notice, users: Sequence[User], now: datetime, *, urgency: str) -> list[Delivery]:
    """Tell these people over the channels that they have chosen, outside their quiet hours.

    A channel that is not set up, or on which somebody cannot be reached, gets nothing.
    """
    channels = channels_by_user(users, NotificationKind(notice.kind))
    reaches = reach_by_user(users)
    planner = _Planner(notice, now, urgency)
    planned: list[Delivery] = []
    for channel, add in (
        (Channel.EMAIL, planner.by_email),
        (Channel.SMS, planner.by_sms),
        (Channel.SLACK, planner.by_slack),
    ):
        wanting = [(each, reaches[each.pk]) for each in users if channel in channels[each.pk]]
        planned += add(wanting)
    return enqueue(planned)


def enqueue(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Store what is to be sent; what is due goes out after commit."""
    made = Delivery.objects.bulk_create(deliveries)
    now = timezone.now()
    for delivery in made:
        if delivery.next_try <= now:
            send_soon(delivery)
    return made


def send_soon(delivery: Delivery) -> None:
    """After commit. Without a broker it waits for :func:`resume_due`."""
    key = delivery.pk
    transaction.on_commit(lambda: tasks.deliver.delay(key), robust=True)


Reached = Sequence[tuple[User, Reachability]]


class _Planner:
    """The deliveries of one notice, by channel."""

    def __init__(self, notice: Notice, now: datetime, urgency: str) -> None:
        self.notice = notice
        self.business: Business = notice.business
        self.now = now
        self.urgency = urgency

    def by_email(self, people: Reached) -> list[Delivery]:
        return [
            self._made(Channel.EMAIL, user, user.email, self._at(reach)) for user, reach in people
        ]

    def by_sms(self, people: Reached) -> list[Delivery]:
        return [
            self._made(Channel.SMS, user, reach.phone, self._at(reach))
            for user, reach in people
            if reach.phone
        ]

    def by_slack(self, people: Reached) -> list[Delivery]:
        """One message each, or one for all in the channel: then when the first may be told."""
        account = SlackAccount.objects.filter(business=self.business).first()
        if account is None or not people:
            return []
        if account.is_direct:
            return [self._made(Channel.SLACK, user, "", self._at(reach)) for user, reach in people]
        if self.notice.deliveries.filter(channel=Channel.SLACK, user=None).exists():
            return []
        first = min(self._at(reach) for _, reach in people)
        return [self._made(Channel.SLACK, None, account.channel, first)]

    def _at(self, reach: Reachability) -> datetime:
        return may_be_told_at(reach, self.business, self.urgency, self.now)

    def _made(self, channel: Channel, user: User | None, to: str, at: datetime) -> Delivery:
        return Delivery(
            business=self.business,
            purpose=Purpose.NOTIFICATION,
            channel=channel,
            notice=self.notice,
            user=user,
            to=to,
            subject_type=self.notice.subject_type,
            subject_id=self.notice.subject_id,
            created_at=self.now,
            next_try=at,
        )
