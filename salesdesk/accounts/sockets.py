"""Who opens a WebSocket: by session cookie on pages, by JWT for programs."""

from importlib import import_module
from typing import Any, cast
from urllib.parse import parse_qs

from channels.auth import AuthMiddlewareStack, get_user
from channels.db import database_sync_to_async
from channels.middleware import BaseMiddleware
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from salesdesk.accounts.permissions import Visitor
from salesdesk.accounts.tokens import InvalidTokenError, SignedIn, read_access

SUBPROTOCOL = "bearer"


def SocketAuthentication(application: Any) -> Any:
    """Sets ``scope["user"]``, and with a valid token ``scope["signed_in_until"]`` (UTC).

    A JWT comes in the `Authorization: Bearer` header, as the subprotocols `bearer, <token>`
    (all that a browser can send), or as `?token=`. Without one the session decides, and then
    only from a page of this site: the `Origin` must be an allowed host.
    """
    by_session = AllowedHostsOriginValidator(AuthMiddlewareStack(application))
    return TokenOrSession(application, by_session)


class TokenOrSession(BaseMiddleware):  # type: ignore[misc]  # channels has no types
    def __init__(self, inner: Any, by_session: Any) -> None:
        super().__init__(inner)
        self.by_session = by_session

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        token = token_of(scope)
        if token is None:
            return await self.by_session(scope, receive, send)
        signed_in = await database_sync_to_async(_read)(token)
        who: dict[str, Any] = {"user": AnonymousUser()}
        if signed_in is not None:
            who = {"user": signed_in.user, "signed_in_until": signed_in.until, "token": token}
        return await self.inner({**scope, **who}, receive, send)


def token_of(scope: Any) -> str | None:
    headers = dict(scope["headers"])
    authorization: str = headers.get(b"authorization", b"").decode("latin-1")
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer" and value:
        return value
    protocols = scope.get("subprotocols", [])
    if len(protocols) == 2 and protocols[0] == SUBPROTOCOL:
        return str(protocols[1])
    query: str = scope["query_string"].decode("latin-1")
    tokens = parse_qs(query).get("token")
    return tokens[0] if tokens else None


async def user_now(scope: Any) -> Visitor:
    """Who the socket speaks for at this moment: nobody when token, session or user ended."""
    if "token" in scope:
        signed_in = await database_sync_to_async(_read)(scope["token"])
        return signed_in.user if signed_in else AnonymousUser()
    if "session" not in scope:
        return AnonymousUser()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return cast(Visitor, await get_user({"session": store(scope["session"].session_key)}))


def _read(token: str) -> SignedIn | None:
    try:
        return read_access(token)
    except InvalidTokenError:
        return None
