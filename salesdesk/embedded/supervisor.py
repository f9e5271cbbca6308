"""Runs a handful of programs together: all live, or all stop.

Each writes to a log of its own and stands in a process group of its own, so that Ctrl-C reaches
the supervisor alone, which then stops them in order, the newest first.
"""

import asyncio
import os
import signal
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from salesdesk.embedded.keeper import die_with_parent
from salesdesk.embedded.service import last_lines
from salesdesk.lib.errors import SalesdeskError

T = TypeVar("T")

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS = 90.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.1
WATCH_SECONDS = 0.5


class ProgramFailed(SalesdeskError):
    """A program ended by itself or did not become ready; the message shows the end of its log."""

    code = "program_failed"
    status = 500


class Interrupted(SalesdeskError):
    """Someone asked us to end, by Ctrl-C or a signal."""

    code = "interrupted"


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. It is ready when `health_url` answers 200; without one, as soon as it runs."""

    name: str
    argv: tuple[str, ...]
    health_url: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """What must not end: a task that ends with it, saying how."""

    name: str
    log: Path
    ended: "asyncio.Task[str]"


@dataclass(frozen=True, slots=True)
class Running:
    """A program that was started."""

    program: Program
    process: asyncio.subprocess.Process
    watched: Watched


class Supervisor:
    """Use as an asynchronous context manager; leaving it, however, stops what was started."""

    def __init__(
        self, *, logs: Path, environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._logs = logs
        self._environment = {**os.environ, **environment}
        self._say = say
        self._running: list[Running] = []
        self._watched: list[Watched] = []
        self._asked_to_end = asyncio.Event()
        self._asked_to_hurry = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in ENDING_SIGNALS:
            loop.add_signal_handler(number, self._on_signal)
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop_all()
        for number in ENDING_SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)

    async def start(self, programs: Sequence[Program]) -> None:
        """Start them all, in this order; returns at once. A program that is missing is named."""
        for program in programs:
            log = self._logs / f"{program.name}.log"
            process = await self._spawn(program, log)
            watched = self._watch(program.name, log, describe_end(process))
            self._running.append(Running(program, process, watched))

    def watch(self, name: str, log: Path, lives: Callable[[], bool]) -> None:
        """Attend also to what others started: it has failed when `lives` says no."""
        self._watch(name, log, until_not(lives))

    def _watch(self, name: str, log: Path, end: Coroutine[Any, Any, str]) -> Watched:
        watched = Watched(name, log, asyncio.create_task(end, name=name))
        self._watched.append(watched)
        return watched

    def pids(self) -> dict[str, int]:
        """The process ids of what runs, by program name."""
        return {one.program.name: one.process.pid for one in self._running}

    async def until_ready(self) -> None:
        """Wait for the health of every program. Raises ProgramFailed, Interrupted."""
        await self.attend(self._until_all_healthy())

    async def forever(self) -> None:
        """Wait for the end. Raises ProgramFailed or Interrupted, always."""
        await self.attend(asyncio.Event().wait())

    async def attend(self, work: Awaitable[T]) -> T:
        """Do the work while all programs live. Raises ProgramFailed, Interrupted."""
        task = asyncio.ensure_future(work)
        interrupted = asyncio.create_task(self._asked_to_end.wait())
        try:
            watched = {task, interrupted, *(one.ended for one in self._watched)}
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            self._complain()
            return task.result()
        finally:
            interrupted.cancel()
            task.cancel()
            await asyncio.wait({interrupted, task})

    def _complain(self) -> None:
        if self._asked_to_end.is_set():
            raise Interrupted("Stopped on request.")
        for one in self._watched:
            if one.ended.done():
                raise ProgramFailed(
                    f"{one.name} ended by itself ({one.ended.result()}). "
                    f"The end of {one.log}:{last_lines(one.log)}"
                )

    async def _spawn(self, program: Program, log: Path) -> asyncio.subprocess.Process:
        try:
            with log.open("wb") as output:
                return await asyncio.create_subprocess_exec(
                    *program.argv,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=self._environment,
                    start_new_session=True,
                    preexec_fn=partial(die_with_parent, signal.SIGTERM),
                )
        except OSError as error:
            raise ProgramFailed(f"{program.name} cannot be started: {error}") from error

    async def _until_all_healthy(self) -> None:
        for one in self._running:
            await self._until_healthy(one)

    async def _until_healthy(self, one: Running) -> None:
        if not one.program.health_url:
            return
        try:
            async with asyncio.timeout(READY_SECONDS):
                # A URL has no event to wait for.
                while not await asyncio.to_thread(is_healthy, one.program.health_url):  # noqa: ASYNC110
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise ProgramFailed(
                f"{one.program.name} was not ready after {READY_SECONDS:.0f} s "
                f"({one.program.health_url}). "
                f"The end of {one.watched.log}:{last_lines(one.watched.log)}"
            ) from error

    def _on_signal(self) -> None:
        if self._asked_to_end.is_set():
            self._asked_to_hurry.set()
        self._asked_to_end.set()

    async def _stop_all(self) -> None:
        while self._running:
            await self._stop(self._running.pop())
        for one in self._watched:
            one.ended.cancel()

    async def _stop(self, one: Running) -> None:
        """Ask it to end; kill what is left of its group when that takes too long, or in a hurry."""
        ended = one.watched.ended
        if not ended.done():
            one.process.terminate()
            hurry = asyncio.create_task(self._asked_to_hurry.wait())
            await asyncio.wait(
                {ended, hurry}, timeout=STOP_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            hurry.cancel()
        if not ended.done():
            self._say(f"{one.program.name} does not stop; killing it.")
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        await ended


async def describe_end(process: asyncio.subprocess.Process) -> str:
    """Wait for a process's end; how it ended, in words."""
    returncode = await process.wait()
    if returncode < 0:
        return f"killed by {signal.Signals(-returncode).name}"
    return f"exit code {returncode}"


async def until_not(lives: Callable[[], bool]) -> str:
    """Wait until something of another's lives no more."""
    while lives():  # noqa: ASYNC110 (only its locks tell)
        await asyncio.sleep(WATCH_SECONDS)
    return "reason unknown"


def is_healthy(url: str) -> bool:
    """Whether the URL, one of our own programs', answers 200 within two seconds."""
    with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
        return bool(answer.status == 200)
    return False


def python(*arguments: str) -> tuple[str, ...]:
    """A command for the Python that runs us, its output unbuffered."""
    return (sys.executable, "-u", *arguments)
