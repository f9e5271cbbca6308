"""The demo's own settings: made and kept in the data folder, so that nobody has to configure it.

`manage.py` calls `prepare` before Django reads the settings. The servers (web, media, worker) never
do: what runs in earnest is configured by its environment alone.
"""

import fcntl
import json
import os
import secrets
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import environ

from salesdesk.embedded import PROJECT_DIR, data_dir
from salesdesk.embedded.redis import write_privately
from salesdesk.embedded.service import EmbeddedServiceError, is_kept, is_locked, wait_for

STOP_SECONDS = 90.0


def prepare(arguments: Sequence[str]) -> None:
    """Give Django's command line, called with these arguments, the settings of the demo.

    `demo` always gets them, made on first use, and its sandbox's credentials instead of real ones.
    Any other command gets what the demo runs with; after its end, only where nothing else is
    configured. What the shell sets stays.
    """
    given = frozenset(os.environ)
    environ.Env.read_env(PROJECT_DIR / ".env")
    directory = data_dir()
    if arguments[:1] == ["demo"]:
        if "--reset" in arguments:
            reset(directory)
        os.environ.update(make(directory))
    elif is_locked(directory / "demo.lock") or not _is_configured():
        kept = read(directory)
        os.environ.update({name: kept[name] for name in kept.keys() - given})


def make(directory: Path) -> dict[str, str]:
    """The demo's settings, with keys generated where there are none yet."""
    made = {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secrets.token_urlsafe(48),
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "DEBUG": "off",
    }
    return keep(directory, {**made, **read(directory)})


def keep(directory: Path, values: dict[str, str]) -> dict[str, str]:
    """Add these to what is kept; returns all of it."""
    kept = {**read(directory), **values}
    directory.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{name}={value}\n" for name, value in kept.items())
    write_privately(directory / "demo.env", lines)
    return kept


def read(directory: Path) -> dict[str, str]:
    """What is kept; empty before the first demo."""
    path = directory / "demo.env"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines)


@contextmanager
def only_demo(directory: Path) -> Iterator[None]:
    """Be the one demo of this data folder. Raises EmbeddedServiceError while there is another."""
    with (directory / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = read(directory).get("PUBLIC_URL", "starting")
            raise EmbeddedServiceError(
                f"A demo with the data of {directory} is running already ({where}). Stop it with "
                "Ctrl-C, or set SALESDESK_DATA_DIR to another folder for a second one."
            ) from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid()}))
        lock.flush()
        yield


def reset(directory: Path) -> None:
    """Stop the demo of this folder if one runs, and remove all its data."""
    if not directory.exists():
        return
    if directory != PROJECT_DIR / ".data" and not (directory / "demo.env").exists():
        raise EmbeddedServiceError(
            f"{directory} does not look like the data of a demo; it is left as it is."
        )
    _stop_demo(directory)
    if not wait_for(lambda: not _kept_servers(directory), STOP_SECONDS):
        names = ", ".join(str(path.parent) for path in _kept_servers(directory))
        raise EmbeddedServiceError(f"Another process still uses {names}; end that one first.")
    shutil.rmtree(directory)


def _is_configured() -> bool:
    return bool(os.environ.get("SECRET_KEY") or os.environ.get("DEBUG"))


def _stop_demo(directory: Path) -> None:
    lock = directory / "demo.lock"
    if is_locked(lock):
        os.kill(json.loads(lock.read_text())["pid"], signal.SIGTERM)
        if not wait_for(lambda: not is_locked(lock), STOP_SECONDS):
            raise EmbeddedServiceError("The running demo does not stop; end it and try again.")


def _kept_servers(directory: Path) -> list[Path]:
    """The locks of keepers that live, also those of the tests' servers one folder deeper."""
    locks = [*directory.glob("*/keeper.lock"), *directory.glob("*/*/keeper.lock")]
    return [lock for lock in locks if is_kept(lock.parent)]
