"""Signing in through the pages, from the first mail to the second factor."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from salesdesk.accounts.models import User
from salesdesk.accounts.tests.authenticator import app_code
from salesdesk.accounts.tests.conftest import PASSWORD

NEW_PASSWORD = "staple of another kind"
LOGIN = "/accounts/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client()


def get(browser: Client, path: str, **options: Any) -> Any:
    return browser.get(path, **options)


def post(browser: Client, path: str, values: dict[str, str] | None = None) -> Any:
    return browser.post(path, values)


def sign_in(browser: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return post(browser, LOGIN, {"login": email, "password": password, **more})


def prove(browser: Client) -> None:
    """Give the password again, as delicate pages ask."""
    assert post(browser, "/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def user_of(browser: Client) -> Any:
    """Who is signed in, or an anonymous user."""
    request: Any = type("Request", (), {"session": browser.session})
    return get_user(request)


def link_in(mail: EmailMessage) -> str:
    """The path of the link in a mail."""
    found = re.search(r"http://[^/\s]+(/accounts/\S+)", str(mail.body))
    assert found, mail.body
    return found[1]


def errors_in(response: Any) -> dict[str, list[str]]:
    return {field: list(errors) for field, errors in response.context["form"].errors.items()}


# ---------------------------------------------------------------- in and out


def test_a_password_signs_in(mary: User, browser: Client) -> None:
    assert b'name="login"' in get(browser, LOGIN).content

    response = sign_in(browser, mary.email.upper())

    assert (response.status_code, response.url) == (302, "/")
    assert user_of(browser) == mary


def test_a_wrong_password_stays_outside(mary: User, browser: Client) -> None:
    wrong = sign_in(browser, mary.email, "wrong")
    unknown = sign_in(browser, "nobody@example.com")

    assert errors_in(wrong) == errors_in(unknown) != {}
    assert user_of(browser).is_anonymous


@pytest.mark.parametrize(
    ("asked", "led"),
    [("/calls/", "/calls/"), ("https://evil.example/", "/"), ("//evil.example/", "/")],
)
def test_after_signing_in_one_is_where_one_wanted_to_be(
    asked: str, led: str, mary: User, browser: Client
) -> None:
    assert sign_in(browser, mary.email, next=asked).url == led


def test_signing_out_takes_a_click(mary: User, browser: Client) -> None:
    sign_in(browser, mary.email)

    assert get(browser, "/accounts/logout/").status_code == 200
    assert user_of(browser) == mary
    post(browser, "/accounts/logout/")
    assert user_of(browser).is_anonymous


def test_an_inactive_user_stays_outside(mary: User, browser: Client) -> None:
    User.objects.filter(pk=mary.pk).update(is_active=False)

    assert sign_in(browser, mary.email).url == "/accounts/inactive/"
    assert get(browser, "/accounts/inactive/").status_code == 200
    assert user_of(browser).is_anonymous


def test_a_form_from_elsewhere_is_refused(mary: User) -> None:
    browser = Client(enforce_csrf_checks=True)

    assert sign_in(browser, mary.email).status_code == 403
    assert user_of(browser).is_anonymous


# ---------------------------------------------------------------- an account of one's own


def test_nobody_signs_up_unless_that_is_allowed(browser: Client) -> None:
    body = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}

    post(browser, "/accounts/signup/", body)

    assert not User.objects.filter(email="new@example.com").exists()


def test_a_new_account_confirms_its_address_first(
    browser: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.OPEN_SIGNUP = True
    body = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}

    signed_up = post(browser, "/accounts/signup/", body)
    assert signed_up.url == "/accounts/confirm-email/"
    assert get(browser, signed_up.url).status_code == 200
    assert sign_in(Client(), "new@example.com").url == "/accounts/confirm-email/"
    assert user_of(browser).is_anonymous

    link = link_in(mailoutbox[0])
    assert get(browser, link).status_code == 200
    assert not EmailAddress.objects.get().verified
    post(browser, link)

    assert EmailAddress.objects.get().verified
    other = Client()
    assert sign_in(other, "new@example.com").url == "/"
    assert user_of(other).email == "new@example.com"


def test_a_new_address_is_confirmed_before_it_counts(
    mary: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(browser, mary.email)
    prove(browser)

    post(browser, "/accounts/email/", {"action_add": "", "email": "mary@new.example.com"})
    post(browser, link_in(mailoutbox[0]))

    assert mailoutbox[0].to == ["mary@new.example.com"]
    address = EmailAddress.objects.get(email="mary@new.example.com")
    assert (address.user_id, address.verified) == (mary.pk, True)


# ---------------------------------------------------------------- passwords


def test_a_forgotten_password_is_set_anew(
    mary: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    asked = post(browser, "/accounts/password/reset/", {"email": mary.email})
    assert asked.url == "/accounts/password/reset/done/"
    assert get(browser, asked.url).status_code == 200

    form = get(browser, link_in(mailoutbox[0]), follow=True)
    address = form.redirect_chain[-1][0]
    weak = post(browser, address, {"password1": "short", "password2": "short"})
    assert errors_in(weak)
    done = post(browser, address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert done.url == "/accounts/password/reset/key/done/"
    assert get(browser, done.url).status_code == 200
    assert sign_in(Client(), mary.email, NEW_PASSWORD).url == "/"
    assert errors_in(sign_in(Client(), mary.email))
    again = get(Client(), link_in(mailoutbox[0]), follow=True)
    assert b'name="password1"' not in again.content


def test_changing_the_password_ends_other_sessions(mary: User, browser: Client) -> None:
    elsewhere = Client()
    sign_in(browser, mary.email)
    sign_in(elsewhere, mary.email)

    post(
        browser,
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )

    assert user_of(browser) == mary
    assert user_of(elsewhere).is_anonymous


# ---------------------------------------------------------------- second factor


def test_the_password_is_asked_again_before_the_app_is_set_up(mary: User, browser: Client) -> None:
    sign_in(browser, mary.email)
    page = "/accounts/2fa/totp/activate/"

    asked = get(browser, page)
    assert asked.url.startswith("/accounts/reauthenticate/")
    wrong = post(browser, asked.url, {"password": "wrong"})
    assert "password" in errors_in(wrong)
    assert get(browser, page).status_code == 302
    assert post(browser, asked.url, {"password": PASSWORD}).url == page
    assert get(browser, page).status_code == 200


@pytest.fixture
def careful(mary: User, browser: Client) -> tuple[Client, str, list[str]]:
    """Mary's browser, her app's secret and her recovery codes, as the pages gave them to her."""
    sign_in(browser, mary.email)
    prove(browser)
    secret = get(browser, "/accounts/2fa/totp/activate/").context["form"].secret
    activated = post(browser, "/accounts/2fa/totp/activate/", {"code": app_code(secret)})
    assert activated.status_code == 302
    codes = get(browser, "/accounts/2fa/recovery-codes/").context["unused_codes"]
    return browser, secret, codes


def test_a_wrong_code_does_not_activate_the_app(mary: User, browser: Client) -> None:
    sign_in(browser, mary.email)
    prove(browser)
    page = get(browser, "/accounts/2fa/totp/activate/")

    response = post(browser, "/accounts/2fa/totp/activate/", {"code": "000000"})

    assert b"<svg" in page.content
    assert "code" in errors_in(response)
    assert sign_in(Client(), mary.email).url == "/"


def test_with_an_app_the_password_is_not_enough(
    mary: User, careful: tuple[Client, str, list[str]]
) -> None:
    _, _, codes = careful
    browser = Client()

    asked = sign_in(browser, mary.email)
    assert asked.url.startswith("/accounts/2fa/authenticate/")
    assert get(browser, asked.url).status_code == 200
    assert user_of(browser).is_anonymous
    wrong = post(browser, asked.url, {"code": "000000"})
    assert "code" in errors_in(wrong)
    assert user_of(browser).is_anonymous
    post(browser, asked.url, {"code": codes[0]})

    assert user_of(browser) == mary


def test_the_apps_code_signs_in(
    mary: User, browser: Client, careful: tuple[Client, str, list[str]]
) -> None:
    _, secret, _ = careful
    other = Client()
    asked = sign_in(other, mary.email)
    code = app_code(secret)
    cache.delete(f"allauth.mfa.totp.used?user={mary.pk}&code={code}")  # the step has passed

    post(other, asked.url, {"code": code})

    assert user_of(other) == mary


def test_a_recovery_code_signs_in_once(mary: User, careful: tuple[Client, str, list[str]]) -> None:
    _, _, codes = careful
    first, second = Client(), Client()
    for browser in (first, second):
        post(browser, sign_in(browser, mary.email).url, {"code": codes[0]})

    assert user_of(first) == mary
    assert user_of(second).is_anonymous


def test_the_app_can_be_turned_off(mary: User, careful: tuple[Client, str, list[str]]) -> None:
    browser, _, _ = careful
    assert get(browser, "/accounts/2fa/").status_code == 200
    assert get(browser, "/accounts/2fa/totp/deactivate/").status_code == 200

    post(browser, "/accounts/2fa/totp/deactivate/")

    assert sign_in(Client(), mary.email).url == "/"


def test_recovery_codes_can_be_made_anew_and_downloaded(
    careful: tuple[Client, str, list[str]],
) -> None:
    browser, _, codes = careful

    assert get(browser, "/accounts/2fa/recovery-codes/generate/").status_code == 200
    post(browser, "/accounts/2fa/recovery-codes/generate/")
    download = get(browser, "/accounts/2fa/recovery-codes/download/")

    assert download.headers["Content-Type"].startswith("text/plain")
    fresh = download.content.decode().split()
    assert len(fresh) == len(codes) == 10
    assert not set(fresh) & set(codes)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/reauthenticate/",
    ],
)
def test_pages_about_oneself_ask_to_sign_in(path: str, mary: User, browser: Client) -> None:
    assert get(browser, path).url.startswith(LOGIN)
    sign_in(browser, mary.email)
    assert get(browser, path).status_code == 200
