"""Sign-in for programs: tokens, second factor, a forgotten password."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user
from salesdesk.accounts.tests.authenticator import app_code
from salesdesk.accounts.tests.conftest import PASSWORD

URL = "/api/v1/auth/"
NEW_PASSWORD = "staple of another kind"
SECRET = "JBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> APIClient:
    return APIClient()


def refusal(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content
    return response.json()["error"]


def login(api: APIClient, user: User, **changes: str) -> Any:
    return api.post(f"{URL}login", {"email": user.email, "password": PASSWORD, **changes})


def bearing(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


# ---------------------------------------------------------------- login


def test_a_password_gets_tokens(mary: User, api: APIClient) -> None:
    response = login(api, mary, email=mary.email.upper())

    assert response.status_code == 200
    data = response.json()
    membership = mary.memberships.get()
    assert data["user"]["email"] == mary.email
    assert data["user"]["memberships"] == [
        {
            "business": {"id": membership.business.public_id, "name": "Bright Solar"},
            "role": "manager",
        }
    ]
    assert data["expires_in"] == 900
    assert bearing(data["access"]).get(f"{URL}me").json() == data["user"]
    assert response.cookies == {}
    mary.refresh_from_db()
    assert mary.last_login is not None


def test_a_wrong_password_an_unknown_and_an_inactive_user_get_the_same_answer(
    mary: User, api: APIClient
) -> None:
    inactive = add_user("gone@example.com", password=PASSWORD)
    User.objects.filter(pk=inactive.pk).update(is_active=False)

    answers = [
        login(api, mary, password="wrong"),
        login(api, mary, email="nobody@example.com"),
        login(api, inactive),
    ]

    assert [refusal(answer, 401)["code"] for answer in answers] == ["wrong_credentials"] * 3
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["email", "password"]),
        ({"email": "mary", "password": "x"}, ["email"]),
        ({"email": "m@example.com", "password": "x" * 201}, ["password"]),
        ({"email": "m@example.com", "password": "a\x00b"}, ["password"]),
        ({"email": ["m@example.com"], "password": {"$ne": ""}}, ["email", "password"]),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    body: dict[str, Any], fields: list[str], api: APIClient
) -> None:
    assert sorted(refusal(api.post(f"{URL}login", body), 422)["fields"]) == fields


def test_an_address_that_was_not_confirmed_does_not_sign_in(mary: User, api: APIClient) -> None:
    EmailAddress.objects.filter(user=mary).update(verified=False)

    assert refusal(login(api, mary), 403)["code"] == "email_not_verified"


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(
    mary: User, api: APIClient
) -> None:
    for _ in range(5):
        refusal(login(api, mary, password="wrong"), 401)

    response = login(api, mary)

    assert refusal(response, 429)["code"] == "throttled"
    assert response.headers["Retry-After"] == "300"


def test_ten_logins_a_minute_are_enough_for_one_address(mary: User, api: APIClient) -> None:
    for number in range(10):
        api.credentials(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        assert login(api, mary).status_code == 200

    response = login(api, mary)

    assert refusal(response, 429)["code"] == "throttled"
    assert 1 <= int(response.headers["Retry-After"]) <= 60


# ---------------------------------------------------------------- second factor


@pytest.fixture
def careful(mary: User) -> User:
    """Has an authenticator app and recovery codes."""
    TOTP.activate(mary, SECRET)
    RecoveryCodes.activate(mary)
    return mary


def test_who_has_a_second_factor_must_give_it(careful: User, api: APIClient) -> None:
    assert refusal(login(api, careful), 401)["code"] == "second_factor_required"
    assert refusal(login(api, careful, code="000000"), 401)["code"] == "wrong_code"

    response = login(api, careful, code=app_code(SECRET))

    assert response.status_code == 200
    assert response.json()["user"]["email"] == careful.email


def test_without_the_password_a_code_tells_nothing(careful: User, api: APIClient) -> None:
    answer = login(api, careful, password="wrong", code=app_code(SECRET))

    assert refusal(answer, 401)["code"] == "wrong_credentials"


def test_a_code_works_once(careful: User, api: APIClient) -> None:
    code = app_code(SECRET)
    assert login(api, careful, code=code).status_code == 200

    assert refusal(login(api, careful, code=code), 401)["code"] == "wrong_code"


def test_a_recovery_code_works_once(careful: User, api: APIClient) -> None:
    authenticator = Authenticator.objects.get(user=careful, type="recovery_codes")
    code = authenticator.wrap().get_unused_codes()[0]

    assert login(api, careful, code=code).status_code == 200
    assert refusal(login(api, careful, code=code), 401)["code"] == "wrong_code"


def test_codes_cannot_be_guessed_for_long(careful: User, api: APIClient) -> None:
    for _ in range(5):
        refusal(login(api, careful, code="000000"), 401)

    assert refusal(login(api, careful, code=app_code(SECRET)), 429)["code"] == "throttled"


# ---------------------------------------------------------------- tokens


def test_a_refresh_token_gets_new_access(mary: User, api: APIClient) -> None:
    refresh = login(api, mary).json()["refresh"]

    data = api.post(f"{URL}refresh", {"refresh": refresh}).json()

    assert list(data) == ["access", "expires_in"]
    assert bearing(data["access"]).get(f"{URL}me").json()["email"] == mary.email


def _access(user: User) -> str:
    return str(AccessToken.for_user(user))


def _expired(user: User) -> str:
    token = RefreshToken.for_user(user)
    token.set_exp(lifetime=timedelta(seconds=-1))
    return str(token)


def _of_nobody(user: User) -> str:
    token = RefreshToken.for_user(user)
    token["user_id"] = "0"
    return str(token)


@pytest.mark.parametrize(
    "token_of", [_access, _expired, _of_nobody, lambda _: "rubbish", lambda _: "a.b.c"]
)
def test_what_is_no_refresh_token_gets_nothing(
    token_of: Callable[[User], str], mary: User, api: APIClient
) -> None:
    response = api.post(f"{URL}refresh", {"refresh": token_of(mary)})

    assert refusal(response, 401)["code"] == "token_not_valid"


def test_a_refresh_token_is_no_access_token(mary: User, api: APIClient) -> None:
    refresh = login(api, mary).json()["refresh"]

    assert refusal(bearing(refresh).get(f"{URL}me"), 401)["code"] == "token_not_valid"


def test_tokens_end_with_the_password(mary: User, api: APIClient) -> None:
    tokens = login(api, mary).json()
    mary.set_password(NEW_PASSWORD)
    mary.save()

    refusal(bearing(tokens["access"]).get(f"{URL}me"), 401)
    refusal(api.post(f"{URL}refresh", {"refresh": tokens["refresh"]}), 401)


def test_tokens_end_with_the_user(mary: User, api: APIClient) -> None:
    tokens = login(api, mary).json()
    User.objects.filter(pk=mary.pk).update(is_active=False)

    refusal(bearing(tokens["access"]).get(f"{URL}me"), 401)
    refusal(api.post(f"{URL}refresh", {"refresh": tokens["refresh"]}), 401)


def test_a_token_signed_by_others_is_no_token(mary: User, settings: Settings) -> None:
    header, payload, _ = _access(mary).split(".")

    refusal(bearing(f"{header}.{payload}.{'A' * 43}").get(f"{URL}me"), 401)


# ---------------------------------------------------------------- a forgotten password


def token_in(mail: EmailMessage) -> str:
    found = re.search(r"/accounts/password/reset/key/([^/\s]+)/", str(mail.body))
    assert found, mail.body
    return found[1]


def test_a_forgotten_password_is_set_anew(
    mary: User, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    tokens = login(api, mary).json()
    asked = api.post(f"{URL}forgot-password", {"email": mary.email})
    body = {"token": token_in(mailoutbox[0]), "password": NEW_PASSWORD}

    done = api.post(f"{URL}reset-password", body)

    assert (asked.status_code, asked.content) == (202, b"")
    assert mailoutbox[0].to == [mary.email]
    assert done.status_code == 204
    assert login(api, mary, password=NEW_PASSWORD).status_code == 200
    refusal(login(api, mary), 401)
    refusal(bearing(tokens["access"]).get(f"{URL}me"), 401)
    assert refusal(api.post(f"{URL}reset-password", body), 422)["code"] == "invalid"
    assert asked.cookies == done.cookies == {}


def test_resetting_the_password_ends_the_wait_after_wrong_ones(
    mary: User, api: APIClient, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    for _ in range(5):
        login(api, mary, password="wrong")
    api.post(f"{URL}forgot-password", {"email": mary.email})
    body = {"token": token_in(mailoutbox[0]), "password": NEW_PASSWORD}
    api.post(f"{URL}reset-password", body)

    assert login(api, mary, password=NEW_PASSWORD).status_code == 200


def test_the_mail_leads_to_our_page(
    mary: User, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    api.post(f"{URL}forgot-password", {"email": mary.email})

    page = Client().get(f"/accounts/password/reset/key/{token_in(mailoutbox[0])}/", follow=True)

    assert page.status_code == 200
    assert b'name="password1"' in page.content


def test_an_unknown_address_gets_the_same_answer(
    mary: User, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    known = api.post(f"{URL}forgot-password", {"email": mary.email})
    unknown = api.post(f"{URL}forgot-password", {"email": "nobody@example.com"})

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert [mail.to for mail in mailoutbox] == [[mary.email], ["nobody@example.com"]]
    assert "/password/reset/key/" not in str(mailoutbox[1].body)


def test_an_inactive_user_gets_no_link(
    mary: User, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=mary.pk).update(is_active=False)

    assert api.post(f"{URL}forgot-password", {"email": mary.email}).status_code == 202
    assert "/password/reset/key/" not in str(mailoutbox[0].body)


def test_one_address_is_not_flooded_with_mail(
    mary: User, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(5):
        api.post(f"{URL}forgot-password", {"email": mary.email})

    assert refusal(api.post(f"{URL}forgot-password", {"email": mary.email}), 429)
    assert len(mailoutbox) == 5


@pytest.mark.parametrize("token", ["x", "1-abc", "zzzzzzzzzzzzz-abc", "-", "1-" + "a" * 3000])
def test_a_token_of_ones_own_making_does_nothing(token: str, mary: User, api: APIClient) -> None:
    body = {"token": token, "password": NEW_PASSWORD}

    assert refusal(api.post(f"{URL}reset-password", body), 422)["code"] == "invalid"
    mary.refresh_from_db()
    assert mary.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "password123", "1234567890123"])
def test_a_weak_password_is_refused_with_its_reasons(
    password: str, mary: User, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    api.post(f"{URL}forgot-password", {"email": mary.email})
    body = {"token": token_in(mailoutbox[0]), "password": password}

    fields = refusal(api.post(f"{URL}reset-password", body), 422)["fields"]

    assert list(fields) == ["password"]
    assert len(fields["password"]) >= 1
    mary.refresh_from_db()
    assert mary.check_password(PASSWORD)


# ---------------------------------------------------------------- who am I


def test_nobody_is_nobody(api: APIClient) -> None:
    assert refusal(api.get(f"{URL}me"), 401)["code"] == "not_authenticated"
