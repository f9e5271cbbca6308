"""Twilio's own package, set up from the settings: calls and messages go through one client.

Its types stop at the adapters that use it.
"""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from salesdesk.lib.errors import NotConfigured

TIMEOUT_SECONDS = 10


def twilio_client() -> Client:
    """Raises :class:`NotConfigured` without an account's credentials."""
    sid, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    if not (sid and token):
        raise NotConfigured(
            "Twilio is not set up: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are missing."
        )
    return _client(sid, token, settings.TWILIO_API_BASE_URL)


@lru_cache(maxsize=4)
def _client(sid: str, token: str, base_url: str) -> Client:
    client = Client(sid, token, http_client=TwilioHttpClient(timeout=TIMEOUT_SECONDS))
    if base_url:
        client.api.base_url = base_url
    return client


def is_request_of_twilio(request: HttpRequest) -> bool:
    """Whether a POST request, with its whole URL and body, is signed by our account's token."""
    return is_signed_by_twilio(*signed_parts(request))


def signed_parts(request: HttpRequest) -> tuple[str, dict[str, str], str]:
    """What of a POST request is signed, its whole URL and its parameters, and the signature."""
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    parameters = {key: request.POST[key] for key in request.POST}
    return url, parameters, request.headers.get("X-Twilio-Signature", "")


def is_signed_by_twilio(url: str, parameters: dict[str, str], signature: str) -> bool:
    """Source: twilio.com/docs/usage/webhooks/webhooks-security. ``url`` is the whole of it."""
    if not settings.TWILIO_AUTH_TOKEN:
        return False
    return bool(RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(url, parameters, signature))
