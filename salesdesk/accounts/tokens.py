"""JSON web tokens: a short one that opens the API, a long one that gets new short ones.

Both end when their user changes the password or is no longer active.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from salesdesk.accounts.models import User
from salesdesk.lib.errors import SalesdeskError


class InvalidTokenError(SalesdeskError):
    code = "token_not_valid"
    status = 401


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who an access token speaks for, and until when (UTC)."""

    user: User
    until: datetime


def issue_tokens(user: User) -> tuple[str, str]:
    """Access and refresh token."""
    refresh = RefreshToken.for_user(user)
    return str(refresh.access_token), str(refresh)


def refresh_access(refresh: str) -> str:
    """A new access token. Raises :class:`InvalidTokenError`."""
    token = _validated(RefreshToken, refresh)
    _user_of(token)
    return str(cast(RefreshToken, token).access_token)


def read_access(access: str) -> SignedIn:
    """Raises :class:`InvalidTokenError`."""
    token = _validated(AccessToken, access)
    return SignedIn(_user_of(token), datetime.fromtimestamp(token["exp"], UTC))


def access_seconds() -> int:
    return int(AccessToken.lifetime.total_seconds())


def _validated(kind: type[Token], text: str) -> Token:
    try:
        return kind(text)  # type: ignore[arg-type]  # annotated as Token, takes its text
    except TokenError as error:
        raise InvalidTokenError("This token is not valid or has expired.") from error


def _user_of(token: Token) -> User:
    try:
        return cast(User, JWTAuthentication().get_user(token))
    except (InvalidToken, AuthenticationFailed) as error:
        raise InvalidTokenError("This token's user may not sign in with it any more.") from error
