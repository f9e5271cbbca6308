"""Signing in, at the speed of tests."""

import pytest
from pytest_django import Settings

from salesdesk.accounts.models import User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_sign_in(settings: Settings) -> None:
    """Passwords that cost little; codes that outlive the step in which they were made."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def mary(manager: User) -> User:
    """A manager with a password."""
    manager.set_password(PASSWORD)
    manager.save()
    return manager
