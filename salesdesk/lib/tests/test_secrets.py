import pytest
from pytest_django import Settings

from salesdesk.lib.errors import NotConfigured
from salesdesk.lib.secrets import decrypt, encrypt


def test_what_was_encrypted_can_be_read_and_does_not_show() -> None:
    token = encrypt("JBSWY3DP")
    assert "JBSWY3DP" not in token
    assert decrypt(token) == "JBSWY3DP"


def test_an_older_key_still_reads(settings: Settings) -> None:
    token = encrypt("secret")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key of enough length, as it should be"
    assert decrypt(token) == "secret"


def test_another_key_reads_nothing(settings: Settings) -> None:
    token = encrypt("secret")
    settings.SECRET_KEY = "another key of enough length, as it should be"
    with pytest.raises(NotConfigured):
        decrypt(token)
