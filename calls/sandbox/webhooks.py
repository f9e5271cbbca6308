"""Twilio's signed requests to the product: TwiML, actions, media, callbacks.

Source of the signature: twilio.com/docs/usage/webhooks/webhooks-security.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout
from twilio.request_validator import RequestValidator
from yarl import URL

from calls.sandbox.notifications import CallError, Problem

SIGNATURE_HEADER = "X-Twilio-Signature"
USER_AGENT = "TwilioProxy/1.1"
DEFAULT_TIMEOUT_S = 15.0

_TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True, slots=True)
class Reply:
    content_type: str
    body: bytes


class Webhooks:
    """Everything the carrier asks the product over HTTP, within Twilio's 15 seconds."""

    def __init__(
        self, session: ClientSession, auth_token: str, *, timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> None:
        self._session = session
        self._validator = RequestValidator(auth_token)
        self._timeout = ClientTimeout(total=timeout_s)

    def signature(self, url: str, params: Mapping[str, str] | None = None) -> str:
        return str(self._validator.compute_signature(url, dict(params or {})))

    async def twiml(self, url: str, method: str, params: Mapping[str, str]) -> str:
        """The document at ``url``. Raises :class:`CallError` when there is none."""
        reply = await self.request(url, method, params)
        if reply.content_type not in _TWIML_TYPES:
            raise CallError(
                Problem.CONTENT_TYPE,
                f"Invalid Content-Type: {reply.content_type or 'none'}.",
                url=url,
                method=method,
            )
        return reply.body.decode("utf-8", errors="replace")

    async def media(self, url: str) -> bytes:
        """A file to play. Raises :class:`CallError`."""
        return (await self.request(url, "GET", {})).body

    async def request(self, url: str, method: str, params: Mapping[str, str]) -> Reply:
        """One signed request. Raises :class:`CallError` for no answer and for any but a 2xx."""
        _refuse_unless_absolute(url)
        if method == "GET":
            url, params = _with_query(url, params), {}
        headers = {SIGNATURE_HEADER: self.signature(url, params), "User-Agent": USER_AGENT}
        data = params if method == "POST" else None
        try:
            async with self._session.request(
                method, URL(url, encoded=True), data=data, headers=headers, timeout=self._timeout
            ) as response:
                reply = Reply(response.content_type, await response.read())
        except (ClientError, TimeoutError) as error:
            message = f"The server could not be reached ({type(error).__name__})."
            raise CallError(Problem.HTTP_CONNECTION, message, url=url, method=method) from None
        if not 200 <= response.status < 300:
            message = f"The server answered with HTTP status {response.status}."
            raise CallError(Problem.HTTP_RETRIEVAL, message, url=url, method=method)
        return reply


def _with_query(url: str, params: Mapping[str, str]) -> str:
    if not params:
        return url
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(params)}"


def _refuse_unless_absolute(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise CallError(Problem.INVALID_URL, "Invalid URL format.", url=url)
