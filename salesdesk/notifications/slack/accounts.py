"""A business's Slack app: its credentials, and talking to Slack with them.

Sources: docs.slack.dev/reference/methods (Web API) and
docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from django.conf import settings
from django.utils import timezone
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, ProviderError, SalesdeskError
from salesdesk.lib.secrets import decrypt, encrypt
from salesdesk.notifications.models import LONGEST_ERROR, SlackAccount

TIMEOUT_S = 8
SENTENCES = {
    "invalid_auth": "Slack does not accept the bot token.",
    "not_authed": "Slack does not accept the bot token.",
    "token_revoked": "The bot token has been revoked in Slack.",
    "token_expired": "The bot token has expired.",
    "account_inactive": "The Slack account of the bot token is no longer active.",
    "missing_scope": "The bot token lacks a scope: chat:write, users:read and users:read.email.",
    "channel_not_found": "Slack knows no such channel, or the bot cannot see it.",
    "not_in_channel": "The bot is not in the channel: invite it there.",
    "is_archived": "The channel is archived.",
    "users_not_found": "Nobody in Slack has this e-mail address.",
}
UNREACHED = (SlackClientError, HTTPException, OSError, ValueError)
PASSING = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error"}) | {
    "service_unavailable",
    "request_timeout",
}


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    bot_token: str = ""
    webhook_url: str = ""
    signing_secret: str = ""


# ---------------------------------------------------------------- what is stored


def connect(
    business: Business, credentials: Credentials, *, channel: str = "", is_direct: bool = False
) -> SlackAccount:
    """Store a Slack app in place of the one before; nothing is known of it until tested.

    Raises :class:`InvalidInput` where something is missing, or is not what it should be.
    """
    _refuse_unless_usable(credentials, channel, is_direct=is_direct)
    filled = {
        "bot_token": credentials.bot_token,
        "webhook_url": credentials.webhook_url,
        "signing_secret": credentials.signing_secret,
    }
    fresh = {
        "credentials": encrypt(json.dumps(filled)),
        "channel": channel,
        "is_direct": is_direct,
        "checked_at": None,
        "error": "",
    }
    return SlackAccount.objects.update_or_create(business=business, defaults=fresh)[0]


def disconnect(business: Business) -> None:
    """Forget the Slack app, and its credentials with it."""
    SlackAccount.objects.filter(business=business).delete()


def credentials_of(account: SlackAccount) -> Credentials:
    """Raises :class:`NotConfigured` when they cannot be read."""
    return Credentials(**json.loads(decrypt(account.credentials)))


def note_check(account: SlackAccount, error: SalesdeskError | None) -> None:
    """Remember when Slack was last asked, and what was wrong."""
    account.checked_at = timezone.now()
    account.error = error.message[:LONGEST_ERROR] if error else ""
    account.save(update_fields=["checked_at", "error"])


def _refuse_unless_usable(credentials: Credentials, channel: str, *, is_direct: bool) -> None:
    if bool(credentials.bot_token) == bool(credentials.webhook_url):
        raise InvalidInput("Give either a bot token or the URL of an incoming webhook.")
    if credentials.webhook_url and not credentials.webhook_url.startswith(settings.SLACK_HOOKS_URL):
        raise InvalidInput(f"A webhook's URL begins with {settings.SLACK_HOOKS_URL}.")
    if credentials.webhook_url and is_direct:
        raise InvalidInput("A webhook has one channel: to write to people, give a bot token.")
    if credentials.bot_token and not credentials.bot_token.startswith("xoxb-"):
        raise InvalidInput("A bot token begins with xoxb-.")
    if credentials.bot_token and not is_direct and not channel:
        raise InvalidInput("Give the channel that messages go to, or write to people directly.")


# ---------------------------------------------------------------- talking to Slack


def call(credentials: Credentials, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A writing method of the Web API. Raises :class:`ProviderError`."""
    return _asked(credentials, method, json=dict(arguments))


def ask(credentials: Credentials, method: str, **arguments: str) -> dict[str, Any]:
    """A reading method, which takes no JSON. Raises :class:`ProviderError`."""
    return _asked(credentials, method, params=arguments)


def _asked(credentials: Credentials, method: str, **how: Any) -> dict[str, Any]:
    """Without retries of the package's own: ours are seen, and do not post twice at once."""
    client = WebClient(
        credentials.bot_token, settings.SLACK_API_URL, timeout=TIMEOUT_S, retry_handlers=[]
    )
    try:
        data = client.api_call(method, **how).data
    except SlackApiError as error:
        raise _of_answer(error) from error
    except UNREACHED as error:
        raise ProviderError("Slack could not be reached.", retryable=True) from error
    return data if isinstance(data, dict) else {}


def post_to_hook(url: str, body: Mapping[str, Any]) -> None:
    """A message to an incoming webhook, or to the response URL of an interaction.

    Raises :class:`ProviderError`, also for a URL that is not Slack's.
    """
    if not url.startswith(settings.SLACK_HOOKS_URL):
        raise ProviderError("This is no address of Slack.", retryable=False)
    try:
        answer = WebhookClient(url, timeout=TIMEOUT_S, retry_handlers=[]).send_dict(dict(body))
    except UNREACHED as error:
        raise ProviderError("Slack could not be reached.", retryable=True) from error
    if answer.status_code == 429 or answer.status_code >= 500:
        raise ProviderError("Slack is out of order at the moment.", retryable=True)
    if answer.status_code != 200:
        raise ProviderError(_sentence(answer.body[:60]), retryable=False)


def _of_answer(error: SlackApiError) -> ProviderError:
    status = getattr(error.response, "status_code", 200)
    data = getattr(error.response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if code in PASSING or status == 429 or status >= 500:
        return ProviderError("Slack is out of order at the moment.", retryable=True)
    return ProviderError(_sentence(code), retryable=False)


def _sentence(code: str) -> str:
    known = SENTENCES.get(code)
    if known:
        return known
    is_code = code.replace("_", "").isalnum() and len(code) < 50
    return f"Slack refused the message ({code})." if is_code else "Slack refused the message."
