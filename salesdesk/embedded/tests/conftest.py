import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from salesdesk import embedded
from salesdesk.embedded.service import wait_until_stopped

USER_OF_THE_SERVERS = """
import sys
from pathlib import Path
from salesdesk import embedded

directory = Path(sys.argv[1])
urls = {"postgres": embedded.ensure_postgres, "redis": embedded.ensure_redis}
print(" ".join(urls[name](directory) for name in sys.argv[2:]), flush=True)
sys.stdin.read()
"""


class Using:
    """A process that uses embedded servers until its input ends or it is killed."""

    def __init__(self, directory: Path, *names: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER_OF_THE_SERVERS, str(directory), *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=embedded.PROJECT_DIR,
        )

    def urls(self) -> list[str]:
        """The URLs it got; fails the test with its error when there are none."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        return line.split()

    def end(self) -> None:
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def directory() -> Iterator[Path]:
    """A data folder with a short path that every user of the machine can reach."""
    path = Path(tempfile.mkdtemp(prefix="sd-"))
    path.chmod(0o755)
    yield path
    embedded.release_all(path)
    assert all(wait_until_stopped(path / name) for name in ("postgres", "redis"))
    shutil.rmtree(path)


@pytest.fixture
def using(directory: Path) -> Iterator[Callable[..., Using]]:
    """Starts processes that use servers in `directory` (or another); they end with the test."""
    with ExitStack() as stack:

        def start(*names: str, where: Path = directory) -> Using:
            started = Using(where, *names)
            stack.callback(started.kill)
            return started

        yield start
