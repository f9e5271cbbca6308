"""The media endpoint against peers that do not behave, over a real socket."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from calls import services
from calls.carriers.base import get_carrier
from calls.enums import CallStatus, EndReason
from calls.live import bridge
from calls.live.asgi import application as media
from calls.models import Call, MediaStream
from calls.sandbox.server import Server
from calls.tests.live.conftest import AUTH_TOKEN, with_lifespan
from conftest import MakeCall

pytestmark = pytest.mark.django_db(transaction=True)

SILENCE = base64.b64encode(b"\xff" * 160).decode()


@pytest.fixture
async def url(settings: Settings) -> AsyncIterator[str]:
    """The media process's address; the carrier is Twilio's adapter with a known token."""
    server = Server(with_lifespan(media))
    settings.TWILIO_AUTH_TOKEN = AUTH_TOKEN
    settings.MEDIA_STREAM_URL = server.url.replace("http", "ws")
    get_carrier.cache_clear()
    async with server:
        yield settings.MEDIA_STREAM_URL
    get_carrier.cache_clear()


@pytest.fixture
async def ringing(make_call: MakeCall) -> Call:
    def make() -> Call:
        call = make_call(status=CallStatus.RINGING)
        assert call.business is not None
        call.business.engine = "cascade"
        call.business.greeting = "Hi."
        call.business.save()
        return call

    return await sync_to_async(make)()


async def token_for(call: Call) -> str:
    return await sync_to_async(services.issue_media_token)(call)


def dial(url: str, path: str, *, signed: bool = True) -> connect:
    signature = RequestValidator(AUTH_TOKEN).compute_signature(url + path, {}) if signed else "no"
    return connect(url + path, additional_headers={"X-Twilio-Signature": signature})


def start(call: Call, **changes: Any) -> str:
    details = {"streamSid": "MZ" + "1" * 32, "callSid": call.sid, "tracks": ["inbound"], **changes}
    return json.dumps({"event": "start", "start": details, "streamSid": details["streamSid"]})


def audio(timestamp: int, payload: str = SILENCE) -> str:
    return json.dumps(
        {"event": "media", "media": {"timestamp": str(timestamp), "payload": payload}},
        separators=(",", ":"),
    )


async def closed(socket: ClientConnection) -> int:
    """The code with which the other side closes, whatever it says before."""
    async with asyncio.timeout(20):
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


async def stream_of(call: Call) -> MediaStream:
    stream = await call.media_streams.alast()
    assert stream is not None
    return stream


@pytest.mark.parametrize("path", ["/media/unknown/", "/media/", "/", "/media/a/b/", "/ws/calls/"])
async def test_an_unknown_token_or_path_opens_nothing(
    url: str, path: str, transactional_db: None
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await dial(url, path)
    assert refused.value.response.status_code == 403


async def test_a_wrong_signature_opens_nothing_and_leaves_the_token(
    url: str, ringing: Call
) -> None:
    path = f"/media/{await token_for(ringing)}/"
    with pytest.raises(InvalidStatus):
        await dial(url, path, signed=False)
    async with dial(url, path) as socket:
        await socket.send(json.dumps({"event": "connected"}))


async def test_the_second_socket_for_a_token_is_refused_and_the_first_lives(
    url: str, ringing: Call
) -> None:
    path = f"/media/{await token_for(ringing)}/"
    async with dial(url, path) as first:
        with pytest.raises(InvalidStatus):
            await dial(url, path)
        await first.send(start(ringing))
        await first.send(audio(20))
        assert json.loads(await first.recv())["event"] == "media"


@pytest.mark.parametrize(
    "message",
    [
        "hello",
        b"\x00\x01",
        '{"event":"media","media":{"payload":"%%%","timestamp":"20"}}',
        '{"event": "start"}',
        "x" * 100_000,
        json.dumps({"event": "media", "media": {"timestamp": "20", "payload": "A" * 40_000}}),
    ],
)
async def test_malformed_messages_close_the_stream_and_are_told_on_the_call(
    url: str, ringing: Call, message: str | bytes
) -> None:
    async with dial(url, f"/media/{await token_for(ringing)}/") as socket:
        await socket.send(start(ringing))
        await socket.send(message)
        assert await closed(socket) in {1009, 1011}
    stream = await stream_of(ringing)
    await ringing.arefresh_from_db()
    assert (stream.end_reason, ringing.end_reason) == (EndReason.MEDIA_FAILED,) * 2
    assert ringing.error


async def test_audio_before_the_start_is_refused(url: str, ringing: Call) -> None:
    async with dial(url, f"/media/{await token_for(ringing)}/") as socket:
        await socket.send(audio(0))
        assert await closed(socket) == 1011
    await ringing.arefresh_from_db()
    assert ringing.status == CallStatus.RINGING


async def test_a_stream_of_another_call_is_refused(url: str, ringing: Call) -> None:
    async with dial(url, f"/media/{await token_for(ringing)}/") as socket:
        await socket.send(start(ringing, callSid="CA" + "9" * 32))
        assert await closed(socket) == 1011
    await ringing.arefresh_from_db()
    assert ringing.error == "The media stream belongs to another call."


async def test_who_opens_a_socket_and_says_nothing_is_let_go(
    url: str, ringing: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "START_WITHIN_SECONDS", 0.2)
    async with dial(url, f"/media/{await token_for(ringing)}/") as socket:
        assert await closed(socket) == 1011
    stream = await stream_of(ringing)
    assert stream.end_reason == EndReason.MEDIA_FAILED


async def test_a_socket_that_breaks_off_is_told_on_the_call(url: str, ringing: Call) -> None:
    async with dial(url, f"/media/{await token_for(ringing)}/") as socket:
        await socket.send(start(ringing))
        await socket.recv()
        socket.transport.abort()
    async with asyncio.timeout(20):
        while (await stream_of(ringing)).ended_at is None:  # noqa: ASYNC110  # no callback
            await asyncio.sleep(0.05)
    await ringing.arefresh_from_db()
    assert ringing.end_reason == EndReason.MEDIA_FAILED
