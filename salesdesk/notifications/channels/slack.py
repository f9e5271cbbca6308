"""Notices in Slack: in the business's channel, or to each person by their e-mail address."""

from typing import Any

from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.notifications.enums import SNOOZE, Purpose, Urgency
from salesdesk.notifications.models import Delivery, Notice, SlackAccount
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.slack.blocks import Card, message_of
from salesdesk.notifications.wording import page_address, text_of


class Slack:
    def send(self, delivery: Delivery) -> str:
        """The reference is ``channel:timestamp``, Slack's name of a message; of a webhook none."""
        account = SlackAccount.objects.filter(business=delivery.business_id).first()
        if account is None:
            raise NotConfigured("Slack is not connected.")
        try:
            reference = _post(account, delivery)
        except ProviderError as error:
            accounts.note_check(account, error)
            raise
        accounts.note_check(account, None)
        return reference


def _post(account: SlackAccount, delivery: Delivery) -> str:
    credentials = accounts.credentials_of(account)
    message = _message(delivery, takes_answers=_takes_answers(credentials))
    if credentials.webhook_url:
        accounts.post_to_hook(credentials.webhook_url, message)
        return ""
    place = _place(account, credentials, delivery)
    answer = accounts.call(credentials, "chat.postMessage", {"channel": place, **message})
    return f"{answer.get('channel', place)}:{answer.get('ts', '')}"


def update(delivery: Delivery, account: SlackAccount) -> None:
    """Show on a message what has become of its notice. Raises :class:`ProviderError`."""
    channel, _, timestamp = delivery.reference.partition(":")
    if not timestamp:
        return
    arguments = {"channel": channel, "ts": timestamp, **_message(delivery, takes_answers=True)}
    accounts.call(accounts.credentials_of(account), "chat.update", arguments)


def card_of(notice: Notice, *, takes_answers: bool) -> Card:
    buttons = [(each["key"], each["label"]) for each in notice.actions] if takes_answers else []
    if buttons and all(key != SNOOZE for key, _ in buttons):
        buttons.append((SNOOZE, "Snooze"))
    return Card(
        notice_id=notice.public_id,
        title=notice.title,
        body=notice.body,
        address=page_address(notice),
        business=notice.business.name,
        is_urgent=notice.urgency == Urgency.HIGH,
        buttons=buttons,
        settled=f"{notice.answer_label}: {notice.answered_by}" if notice.answered_at else "",
    )


def _takes_answers(credentials: accounts.Credentials) -> bool:
    """Answers must be signed, and whoever gives them known by the bot."""
    return bool(credentials.bot_token and credentials.signing_secret)


def _message(delivery: Delivery, *, takes_answers: bool) -> dict[str, Any]:
    if delivery.notice is None or delivery.purpose == Purpose.TEST:
        return {"text": text_of(delivery)}
    return message_of(card_of(delivery.notice, takes_answers=takes_answers))


def _place(account: SlackAccount, credentials: accounts.Credentials, delivery: Delivery) -> str:
    if not (account.is_direct and delivery.user):
        return account.channel
    found = accounts.ask(credentials, "users.lookupByEmail", email=delivery.user.email)
    return str(found["user"]["id"])
