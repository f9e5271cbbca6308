"""The callers of a benchmark, all in one process: `python -m calls.bench.load`.

Reads orders from standard input, a JSON object a line: ``{"seconds": 20, "rings": [...]}`` with
the fields of :class:`~calls.bench.carrier.Ring`. Answers each on standard output with three lines,
``{"event": …}``: ``talking`` when every call talks, ``measured`` when the seconds are over, and
``over`` with the calls' results and how late frames were sent. ``failed`` has a ``message``.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Iterable
from typing import Any

import uvloop
from picows import WSError, ws_connect

from calls.bench.carrier import FRAME_SECONDS, Carrier, Ring, speech_frames

RAMP_SECONDS = 0.03
BEGIN_SECONDS = 30.0
SETTLE_SECONDS = 3.0
END_SECONDS = 15.0


class LoadFailed(Exception):
    """The callers could not be played; the message says why."""


async def play(rings: list[Ring], seconds: float) -> dict[str, Any]:
    """Play these calls at once, for ``seconds`` after the last of them has begun to talk."""
    carriers: list[Carrier] = []
    try:
        await _begin_all(rings, carriers)
        tell("talking")
        for number, carrier in enumerate(carriers):
            carrier.measure(speech_frames(seconds, number / len(carriers)))
        await asyncio.sleep(seconds)
        tell("measured")
        await _settle(carriers)
    finally:
        for carrier in carriers:
            carrier.hang_up()
    await _until_all((carrier.gone for carrier in carriers), END_SECONDS, "hung up")
    return _result(carriers)


async def _begin_all(rings: list[Ring], carriers: list[Carrier]) -> None:
    loop = asyncio.get_running_loop()
    beat = loop.time()
    for number, ring in enumerate(rings):
        carrier = await _connect(ring)
        carriers.append(carrier)
        share = number / len(rings) * FRAME_SECONDS
        missed = (loop.time() - beat - share) // FRAME_SECONDS + 1
        carrier.begin(beat + share + missed * FRAME_SECONDS)
        await asyncio.sleep(RAMP_SECONDS)
    await _until_all((carrier.talking for carrier in carriers), BEGIN_SECONDS, "answered")


async def _connect(ring: Ring) -> Carrier:
    try:
        _, carrier = await ws_connect(
            lambda: Carrier(ring),
            ring.url,
            extra_headers=ring.headers,
            websocket_handshake_timeout=BEGIN_SECONDS,
        )
    except (OSError, WSError, TimeoutError) as error:
        raise LoadFailed(f"A media stream was not accepted: {error}") from error
    assert isinstance(carrier, Carrier)
    return carrier


async def _settle(carriers: list[Carrier]) -> None:
    """Let what is under way come back; what does not in time is lost."""
    for carrier in carriers:
        carrier.rest()
    deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
    while any(carrier.awaits_frames for carrier in carriers):
        if asyncio.get_running_loop().time() > deadline:
            return
        await asyncio.sleep(FRAME_SECONDS)


async def _until_all(events: Iterable[asyncio.Event], seconds: float, what: str) -> None:
    try:
        async with asyncio.timeout(seconds):
            for event in events:
                await event.wait()
    except TimeoutError:
        raise LoadFailed(f"Not every call was {what} within {seconds:.0f} s.") from None


def _result(carriers: list[Carrier]) -> dict[str, Any]:
    late = sorted(late for carrier in carriers for late in carrier.late_ns)
    return {
        "calls": [carrier.result() for carrier in carriers],
        "late_ms_p99": round(late[len(late) * 99 // 100] / 1e6, 2) if late else 0.0,
    }


def tell(event: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()


async def serve() -> None:
    """Carry out orders until standard input ends."""
    reader = asyncio.StreamReader(limit=2**22)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    gc.freeze()
    tell("ready")
    while line := await reader.readline():
        order = json.loads(line)
        rings = [Ring(**ring) for ring in order["rings"]]
        try:
            tell("over", **await play(rings, order["seconds"]))
        except LoadFailed as failure:
            tell("failed", message=str(failure))


if __name__ == "__main__":
    uvloop.run(serve())
