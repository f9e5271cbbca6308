"""The driver with sockets and an engine that do as the test says."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

from channels.layers import InMemoryChannelLayer

from calls.live.bridge import Bridge
from calls.live.events import AgentAudio, EngineCommand, EngineEvent, RecorderCommand
from calls.live.profile import CallProfile
from calls.live.recorder import Recorder
from calls.live.session import CallSession
from calls.live.toolbox import Toolbox

PROFILE = CallProfile("c1", "Bright", "realtime", greeting="Hi.", prompt="Sell.")
START = {"event": "start", "start": {"streamSid": "MZ1", "callSid": "CA1"}}


class SpeakingEngine:
    """Says one frame."""

    async def open(self) -> None:
        pass

    async def events(self) -> AsyncIterator[EngineEvent]:
        yield AgentAudio("i1", "/" * 216)
        await asyncio.Event().wait()

    async def send(self, command: EngineCommand) -> None:
        pass

    async def close(self) -> None:
        pass


class ForgettingRecorder:
    async def run(self) -> None:
        await asyncio.Event().wait()

    def put(self, command: RecorderCommand) -> None:
        pass

    async def drained(self) -> None:
        pass


async def test_a_caller_who_hangs_up_while_the_agent_speaks_has_not_broken_off() -> None:
    refused = asyncio.Event()
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    messages.put_nowait({"type": "websocket.receive", "text": json.dumps(START)})

    async def send(message: dict[str, Any]) -> None:
        refused.set()
        raise ConnectionResetError("closed already")

    async def on_start(event: object) -> None:
        pass

    bridge = Bridge(
        call_id="c1",
        receive=messages.get,
        send=send,
        session=CallSession(PROFILE),
        engine=SpeakingEngine(),
        recorder=cast("Recorder", ForgettingRecorder()),
        toolbox=Toolbox(PROFILE),
        layer=InMemoryChannelLayer(),
        on_start=on_start,
    )
    running = asyncio.create_task(bridge.run())
    await refused.wait()
    messages.put_nowait({"type": "websocket.receive", "text": '{"event": "stop"}'})
    messages.put_nowait({"type": "websocket.disconnect", "code": 1000})
    ended = await asyncio.wait_for(running, 10)
    assert (ended.reason, ended.error) == ("caller_hung_up", "")
