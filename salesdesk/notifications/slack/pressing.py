"""A press of a button in Slack: what it says, whether Slack sent it, and what it does.

Sources: docs.slack.dev/reference/interaction-payloads/block_actions-payload and
docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs

from django.core.cache import cache
from slack_sdk.signature import SignatureVerifier

from salesdesk.accounts.models import User
from salesdesk.lib.errors import NotAllowed, NotConfigured, SalesdeskError
from salesdesk.notifications import services
from salesdesk.notifications.enums import SNOOZE, Via
from salesdesk.notifications.models import Notification, SlackAccount
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.slack.blocks import ACTION_PREFIX, OPEN
from salesdesk.notifications.slack.marking import tell_privately

LONGEST = 200
REMEMBERED_S = 600
"""Longer than a signature is accepted (five minutes either way)."""
STRANGER = "Your e-mail address in Slack is not that of anybody who was told of this."
DONE = "Done."
SNOOZED = "Put off; you are told again in a quarter of an hour."


@dataclass(frozen=True, slots=True)
class Press:
    notice_id: str
    action: str
    slack_user: str
    response_url: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def read_press(body: bytes) -> Press | None:
    """The press that a request tells of; nothing for anything else. Not to be believed yet."""
    try:
        payload = json.loads(parse_qs(body.decode())["payload"][0])
    except (ValueError, KeyError, RecursionError):
        return None
    actions = payload.get("actions") if isinstance(payload, dict) else None
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], dict):
        return None
    user = payload.get("user")
    return Press(
        notice_id=_text(actions[0], "value"),
        action=_text(actions[0], "action_id").removeprefix(ACTION_PREFIX),
        slack_user=_text(user if isinstance(user, dict) else {}, "id"),
        response_url=_text(payload, "response_url", 500),
    )


def account_behind(press: Press) -> SlackAccount | None:
    """Whose signing secret the request must be signed with."""
    about = SlackAccount.objects.filter(business__notices__public_id=press.notice_id)
    return about.select_related("business").first()


def is_from_slack(account: SlackAccount, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the request is signed with the account's secret, less than five minutes ago, and
    has not come before."""
    try:
        secret = accounts.credentials_of(account).signing_secret
    except NotConfigured:
        return False
    signature = headers.get("X-Slack-Signature", "")
    moment = headers.get("X-Slack-Request-Timestamp", "")
    if not secret or not moment.isdecimal():
        return False
    if not SignatureVerifier(secret).is_valid(body, moment, signature):
        return False
    return bool(cache.add(f"slack:{signature}", 1, REMEMBERED_S))


def act(press: Press) -> None:
    """Answer as the person who pressed; they are told in Slack what came of it.

    Slack tells of a button that only opens a page, too.
    """
    account = account_behind(press)
    if account is None or press.action == OPEN:
        return
    try:
        notification = _copy_of(account, press)
        services.answer(notification, press.action, via=Via.SLACK)
    except SalesdeskError as refusal:
        tell_privately(press.response_url, refusal.message)
        return
    tell_privately(press.response_url, SNOOZED if press.action == SNOOZE else DONE)


def _copy_of(account: SlackAccount, press: Press) -> Notification:
    """Raises :class:`NotAllowed` for who was not told."""
    email = _email_of(account, press.slack_user)
    user = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
    mine = Notification.objects.of(user).with_notices() if user else Notification.objects.none()
    found = mine.filter(notice__public_id=press.notice_id, notice__business=account.business_id)
    notification = found.first()
    if notification is None:
        raise NotAllowed(STRANGER)
    return notification


def _email_of(account: SlackAccount, slack_user: str) -> str:
    """Empty for somebody of another workspace, whose admins may write any address there.

    Raises :class:`~salesdesk.lib.errors.ProviderError`.
    """
    credentials = accounts.credentials_of(account)
    person = accounts.ask(credentials, "users.info", user=slack_user).get("user", {})
    ours = accounts.call(credentials, "auth.test", {}).get("team_id")
    if person.get("team_id") != ours or person.get("deleted"):
        return ""
    return str(person.get("profile", {}).get("email", ""))


def _text(values: Mapping[str, Any], name: str, longest: int = LONGEST) -> str:
    value = values.get(name)
    return value.replace("\0", "")[:longest] if isinstance(value, str) else ""
