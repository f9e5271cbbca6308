"""Who opens a WebSocket: by session cookie on pages, by JWT for programs."""

from typing import Any
from urllib.parse import parse_qs

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.middleware import BaseMiddleware
from channels.security.websocket import AllowedHostsOriginValidator
from django.contrib.auth.models import AnonymousUser
from rest_framework_simplejwt.exceptions import AuthenticationFailed, TokenError
from rest_framework_simplejwt.tokens import AccessToken

from salesdesk.accounts.models import User

SUBPROTOCOL = "bearer"


def SocketAuthentication(application: Any) -> Any:
    """Sets ``scope["user"]``.

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
        user = await database_sync_to_async(user_of_token)(token)
        return await self.inner({**scope, "user": user}, receive, send)


def token_of(scope: Any) -> str | None:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    scheme, _, value = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value
    protocols = scope.get("subprotocols", [])
    if len(protocols) == 2 and protocols[0] == SUBPROTOCOL:
        return str(protocols[1])
    query: str = scope["query_string"].decode("latin-1")
    return next(iter(parse_qs(query).get("token", ())), None)


def user_of_token(token: str) -> User | AnonymousUser:
    """The active user of a valid access token; anybody else is anonymous."""
    try:
        user_id = AccessToken(token)["user_id"]  # type: ignore[arg-type]  # accepts str
    except (TokenError, AuthenticationFailed, KeyError):
        return AnonymousUser()
    return User.objects.filter(pk=user_id, is_active=True).first() or AnonymousUser()
