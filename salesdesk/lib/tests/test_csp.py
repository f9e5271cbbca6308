"""Nothing inline and nothing from elsewhere, but where a library's page needs it."""

import pytest
from django.test import Client
from pytest_django import Settings

from salesdesk.accounts.models import User

HEADER = "Content-Security-Policy"


def policy_of(path: str, client: Client | None = None) -> dict[str, list[str]]:
    header = (client or Client()).get(path).headers[HEADER]
    parts = (directive.split() for directive in header.split(";"))
    return {name: values for name, *values in parts}


def test_the_policy_is_strict(settings: Settings) -> None:
    policy = policy_of("/healthz")

    for name in ("default-src", "script-src", "style-src", "font-src", "base-uri", "form-action"):
        assert policy[name] == ["'self'"], name
    assert policy["object-src"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert policy["connect-src"] == ["'self'", settings.PUBLIC_URL.replace("http", "ws", 1)]


@pytest.mark.django_db
def test_sign_in_pages_are_strict_too() -> None:
    assert policy_of("/accounts/login/") == policy_of("/healthz")


@pytest.mark.django_db
def test_the_admin_may_run_what_its_theme_brings(superuser: User) -> None:
    client = Client()
    client.force_login(superuser, backend="django.contrib.auth.backends.ModelBackend")

    policy = policy_of("/admin/", client)

    assert "'unsafe-inline'" in policy["script-src"]
    assert policy["default-src"] == ["'self'"]


@pytest.mark.django_db
def test_the_api_docs_may_style_but_not_script_inline() -> None:
    policy = policy_of("/api/docs/")

    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]
    assert policy["script-src"] == ["'self'"]


def test_a_path_that_only_looks_like_the_admin_is_strict() -> None:
    assert policy_of("/administration/")["script-src"] == ["'self'"]
