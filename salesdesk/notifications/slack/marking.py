"""What Slack's messages show once their notice has been answered: by whom, and no buttons."""

import logging

from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.notifications.channels.slack import update
from salesdesk.notifications.enums import Channel
from salesdesk.notifications.models import Delivery, Notice, SlackAccount
from salesdesk.notifications.slack import accounts

log = logging.getLogger(__name__)


def mark(notice_id: int) -> None:
    """On all messages of the notice; one that Slack refuses is left as it was."""
    notice = Notice.objects.select_related("business", "answered_by").filter(pk=notice_id).first()
    account = SlackAccount.objects.filter(business__notices=notice_id).first()
    if notice is None or account is None:
        log.info("an answered notice, or its Slack app, is gone")
        return
    for delivery in notice.deliveries.filter(channel=Channel.SLACK).exclude(reference=""):
        delivery.notice = notice
        _mark_one(delivery, account)


def _mark_one(delivery: Delivery, account: SlackAccount) -> None:
    try:
        update(delivery, account)
    except (ProviderError, NotConfigured):
        extra = {"delivery": delivery.public_id}
        log.warning("a message in Slack still shows its buttons", extra=extra)


def tell_privately(response_url: str, sentence: str) -> None:
    """To the person alone who pressed a button."""
    body = {"response_type": "ephemeral", "replace_original": False, "text": sentence}
    try:
        accounts.post_to_hook(response_url, body)
    except ProviderError:
        log.warning("somebody in Slack was not told what became of their press of a button")
