"""The ASGI servers that can run the media process, for comparison.

The first is what salesdesk runs it on; the others are installed by hand where they are measured.
With the stock consumer each message goes through Channels' own dispatch; see `stock`.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from salesdesk.embedded import demo
from salesdesk.embedded.supervisor import python
from salesdesk.lib.errors import NotConfigured

APPLICATION = "calls.live.asgi:application"
STOCK = "calls.bench.stock:application"
HOST = "127.0.0.1"
UNUSED_PORT = 1


def _ours(port: int) -> tuple[str, ...]:
    ports = demo.Ports(web=UNUSED_PORT, media=port, sandbox=UNUSED_PORT)
    programs = demo.programs(ports, Path())
    return next(program.argv for program in programs if program.name == "media")


def _uvicorn(ws: str) -> Callable[[int], tuple[str, ...]]:
    def argv(port: int) -> tuple[str, ...]:
        ours = _ours(port)
        at = ours.index("--ws") + 1
        return (*ours[:at], ws, *ours[at + 1 :])

    return argv


def _hypercorn(port: int) -> tuple[str, ...]:
    address = f"{HOST}:{port}"
    return python("-m", "hypercorn", "--bind", address, "--worker-class", "uvloop", APPLICATION)


def _granian(port: int) -> tuple[str, ...]:
    where = ("--host", HOST, "--port", str(port))
    return python("-m", "granian", "--interface", "asgi", "--loop", "uvloop", *where, APPLICATION)


def _daphne(port: int) -> tuple[str, ...]:
    return python("-m", "daphne", "-b", HOST, "-p", str(port), APPLICATION)


SERVERS: dict[str, tuple[str, Callable[[int], tuple[str, ...]]]] = {
    "uvicorn-sansio": ("uvicorn", _ours),
    "uvicorn-websockets": ("uvicorn", _uvicorn("websockets")),
    "uvicorn-wsproto": ("wsproto", _uvicorn("wsproto")),
    "hypercorn": ("hypercorn", _hypercorn),
    "granian": ("granian", _granian),
    "daphne": ("daphne", _daphne),
}
DEFAULT = "uvicorn-sansio"


def command_for(server: str, port: int, *, stock_consumer: bool = False) -> tuple[str, ...]:
    """How to run the media process on this server.

    Raises :class:`~salesdesk.lib.errors.NotConfigured` where its package is not installed.
    """
    package, argv = SERVERS[server]
    if find_spec(package) is None:
        raise NotConfigured(f"{server} needs the package {package}: pip install {package}.")
    command = argv(port)
    return tuple(STOCK if stock_consumer and part == APPLICATION else part for part in command)
