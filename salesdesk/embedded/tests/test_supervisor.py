import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from salesdesk import embedded
from salesdesk.embedded import supervisor
from salesdesk.embedded.redis import free_port
from salesdesk.embedded.supervisor import Interrupted, Program, ProgramFailed, Supervisor, python
from salesdesk.embedded.tests.test_service import is_gone, wait_for

NOTES_ITS_END = """
import signal, sys
from pathlib import Path

def end(*_):
    with Path(sys.argv[2]).open("a") as ends:
        ends.write(sys.argv[1] + " ")
    sys.exit(0)

signal.signal(signal.SIGTERM, end)
Path(sys.argv[2] + "." + sys.argv[1]).touch()
signal.pause()
"""

STUBBORN = """
import signal, subprocess, sys
from pathlib import Path

signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
Path(sys.argv[1]).with_suffix(".tmp").write_text(str(child.pid))
Path(sys.argv[1]).with_suffix(".tmp").rename(sys.argv[1])
child.wait()
"""

SUPERVISES = """
import asyncio, sys
from pathlib import Path
from salesdesk.embedded.supervisor import Program, Supervisor

async def main():
    async with Supervisor(logs=Path(sys.argv[1]), environment={}, say=print) as it:
        await it.start([Program("sleeper", ("sleep", "600"))])
        print(it.pids()["sleeper"], flush=True)
        await it.forever()

asyncio.run(main())
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervise(tmp_path: Path, said: list[str]) -> Callable[[], Supervisor]:
    return lambda: Supervisor(logs=tmp_path, environment={"COLOUR": "blue"}, say=said.append)


def noting(name: str, ends: Path) -> Program:
    return Program(name, python("-c", NOTES_ITS_END, name, str(ends)))


async def until(condition: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_for, condition)


async def test_stops_the_newest_first(supervise: Callable[[], Supervisor], tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    async with supervise() as it:
        await it.start([noting(name, ends) for name in ("first", "second", "third")])
        await until(lambda: len(list(tmp_path.glob("ends.*"))) == 3)
    assert ends.read_text() == "third second first "


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_the_wait(
    supervise: Callable[[], Supervisor], number: signal.Signals
) -> None:
    async with supervise() as it:
        await it.start([Program("sleeper", ("sleep", "600"))])
        os.kill(os.getpid(), number)
        with pytest.raises(Interrupted):
            await it.forever()
        pid = it.pids()["sleeper"]
    assert is_gone(pid)


async def test_a_program_that_ends_is_named_with_its_last_words(
    supervise: Callable[[], Supervisor],
) -> None:
    with pytest.raises(ProgramFailed) as failure:
        async with supervise() as it:
            broken = Program("broken", python("-c", "print('no such table'); exit(3)"))
            await it.start([Program("sleeper", ("sleep", "600")), broken])
            pid = it.pids()["sleeper"]
            await it.forever()
    assert "broken ended by itself (exit code 3)" in failure.value.message
    assert "no such table" in failure.value.message
    assert is_gone(pid)


async def test_a_killed_program_is_named(supervise: Callable[[], Supervisor]) -> None:
    with pytest.raises(ProgramFailed, match=r"sleeper ended by itself \(killed by SIGKILL\)"):
        async with supervise() as it:
            await it.start([Program("sleeper", ("sleep", "600"))])
            os.kill(it.pids()["sleeper"], signal.SIGKILL)
            await it.forever()


async def test_the_end_of_what_others_started_is_noticed_too(
    supervise: Callable[[], Supervisor], tmp_path: Path
) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("PANIC: disk full\n")
    sign = tmp_path / "lives"
    sign.touch()
    with pytest.raises(ProgramFailed, match=r"(?s)postgres ended by itself.*disk full"):
        async with supervise() as it:
            it.watch("postgres", log, sign.exists)
            await it.start([Program("sleeper", ("sleep", "600"))])
            sign.unlink()
            await it.forever()


async def test_a_program_that_is_missing_is_named(supervise: Callable[[], Supervisor]) -> None:
    with pytest.raises(ProgramFailed, match=r"web cannot be started: .*no-such-program"):
        async with supervise() as it:
            await it.start([Program("web", ("no-such-program",))])


async def test_waits_until_the_health_url_answers(
    supervise: Callable[[], Supervisor], tmp_path: Path
) -> None:
    port = free_port()
    serving = python("-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(tmp_path))
    async with supervise() as it:
        await it.start([Program("files", serving, f"http://127.0.0.1:{port}/")])
        await it.until_ready()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            assert connection.getpeername()[1] == port


async def test_a_program_that_never_gets_ready_is_named(
    supervise: Callable[[], Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "READY_SECONDS", 0.3)
    url = f"http://127.0.0.1:{free_port()}/"
    with pytest.raises(ProgramFailed, match="idle was not ready"):
        async with supervise() as it:
            await it.start([Program("idle", ("sleep", "600"), url)])
            await it.until_ready()


async def test_what_does_not_stop_is_killed_with_its_children(
    supervise: Callable[[], Supervisor],
    tmp_path: Path,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.2)
    noted = tmp_path / "child"
    async with supervise() as it:
        await it.start([Program("stubborn", python("-c", STUBBORN, str(noted)))])
        await until(noted.exists)
    await until(lambda: is_gone(int(noted.read_text())))
    assert said == ["stubborn does not stop; killing it."]


async def test_a_second_signal_does_not_wait_for_the_stubborn(
    supervise: Callable[[], Supervisor], tmp_path: Path
) -> None:
    noted = tmp_path / "child"
    async with supervise() as it:
        await it.start([Program("stubborn", python("-c", STUBBORN, str(noted)))])
        await until(noted.exists)
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Interrupted):
            await it.forever()
        pid = it.pids()["stubborn"]
    assert is_gone(pid)


async def test_programs_get_the_environment(
    supervise: Callable[[], Supervisor], tmp_path: Path
) -> None:
    with pytest.raises(ProgramFailed):
        async with supervise() as it:
            await it.start(
                [Program("teller", python("-c", "import os; print(os.environ['COLOUR'])"))]
            )
            await it.forever()
    assert (tmp_path / "teller.log").read_text() == "blue\n"


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's parent-death signal")
def test_a_killed_supervisor_takes_its_programs_along(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", SUPERVISES, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=embedded.PROJECT_DIR,
    )
    assert running.stdout
    pid = int(running.stdout.readline())
    assert psutil.pid_exists(pid)
    running.kill()
    running.communicate()
    wait_for(lambda: is_gone(pid))
