"""Sign-in without pages: password, second factor and password reset for the API.

The rules are allauth's, so that pages and API agree on them: which address counts as confirmed,
how often a password or a code may be wrong, which mail is sent, which passwords are too weak.
Its pages keep what happened in the session; a program has none, so nothing is stored there.
"""

from typing import cast

from allauth.account import app_settings as account_settings
from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm, UserTokenForm
from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from allauth.account.utils import has_verified_email
from allauth.core import ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import update_last_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from salesdesk.accounts.models import User
from salesdesk.lib.errors import InvalidInput, NotAllowed, SalesdeskError, TooMany

TOO_MANY = "too_many_login_attempts"
ATTEMPTS_COUNT_FOR = 300
RESETS_COUNT_FOR = 60


class NotSignedIn(SalesdeskError):
    code = "wrong_credentials"
    status = 401


class SecondFactorRequired(NotSignedIn):
    code = "second_factor_required"


class WrongCode(NotSignedIn):
    code = "wrong_code"


class EmailNotVerified(NotAllowed):
    code = "email_not_verified"


class WeakPassword(InvalidInput):
    """``messages`` says all that is wrong with the password."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def sign_in(request: HttpRequest, *, email: str, password: str, code: str = "") -> User:
    """The user whose password, and second factor if there is one, these are.

    Raises :class:`NotSignedIn` (the same for an unknown address, a wrong password and a user who
    is not active), :class:`SecondFactorRequired`, :class:`WrongCode`, :class:`EmailNotVerified`
    and ``TooMany``.
    """
    user = _user_with_password(request, email, password)
    _require_second_factor(user, code)
    if account_settings.EMAIL_VERIFICATION == "mandatory" and not has_verified_email(user):
        raise EmailNotVerified(
            "Confirm your e-mail address first: sign in on the website to get the message again."
        )
    update_last_login(User, user)
    return user


def _user_with_password(request: HttpRequest, email: str, password: str) -> User:
    try:
        user = get_adapter().authenticate(request, email=email, password=password)
    except ValidationError as error:
        raise _too_many() from error
    if user is None or not user.is_active:
        raise NotSignedIn("The e-mail address or the password is wrong.")
    return cast(User, user)


def _require_second_factor(user: User, code: str) -> None:
    if not is_mfa_enabled(user):
        return
    if not code:
        raise SecondFactorRequired("Give the code of your authenticator app, or a recovery code.")
    form = AuthenticateForm(user=user, data={"code": code})
    if form.is_valid():
        form.authenticator.record_usage()
        return
    if form.has_error("code", TOO_MANY):
        raise _too_many()
    raise WrongCode("The code is wrong or was used already.")


def _too_many() -> TooMany:
    return TooMany(
        "Too many failed attempts. Try again in five minutes.", retry_after=ATTEMPTS_COUNT_FOR
    )


# ---------------------------------------------------------------- a forgotten password


def send_password_reset(request: HttpRequest, *, email: str) -> None:
    """Send the mail that lets its reader set a new password.

    An address that nobody has gets a mail that says so: the answer tells nothing to who asks.
    Raises ``TooMany``.
    """
    if not ratelimit.consume(request, action="reset_password", key=email.lower()):
        raise TooMany(
            "Too many requests for this address. Try again in a minute.",
            retry_after=RESETS_COUNT_FOR,
        )
    form = ResetPasswordForm(data={"email": email})
    if not form.is_valid():
        raise InvalidInput("This is not an e-mail address.")
    form.save(request)


def reset_password(request: HttpRequest, *, token: str, password: str) -> None:
    """Set a new password with the ``uid-key`` token of the mail, which works once.

    Tokens of the API and sessions that were made with the old password end. Raises
    ``InvalidInput`` for a wrong or old token and :class:`WeakPassword`.
    """
    user = _user_of_reset_token(token)
    form = ResetPasswordKeyForm(user=user, data={"password1": password, "password2": password})
    if not form.is_valid():
        raise WeakPassword([message for errors in form.errors.values() for message in errors])
    form.save()
    _forget_failed_attempts(request, user)
    password_reset.send(sender=User, request=request, user=user)
    get_adapter().send_notification_mail("account/email/password_reset", user)


def _user_of_reset_token(token: str) -> User:
    uid, _, key = token.partition("-")
    form = UserTokenForm(data={"uidb36": uid, "key": key})
    if not form.is_valid() or not form.reset_user.is_active:
        raise InvalidInput("This link was used already or has expired. Ask for a new one.")
    return cast(User, form.reset_user)


def _forget_failed_attempts(request: HttpRequest, user: User) -> None:
    adapter = get_adapter()
    for address in EmailAddress.objects.filter(user=user):
        # The page's way to do this ends in the session; this step has no public name.
        adapter._delete_login_attempts_cached_email(request, email=address.email)
