"""What the demo consists of: its ports, its addresses and its programs."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from salesdesk.embedded.redis import is_free
from salesdesk.embedded.supervisor import Program, python
from salesdesk.lib.errors import SalesdeskError

HOST = "127.0.0.1"
WEB = "salesdesk.asgi:application"
NAMES = ("pages", "callers' audio", "sandbox carrier")
HIGHEST_PORT = 65_535
QUEUES = ("-Q", "live,default,bulk")
ALONE = ("--without-mingle", "--without-gossip", "--without-heartbeat")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each of the three servers listens, on 127.0.0.1."""

    web: int
    media: int
    sandbox: int


class NoPort(SalesdeskError):
    """No port is free where one was looked for."""

    code = "no_port"


def choose_ports(first: int, say: Callable[[str], None]) -> Ports:
    """`first` and the two after it; for one that is taken the next free one, and says so.

    Raises NoPort when there is none up to 65535.
    """
    wanted = range(first, first + len(NAMES))
    chosen = {port: port for port in wanted if is_free(port)}
    for port, name in zip(wanted, NAMES, strict=True):
        if port not in chosen:
            chosen[port] = _next_free(port, chosen.values())
            say(f"Port {port} ({name}) is taken; using {chosen[port]}.")
    return Ports(*(chosen[port] for port in wanted))


def addresses(ports: Ports) -> dict[str, str]:
    """The settings that say where everything is."""
    return {
        "PUBLIC_URL": f"http://localhost:{ports.web}",
        "MEDIA_STREAM_URL": f"ws://localhost:{ports.media}",
        "TWILIO_API_BASE_URL": f"http://localhost:{ports.sandbox}",
    }


def programs(ports: Ports, data: Path) -> list[Program]:
    """All that runs beside Postgres and Redis, in the order of starting."""
    return [
        Program(
            "sandbox",
            (*_uvicorn("calls.sandbox.app:application", ports.sandbox), "--no-access-log"),
            f"http://{HOST}:{ports.sandbox}/healthz",
        ),
        Program(
            "media",
            (
                *_uvicorn("calls.live.asgi:application", ports.media),
                *("--ws", "websockets-sansio", "--loop", "uvloop", "--no-access-log"),
                *("--ws-max-size", "65536", "--log-level", "warning"),
            ),
            f"http://{HOST}:{ports.media}/healthz",
        ),
        Program(
            "web",
            # -v 0: Daphne's own lines name whole URLs, with what people search for.
            python("-m", "daphne", "-v", "0", "-b", HOST, "-p", str(ports.web), WEB),
            f"http://{HOST}:{ports.web}/readyz",
        ),
        Program("worker", _celery("worker", "-c", "2", *QUEUES, *ALONE)),
        Program("beat", _celery("beat", "-s", str(data / "beat-schedule"), "--pidfile=")),
    ]


def _next_free(port: int, taken: Collection[int]) -> int:
    for candidate in range(port + 1, HIGHEST_PORT + 1):
        if candidate not in taken and is_free(candidate):
            return candidate
    raise NoPort(f"No port from {port} on is free; choose another with --port.")


def _uvicorn(application: str, port: int) -> tuple[str, ...]:
    return python(
        *("-m", "uvicorn", application, "--host", HOST, "--port", str(port)),
        *("--timeout-graceful-shutdown", "5"),
    )


def _celery(*arguments: str) -> tuple[str, ...]:
    return python("-m", "celery", "-A", "salesdesk", *arguments)
