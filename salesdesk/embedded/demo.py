"""What the demo consists of: its ports, its addresses, its programs, and its telephone company."""

import json
import urllib.request
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from salesdesk.embedded.redis import is_free
from salesdesk.embedded.supervisor import Program, python
from salesdesk.lib.errors import SalesdeskError

HOST = "127.0.0.1"
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


class CarrierRefused(SalesdeskError):
    """The sandbox carrier does not do what was asked, or does not answer."""

    code = "carrier_refused"


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
            python("-m", "daphne", "-b", HOST, "-p", str(ports.web), "salesdesk.asgi:application"),
            f"http://{HOST}:{ports.web}/readyz",
        ),
        Program("worker", _celery("worker", "-c", "2", *QUEUES, *ALONE)),
        Program("beat", _celery("beat", "-s", str(data / "beat-schedule"), "--pidfile=")),
    ]


class Sandbox:
    """The sandbox carrier's control interface. Every method may raise CarrierRefused."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def give_number(self, number: str, *, public_url: str) -> None:
        """Let calls to this number come to the product at `public_url`."""
        self._request(
            "PUT",
            "/sandbox/numbers",
            {
                "number": number,
                "voice_url": f"{public_url}/twilio/voice/",
                "status_callback": f"{public_url}/twilio/status/",
            },
        )

    def ring(self, number: str, *, scenario: str) -> str:
        """Let a recorded caller ring; the call's SID."""
        answer = self._request("POST", "/sandbox/calls", {"to": number, "scenario": scenario})
        return str(answer["sid"])

    def call(self, sid: str) -> dict[str, Any]:
        """The call's `status` as Twilio words it, and its `summary` of what was heard when."""
        return self._request("GET", f"/sandbox/calls/{sid}")

    def _request(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 (our own server)
            self._base_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return dict(json.load(answer))
        except HTTPError as refusal:
            reason = json.load(refusal)["error"]
            raise CarrierRefused(f"The sandbox carrier refuses: {reason}") from refusal
        except OSError as error:
            raise CarrierRefused(f"The sandbox carrier does not answer: {error}") from error


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
