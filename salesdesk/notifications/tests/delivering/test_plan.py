"""To whom what goes over which channel, and when."""

from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest
from pytest_django import DjangoAssertNumQueries

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications import services
from salesdesk.notifications.enums import Channel, NotificationKind, Urgency
from salesdesk.notifications.models import Delivery, Notification, SlackAccount
from salesdesk.notifications.preferences import choose, set_reach
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.tests.vendors.slack import CHANNEL, SlackServer

Notify = Callable[..., Notification]
Only = Callable[..., None]
PHONE = "+14155550123"
NIGHT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
"""23:00 in New York, where the business is."""
MORNING = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def sent() -> set[tuple[str, str]]:
    return set(Delivery.objects.values_list("channel", "to"))


def test_a_new_lead_is_told_by_email_unless_chosen_otherwise(notify: Notify, rep: User) -> None:
    notify()

    assert sent() == {("email", rep.email)}


def test_only_the_chosen_channels_are_used(notify: Notify, rep: User, only: Only) -> None:
    set_reach(rep, phone=PHONE)
    only(Channel.SMS)
    notify()

    assert sent() == {("sms", PHONE)}


def test_who_has_no_number_gets_no_sms(notify: Notify, only: Only) -> None:
    only(Channel.SMS)
    notify()

    assert sent() == set()


def test_a_choice_holds_for_its_kind_only(notify: Notify, rep: User) -> None:
    choose(rep, {NotificationKind.SYSTEM_UPDATE: [Channel.EMAIL], NotificationKind.NEW_LEAD: []})
    notify()
    assert sent() == set()
    notify(kind=NotificationKind.SYSTEM_UPDATE)
    assert sent() == {("email", rep.email)}


def test_without_a_slack_app_nothing_goes_there(notify: Notify, only: Only) -> None:
    only(Channel.SLACK)
    notify()

    assert sent() == set()


def test_the_channel_in_slack_gets_one_message_for_all(
    notify: Notify, only: Only, rep: User, manager: User, slack_account: SlackAccount
) -> None:
    only(Channel.SLACK)
    notify(to=[rep, manager])

    [delivery] = Delivery.objects.all()
    assert (delivery.channel, delivery.to, delivery.user) == ("slack", CHANNEL, None)


def test_directly_everybody_gets_their_own(
    notify: Notify, only: Only, rep: User, manager: User, slack: SlackServer, business: Business
) -> None:
    accounts.connect(business, slack.credentials(), is_direct=True)
    only(Channel.SLACK)
    notify(to=[rep, manager])

    assert set(Delivery.objects.values_list("user", flat=True)) == {rep.pk, manager.pk}


def test_in_quiet_hours_messages_wait_and_the_list_does_not(notify: Notify, rep: User) -> None:
    set_reach(rep, quiet_from=time(21), quiet_until=time(7))
    told = notify(now=NIGHT)

    [delivery] = Delivery.objects.all()
    assert delivery.next_try == MORNING
    assert delivery.is_held
    assert told.is_unread


@pytest.mark.parametrize(("breaks", "at"), [(True, NIGHT), (False, MORNING)])
def test_what_is_urgent_may_break_through(
    notify: Notify, rep: User, breaks: bool, at: datetime
) -> None:
    set_reach(rep, quiet_from=time(21), quiet_until=time(7), urgent_breaks_through=breaks)
    notify(now=NIGHT, urgency=Urgency.HIGH)

    assert Delivery.objects.get().next_try == at


def test_quiet_hours_are_those_of_the_persons_own_zone(notify: Notify, rep: User) -> None:
    set_reach(rep, quiet_from=time(21), quiet_until=time(7), time_zone="Asia/Tokyo")
    notify(now=NIGHT)

    assert Delivery.objects.get().next_try == NIGHT


def test_a_channel_is_told_when_the_first_of_its_people_may_be(
    notify: Notify, only: Only, rep: User, manager: User, slack_account: SlackAccount
) -> None:
    only(Channel.SLACK)
    set_reach(rep, quiet_from=time(21), quiet_until=time(7))
    notify(to=[rep, manager], now=NIGHT)

    assert Delivery.objects.get().next_try == NIGHT


def test_many_people_take_few_queries(
    business: Business,
    rep: User,
    manager: User,
    admin_user: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [rep, manager, admin_user]
    with django_assert_max_num_queries(9):
        services.notify(business, kind=NotificationKind.NEW_LEAD, title="A lead", to=people)

    assert Delivery.objects.count() == 3
