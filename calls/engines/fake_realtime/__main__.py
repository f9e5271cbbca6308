"""Run the fake: ``python -m calls.engines.fake_realtime --script dialogue --port 0``.

Prints ``{"base_url": …}`` once it listens; give that to salesdesk as ``OPENAI_BASE_URL``, with
any ``OPENAI_API_KEY``, to try the ``realtime`` engine without an account.
"""

import argparse
import asyncio
import json
import signal
import sys

import uvloop

from calls.engines.fake_realtime.bench import BenchRealtime
from calls.engines.fake_realtime.script import SCRIPTS
from calls.engines.fake_realtime.server import FakeRealtime

BENCH = "bench"


async def run(script: str, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with _fake(script, host, port) as server:
        sys.stdout.write(json.dumps({"base_url": server.base_url}) + "\n")
        sys.stdout.flush()
        await stopped.wait()


def _fake(script: str, host: str, port: int) -> FakeRealtime | BenchRealtime:
    if script == BENCH:
        return BenchRealtime(host=host, port=port)
    return FakeRealtime(script, host=host, port=port)


def main() -> None:
    parser = argparse.ArgumentParser(description="A Realtime API that follows a script.")
    parser.add_argument("--script", choices=[*SCRIPTS, BENCH], default="dialogue")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    uvloop.run(run(arguments.script, arguments.host, arguments.port))


if __name__ == "__main__":
    main()
