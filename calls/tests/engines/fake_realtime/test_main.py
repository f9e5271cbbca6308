import asyncio
import json
import sys

import pytest

from calls.engines.realtime import RealtimeEngine
from calls.live.events import AgentAudio, AgentItemDone, Say
from calls.tests.engines.listener import Listener
from calls.tests.engines.test_realtime import PROFILE


@pytest.mark.parametrize("script", ["dialogue", "bench"])
async def test_it_runs_by_itself_and_says_where(script: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "calls.engines.fake_realtime", "--script", script, "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        base_url = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))["base_url"]
        engine = RealtimeEngine(PROFILE, api_key="any", base_url=base_url)
        async with Listener(engine) as listener:
            await listener.engine.send(Say("Hello."))
            await listener.next(AgentAudio)
            if script == "dialogue":
                done = await listener.next(AgentItemDone)
                assert listener.agent_text(done.item_id) == "Hello."
    finally:
        process.terminate()
        assert await process.wait() == 0
