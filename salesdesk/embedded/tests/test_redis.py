import socket
from pathlib import Path

import pytest
from redis import Redis as Client
from redis.exceptions import AuthenticationError

from salesdesk import embedded


def test_data_and_address_stay_over_a_restart(directory: Path) -> None:
    url = embedded.ensure_redis(directory)
    Client.from_url(url).set("kept", "yes")
    embedded.release_all(directory)
    assert embedded.ensure_redis(directory) == url
    assert Client.from_url(url).get("kept") == b"yes"


def test_port_that_was_taken_meanwhile_is_replaced(directory: Path) -> None:
    url = embedded.ensure_redis(directory)
    embedded.release_all(directory)
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", int((directory / "redis" / "port").read_text())))
        squatter.listen()
        moved = embedded.ensure_redis(directory)
    assert moved != url
    assert Client.from_url(moved).ping()


def test_password_is_asked_for_and_not_readable_by_others(directory: Path) -> None:
    url = embedded.ensure_redis(directory)
    with pytest.raises(AuthenticationError):
        Client.from_url(f"redis://127.0.0.1:{url.rsplit(':', 1)[1]}").ping()
    for name in ("password", "redis.conf"):
        assert (directory / "redis" / name).stat().st_mode & 0o077 == 0
