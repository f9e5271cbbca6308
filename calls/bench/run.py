"""Starts the fake model, both bridges and the load, and takes the measurements in turns."""

import asyncio
import json
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from django.conf import settings

from calls.bench import product
from calls.bench.carrier import Ring
from calls.bench.figures import Phase
from calls.bench.report import report
from calls.bench.servers import HOST, command_for
from calls.live.records import in_thread
from salesdesk.embedded.redis import free_port
from salesdesk.embedded.supervisor import Program, Supervisor, python
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.ids import public_id

WARM_UP_CALLS = 2
WARM_UP_SECONDS = 3.0
LISTENING_SECONDS = 30.0

Say = Callable[[str], None]


class BenchFailed(SalesdeskError):
    """A measurement could not be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure: so many calls at once, for so long, so many times."""

    calls: int
    seconds: float
    rounds: int
    server: str
    stock_consumer: bool
    documents: bool
    logs: Path
    database_url: str


@dataclass(frozen=True, slots=True)
class Ports:
    fake: int
    relay: int
    media: int


# ---------------------------------------------------------------- the load's process


class Load:
    """The callers, as an asynchronous context. `play` has them make calls."""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *python("-m", "calls.bench.load"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**26,
            start_new_session=True,
        )
        await self._until("ready")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def play(
        self, rings: Sequence[Ring], seconds: float, at: Callable[[str], None]
    ) -> dict[str, Any]:
        """Play the calls; ``at`` is told when all talk and when the seconds are over."""
        order = {"seconds": seconds, "rings": [asdict(ring) for ring in rings]}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        for moment in ("talking", "measured"):
            await self._until(moment)
            at(moment)
        return await self._until("over")

    async def _until(self, event: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise BenchFailed("The load generator ended by itself.")
        message: dict[str, Any] = json.loads(line)
        if message["event"] != event:
            raise BenchFailed(message.get("message", f"unexpected: {message['event']}"))
        return message


# ---------------------------------------------------------------- the bridges


class Relay:
    name = "relay"

    def __init__(self, pid: int, ports: Ports) -> None:
        self.pid = pid
        self._url = f"ws://{HOST}:{ports.relay}/"

    async def take_calls(self, count: int) -> list[Ring]:
        names = [public_id() for _ in range(count)]
        return [Ring(self._url, f"MZ{name}", f"CA{name}") for name in names]

    async def end_calls(self, rings: Sequence[Ring]) -> list[tuple[int, int]]:
        return []


class Salesdesk:
    """The media process, called at one business's number."""

    def __init__(self, name: str, number: str, pid: int, ports: Ports, auth_token: str) -> None:
        self.name = name
        self.pid = pid
        self._number = number
        self._url = media_url(ports)
        self._auth_token = auth_token

    async def take_calls(self, count: int) -> list[Ring]:
        return await in_thread(
            product.take_calls,
            count,
            number=self._number,
            media_url=self._url,
            auth_token=self._auth_token,
        )

    async def end_calls(self, rings: Sequence[Ring]) -> list[tuple[int, int]]:
        await in_thread(product.end_calls, rings)
        return await in_thread(product.utterances, rings)


Bridge = Relay | Salesdesk


def media_url(ports: Ports) -> str:
    return f"ws://{HOST}:{ports.media}"


class Usage:
    """What a process and its children use."""

    def __init__(self, pid: int) -> None:
        parent = psutil.Process(pid)
        self._processes = [parent, *parent.children(recursive=True)]

    def processor_seconds(self) -> float:
        times = [process.cpu_times() for process in self._processes]
        return sum(time.user + time.system for time in times)

    def memory_kb(self) -> float:
        return sum(process.memory_info().rss for process in self._processes) / 1024


# ---------------------------------------------------------------- measuring


async def run(order: Order, say: Say) -> dict[str, Any]:
    """Measure and report. Raises a :class:`~salesdesk.lib.errors.SalesdeskError`."""
    ports = Ports(free_port(), free_port(), free_port())
    auth_token = secrets.token_hex(16)
    environment = environment_for(order, ports, auth_token)
    async with Supervisor(logs=order.logs, environment=environment, say=say) as supervisor:
        say("Starting the fake model, the relay, the media process and the load ...")
        await supervisor.start(programs(order, ports))
        await supervisor.until_ready()
        async with Load() as load:
            await supervisor.attend(until_listening(ports.fake, ports.relay))
            pids = supervisor.pids()
            bridges: list[Bridge] = [
                Relay(pids["relay"], ports),
                Salesdesk("salesdesk", product.NUMBER, pids["media"], ports, auth_token),
            ]
            if order.documents:
                number = product.READERS_NUMBER
                reader = Salesdesk("with_documents", number, pids["media"], ports, auth_token)
                bridges.append(reader)
            return await supervisor.attend(Measuring(order, load, say).all(*bridges))


def environment_for(order: Order, ports: Ports, auth_token: str) -> dict[str, str]:
    return {
        "DATABASE_URL": order.database_url,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "VOICE_ENGINE": "realtime",
        "OPENAI_API_KEY": "bench",
        "OPENAI_BASE_URL": f"http://{HOST}:{ports.fake}/v1",
        "MEDIA_STREAM_URL": media_url(ports),
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": auth_token,
    }


def programs(order: Order, ports: Ports) -> list[Program]:
    fake = ("-m", "calls.engines.fake_realtime", "--script", "bench", "--port", str(ports.fake))
    openai = f"http://{HOST}:{ports.fake}/v1"
    relay = ("-m", "calls.bench.relay", "--port", str(ports.relay), "--openai", openai)
    media = command_for(order.server, ports.media, stock_consumer=order.stock_consumer)
    health = f"http://{HOST}:{ports.media}/healthz"
    return [
        Program("fake-realtime", python(*fake)),
        Program("relay", python(*relay)),
        Program("media", media, health),
    ]


async def until_listening(*ports: int) -> None:
    """Wait until something accepts connections on each port. Raises :class:`BenchFailed`."""
    try:
        async with asyncio.timeout(LISTENING_SECONDS):
            for port in ports:
                while not await asyncio.to_thread(_listens, port):  # noqa: ASYNC110 (no event)
                    await asyncio.sleep(0.1)
    except TimeoutError:
        raise BenchFailed(f"Nothing listens on port {port}.") from None


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


class Measuring:
    """Has the load call one bridge after the other, so that both meet the same machine."""

    def __init__(self, order: Order, load: Load, say: Say) -> None:
        self._order = order
        self._load = load
        self._say = say

    async def all(self, *bridges: Bridge) -> dict[str, Any]:
        idle_kb = await self._warm_up(*bridges)
        phases: dict[str, list[Phase]] = {bridge.name: [] for bridge in bridges}
        turns = list(in_turns(bridges, self._order.rounds))
        for number, bridge in enumerate(turns, start=1):
            self._say(
                f"{number} of {len(turns)}: {bridge.name}, {self._order.calls} calls for "
                f"{self._order.seconds:g} s ..."
            )
            phases[bridge.name].append(await self._phase(bridge, idle_kb[bridge.name]))
        return report(**phases, server=server_name(self._order))

    async def _warm_up(self, *bridges: Bridge) -> dict[str, float]:
        """A few short calls, so that everything is loaded; the memory then used, in kB."""
        rings = {bridge: await bridge.take_calls(WARM_UP_CALLS) for bridge in bridges}
        await self._load.play(list(chain(*rings.values())), WARM_UP_SECONDS, lambda moment: None)
        for bridge in bridges:
            await bridge.end_calls(rings[bridge])
        return {bridge.name: Usage(bridge.pid).memory_kb() for bridge in bridges}

    async def _phase(self, bridge: Bridge, idle_kb: float) -> Phase:
        rings = await bridge.take_calls(self._order.calls)
        usage = Usage(bridge.pid)
        processor: dict[str, float] = {}
        memory: dict[str, float] = {}

        def note(moment: str) -> None:
            processor[moment] = usage.processor_seconds()
            memory[moment] = usage.memory_kb()

        result = await self._load.play(rings, self._order.seconds, note)
        return Phase(
            bridge=bridge.name,
            seconds=self._order.seconds,
            processor_seconds=processor["measured"] - processor["talking"],
            idle_kb=idle_kb,
            memory_kb=memory["measured"],
            late_ms_p99=result["late_ms_p99"],
            calls=result["calls"],
            recorded=await bridge.end_calls(rings),
        )


def server_name(order: Order) -> str:
    return f"{order.server}, stock consumer" if order.stock_consumer else order.server


def in_turns(bridges: Sequence[Bridge], rounds: int) -> Iterator[Bridge]:
    """A B, B A, A B …: what slowly changes on the machine then falls on all alike."""
    for number in range(rounds):
        yield from bridges if number % 2 == 0 else reversed(bridges)
