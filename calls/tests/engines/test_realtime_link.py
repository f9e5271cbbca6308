import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from openai.types.realtime import SessionUpdateEventParam

from calls.engines import realtime_protocol as protocol
from calls.engines.fake_realtime import Failure, FakeRealtime, Script, Turn
from calls.engines.realtime import DEFAULT_VAD
from calls.engines.realtime_link import LinkClosed, RealtimeLink, open_link
from calls.live.profile import CallProfile
from salesdesk.lib.errors import ProviderError

SCRIPT = Script(turns=(Turn("Hello."),))


def session(voice: str = "alloy") -> SessionUpdateEventParam:
    profile = CallProfile(
        call_id="c",
        business_name="b",
        engine="realtime",
        greeting="g",
        prompt="p",
        voice=voice,
    )
    return protocol.session_update(
        profile,
        transcription_model="gpt-transcribe",
        vad=DEFAULT_VAD,
        noise_reduction="near_field",
    )


async def link_to(base_url: str, timeout_ms: int = 5_000) -> RealtimeLink:
    return await open_link(
        api_key="sk-test",
        base_url=base_url,
        model="gpt/odd name",
        session=session(),
        timeout_ms=timeout_ms,
    )


async def test_the_session_is_configured_before_it_is_given_out() -> None:
    async with FakeRealtime(SCRIPT) as server:
        link = await link_to(f"{server.base_url}/")
        assert [event["type"] for event in server.received] == ["session.update"]
        assert server.sessions[0].model == "gpt/odd name"
        await link.close()


@pytest.mark.parametrize(
    ("status", "message", "retryable"),
    [
        (401, "OpenAI refused the API key.", False),
        (404, "OpenAI knows no voice model “gpt/odd name” at this address.", False),
        (429, "OpenAI is refusing calls for now: rate limit or credit is used up.", True),
        (503, "OpenAI is not available (HTTP 503).", True),
    ],
)
async def test_a_refused_handshake_is_a_sentence(
    status: int, message: str, retryable: bool
) -> None:
    async with FakeRealtime(Script(turns=(), refuse_status=status)) as server:
        with pytest.raises(ProviderError) as refused:
            await link_to(server.base_url)
    assert (refused.value.message, refused.value.retryable) == (message, retryable)


@pytest.mark.parametrize(
    ("failure", "message", "retryable"),
    [
        (Failure("insufficient_quota"), "The OpenAI account has no credit left.", False),
        (Failure("server_error"), "OpenAI had a fault of its own.", True),
    ],
)
async def test_an_error_in_place_of_a_session_is_a_sentence(
    failure: Failure, message: str, retryable: bool
) -> None:
    async with FakeRealtime(Script(turns=(), refuse_session=failure)) as server:
        with pytest.raises(ProviderError) as refused:
            await link_to(server.base_url)
    assert (refused.value.message, refused.value.retryable) == (message, retryable)


async def test_a_refused_configuration_is_a_sentence() -> None:
    async with FakeRealtime(SCRIPT) as server:
        wrong = session()
        wrong["session"]["temperature"] = 0.8  # type: ignore[typeddict-unknown-key]
        with pytest.raises(ProviderError, match="unknown_parameter"):
            await open_link(
                api_key="k", base_url=server.base_url, model="m", session=wrong, timeout_ms=5_000
            )
        await server.until(lambda: server.live_connections == 0)


@contextlib.asynccontextmanager
async def tcp_server(answer: bytes | None) -> AsyncIterator[str]:
    """A server that answers each connection with these bytes, or never."""
    released = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await released.wait()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        released.set()
        server.close()


async def test_a_server_that_never_answers_is_given_up() -> None:
    async with tcp_server(None) as base_url:
        with pytest.raises(ProviderError, match=r"did not answer in time") as late:
            await link_to(base_url, timeout_ms=50)
        assert late.value.retryable


async def test_what_is_no_websocket_server_is_a_sentence() -> None:
    async with tcp_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as base_url:
        with pytest.raises(ProviderError, match="HTTP 200"):
            await link_to(base_url)


async def test_what_speaks_no_http_is_a_sentence() -> None:
    async with tcp_server(b"220 mail ready\r\n\r\n") as base_url:
        with pytest.raises(ProviderError, match="no Realtime server"):
            await link_to(base_url)


async def test_the_key_is_not_carried_to_another_address() -> None:
    async with FakeRealtime(SCRIPT) as elsewhere:
        target = f"Location: ws://{urlsplit(elsewhere.base_url).netloc}/v1/realtime?model=m\r\n"
        answer = f"HTTP/1.1 307 Temporary Redirect\r\n{target}Content-Length: 0\r\n\r\n"
        async with tcp_server(answer.encode()) as base_url:
            with pytest.raises(ProviderError, match="HTTP 307"):
                await link_to(base_url)
        assert elsewhere.sessions == []


async def test_an_address_where_nobody_listens_is_a_sentence() -> None:
    async with FakeRealtime(SCRIPT) as server:
        base_url = server.base_url
    with pytest.raises(ProviderError, match=r"^OpenAI cannot be reached\.$") as gone:
        await link_to(base_url)
    assert gone.value.retryable


async def test_an_address_that_is_none_is_a_sentence() -> None:
    with pytest.raises(ProviderError, match="no Realtime server"):
        await link_to("mailto:me@example.com")


async def test_a_broken_link_says_so() -> None:
    async with FakeRealtime(SCRIPT) as server:
        link = await link_to(server.base_url)
        server.sessions[0].wire.drop()
        with pytest.raises(LinkClosed):
            await link.receive()
        with pytest.raises(LinkClosed):
            await link.send_raw("{}")
        await link.close()


@pytest.mark.parametrize("message", ["", "{", "[" * 100_000])
async def test_what_is_no_json_is_parsed_as_nothing(message: str) -> None:
    async with FakeRealtime(SCRIPT) as server:
        link = await link_to(server.base_url)
        assert link.parse(message) is None
        await link.close()
