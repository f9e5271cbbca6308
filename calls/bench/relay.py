"""A bare relay between a carrier's socket and OpenAI's: the least that a bridge must do.

The yardstick of `bin/bench voice`. It moves audio by slicing, drops the carrier's playback when
the caller speaks, and leaves all else to OpenAI: no signature, no transcript, no database, no
knowledge of what was heard. `python -m calls.bench.relay --port 9001 --openai http://…/v1`
"""

import argparse
import asyncio
import json
import signal

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

MEDIA = '{"event":"media"'
PAYLOAD = '"payload":"'
AUDIO = '"response.output_audio.delta"'
DELTA = '"delta":"'
SPEECH_STARTED = '"input_audio_buffer.speech_started"'
APPEND = '{"type":"input_audio_buffer.append","audio":"'
MU_LAW = {"format": {"type": "audio/pcmu"}}
SESSION = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "audio": {"input": {**MU_LAW, "turn_detection": {"type": "server_vad"}}, "output": MU_LAW},
    },
}


class Relay:
    """One call. ``run`` ends with either socket."""

    def __init__(self, carrier: ServerConnection, openai: ClientConnection) -> None:
        self._carrier = carrier
        self._openai = openai

    async def run(self) -> None:
        stream_sid = await self._until_started()
        await self._openai.send(json.dumps(SESSION))
        await self._openai.send('{"type":"response.create"}')
        backwards = asyncio.create_task(self._to_carrier(stream_sid))
        try:
            await self._to_openai()
        finally:
            backwards.cancel()

    async def _until_started(self) -> str:
        async for message in self._carrier:
            event = json.loads(message)
            if event["event"] == "start":
                return str(event["streamSid"])
        raise ConnectionAbortedError("the carrier closed before it started")

    async def _to_openai(self) -> None:
        async for message in self._carrier:
            assert isinstance(message, str)
            if message.startswith(MEDIA):
                start = message.find(PAYLOAD) + len(PAYLOAD)
                payload = message[start : message.find('"', start)]
                await self._openai.send(f'{APPEND}{payload}"}}')

    async def _to_carrier(self, stream_sid: str) -> None:
        head = f'{{"event":"media","streamSid":"{stream_sid}","media":{{"payload":"'
        async for message in self._openai:
            assert isinstance(message, str)
            if AUDIO in message:
                start = message.find(DELTA) + len(DELTA)
                payload = message[start : message.find('"', start)]
                await self._carrier.send(f'{head}{payload}"}}}}')
            elif SPEECH_STARTED in message:
                await self._carrier.send(f'{{"event":"clear","streamSid":"{stream_sid}"}}')


async def run(port: int, openai: str) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT."""
    url = f"{openai.replace('http', 'ws', 1)}/realtime?model=bench"
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)

    async def relay(carrier: ServerConnection) -> None:
        async with connect(url, compression=None, proxy=None) as socket:
            try:
                await Relay(carrier, socket).run()
            except ConnectionClosed:
                return

    async with serve(relay, "127.0.0.1", port, compression=None):
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A bare relay to OpenAI's Realtime API.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--openai", required=True, help="base URL")
    arguments = parser.parse_args()
    uvloop.run(run(arguments.port, arguments.openai))


if __name__ == "__main__":
    main()
