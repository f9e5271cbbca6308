"""One embedded server: started by whoever needs it first, stopped when nobody needs it any more.

Every process that uses a server holds a shared lock on the file `lease` until it ends, however it
ends. The server itself is the child of a small keeper process that waits for the exclusive lock on
that file and then stops it. So there is no list of process ids that could go stale: the operating
system counts the users. `start.lock` lets one process at a time look and start; `keeper.lock` is
held by a living keeper; `ready` says that the server was seen to answer.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import psutil

from salesdesk.embedded import keeper
from salesdesk.lib.errors import SalesdeskError

START_SECONDS = 60.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02
LOG_LINES = 15


class EmbeddedServiceError(SalesdeskError):
    """An embedded server cannot be started or used; the message says why and what to do."""

    code = "embedded_service"
    status = 503


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the machine to run as, by numbers; None is whoever we are."""

    user: int | None = None
    group: int | None = None

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.user is None else []


@dataclass(frozen=True, slots=True)
class Server:
    """How to run a server in the foreground."""

    argv: tuple[str, ...]
    stop_signal: signal.Signals
    account: Account = Account()


class Service(Protocol):
    """What `ensure` must know of a kind of server. `directory` is the service's own."""

    name: str
    directory: Path

    def prepare(self) -> Server:
        """Make its files; says how to run it. Called only while no server of ours runs there."""

    def answers(self) -> bool:
        """Whether a client would be served now."""

    def complete(self) -> None:
        """What is to be done once it answers; doing it again changes nothing."""

    def url(self) -> str:
        """Where it is, once prepared."""


_guard = threading.Lock()
_leases: dict[Path, int] = {}
_keepers: dict[Path, "subprocess.Popen[bytes]"] = {}


def ensure(service: Service) -> str:
    """See that the service runs for as long as this process lives; its URL.

    Any number of processes may ask at once. Raises EmbeddedServiceError.
    """
    with _guard:
        _make_directory(service)
        _take_lease(service.directory)
        with _locked(service.directory / "start.lock"):
            if not is_kept(service.directory):
                _start(service)
            if not (service.directory / "ready").exists():
                _wait_until_it_answers(service)
                service.complete()
                (service.directory / "ready").touch()
        return service.url()


def release(directory: Path) -> bool:
    """Give this process's lease back and wait for the server's end; False if others use it on."""
    with _guard:
        lease = _leases.pop(directory, None)
        if lease is None:
            return True
        os.close(lease)
        return not _someone_else_uses(directory) and wait_until_stopped(directory)


def wait_until_stopped(directory: Path) -> bool:
    """Wait for the end of a server that nobody uses any more; False if it takes too long."""
    keeper_process = _keepers.pop(directory, None)
    stopped = wait_for(lambda: not is_kept(directory), STOP_SECONDS)
    if keeper_process and stopped:
        keeper_process.wait()
    return stopped


def wheel_file(package: str, path: str) -> Path:
    """The file `path` inside an installed package. Raises EmbeddedServiceError when missing."""
    spec = find_spec(package)
    folder = next(iter(spec.submodule_search_locations or ()), None) if spec else None
    if folder is None or not (found := Path(folder) / path).exists():
        raise EmbeddedServiceError(
            f"The Python package {package} is not installed for {sys.executable}. Install "
            "requirements.txt, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return found


def last_lines(log: Path, count: int = LOG_LINES) -> str:
    """The end of a log file, indented; empty when there is no such file."""
    with suppress(FileNotFoundError):
        lines = log.read_text(errors="replace").splitlines()[-count:]
        return "".join(f"\n    {line}" for line in lines)
    return ""


def _make_directory(service: Service) -> None:
    try:
        service.directory.mkdir(parents=True, exist_ok=True)
        (service.directory / "lease").touch()
    except OSError as error:
        raise EmbeddedServiceError(
            f"{service.name} cannot keep its data in {service.directory}: {error.strerror}. "
            "Set SALESDESK_DATA_DIR to a folder that you may write to."
        ) from error


def _take_lease(directory: Path) -> None:
    """Waits while a keeper is stopping the server."""
    if directory not in _leases:
        lease = os.open(directory / "lease", os.O_RDWR)
        fcntl.flock(lease, fcntl.LOCK_SH)
        _leases[directory] = lease


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether some process holds the exclusive lock on the file."""
    with suppress(FileNotFoundError, NotADirectoryError):
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False


def is_kept(directory: Path) -> bool:
    """Whether a keeper lives that owns this service's server."""
    return is_locked(directory / "keeper.lock")


def _someone_else_uses(directory: Path) -> bool:
    """Asked after our own lease is closed. A keeper that already has the lock is not a user."""
    descriptor = os.open(directory / "lease", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return not is_locked(directory / "lease")
    finally:
        os.close(descriptor)
    return False


def _start(service: Service) -> None:
    """Hand the server to a new keeper, whose lock on `keeper.lock` is ours, passed on."""
    (service.directory / "ready").unlink(missing_ok=True)
    _stop_leftover(service.directory / "server.json")
    server = service.prepare()
    order = {
        "directory": str(service.directory),
        "argv": server.argv,
        "stop_signal": int(server.stop_signal),
        "user": server.account.user,
        "group": server.account.group,
    }
    with _locked(service.directory / "keeper.lock") as lock:
        _keepers[service.directory] = subprocess.Popen(
            [sys.executable, "-I", keeper.__file__, json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=[lock],
        )


def _stop_leftover(record: Path) -> None:
    """Stop a server whose keeper was killed before it could do so (where the kernel did not)."""
    with suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        noted = json.loads(record.read_text())
        process = psutil.Process(noted["pid"])
        if process.exe() == os.path.realpath(noted["argv"][0]):
            process.send_signal(noted["stop_signal"])
            _wait_for_leftover(process)
    record.unlink(missing_ok=True)


def _wait_for_leftover(process: psutil.Process) -> None:
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired as error:
        raise EmbeddedServiceError(
            f"A server of an earlier run (process {process.pid}) does not stop; end it first."
        ) from error


def _wait_until_it_answers(service: Service) -> None:
    answered = wait_for(lambda: service.answers() or not is_kept(service.directory), START_SECONDS)
    if not answered or not service.answers():
        log = service.directory / "server.log"
        happened = "stopped at once" if answered else "does not answer"
        raise EmbeddedServiceError(
            f"The embedded {service.name} {happened}. The end of {log}:{last_lines(log)}"
        )


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until it is so; False when it is not within that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True
