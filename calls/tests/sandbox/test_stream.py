"""Media streams: a scripted caller on one side, a product's socket on the other."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from twilio.request_validator import RequestValidator
from websockets.asyncio.server import ServerConnection, serve

from calls.audio import mulaw_silence
from calls.sandbox.call import Call, Status
from calls.sandbox.carrier import Carrier
from calls.sandbox.hearing import is_audible
from calls.sandbox.notifications import Problem
from calls.sandbox.script import (
    AfterAgent,
    AfterPause,
    AtTheEnd,
    CallerScript,
    DuringAgent,
    HangUp,
    Keys,
    Line,
    Step,
)
from calls.sandbox.server import HOST
from calls.sandbox.stage import Source
from calls.sandbox.timeline import Kind, summarise
from calls.tests.sandbox.product import (
    AUTH_TOKEN,
    CALLER,
    LONGEST_WAIT_S,
    OWN_NUMBER,
    Peer,
    Product,
    twiml,
    voice,
)

TEXT, CONTINUATION = 0x1, 0x0
ANSWER = voice("x" * 100)
"""Half a second of the agent's voice."""


async def ring(carrier: Carrier, *steps: Step) -> Call:
    """A caller who stays on the line unless a step says otherwise."""
    script = CallerScript(steps, AtTheEnd.STAY, finished_ms=200)
    return await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=script)


async def ended(call: Call) -> Call:
    await asyncio.wait_for(call.wait_ended(), LONGEST_WAIT_S)
    return call


def problems(call: Call) -> list[Problem]:
    return [notification.problem for notification in call.notifications]


def frames_of(peer: Peer) -> list[bytes]:
    return [base64.b64decode(message["media"]["payload"]) for message in peer.of("media")]


# ---------------------------------------------------------------- the product's side


async def test_the_stream_introduces_itself(carrier: Carrier, product: Product) -> None:
    product.stream('<Parameter name="lead" value="Zoë &amp; 7"/>')
    call = await ended(await ring(carrier, HangUp(AfterPause(200))))
    (peer,) = product.peers
    assert [message["event"] for message in peer.messages[:3]] == ["connected", "start", "media"]
    start = peer.of("start")[0]["start"]
    assert start["callSid"] == call.sid
    assert start["streamSid"] == peer.stream_sid
    assert start["customParameters"] == {"lead": "Zoë & 7"}


async def test_the_handshake_is_signed(carrier: Carrier, product: Product) -> None:
    product.stream()
    await ended(await ring(carrier, HangUp(AfterPause(100))))
    (peer,) = product.peers
    signature = peer.headers["x-twilio-signature"]
    validator = RequestValidator(AUTH_TOKEN)
    assert validator.validate(f"{product.socket_url}/media/token/", {}, signature)
    assert not validator.validate(f"{product.socket_url}/media/other/", {}, signature)


async def test_a_query_string_is_not_passed_on(carrier: Carrier, product: Product) -> None:
    url = f"{product.socket_url}/media/token/?secret=1"
    product.answer_with(f'<Connect><Stream url="{url}"/></Connect>')
    await ended(await ring(carrier, HangUp(AfterPause(100))))
    assert product.peers[0].query == ""


async def test_an_http_address_becomes_a_socket_and_may_be_relative(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Connect><Stream url="/media/token/"/></Connect>')
    await ended(await ring(carrier, HangUp(AfterPause(100))))
    assert product.peers[0].path == "/media/token/"


async def test_media_comes_every_20_ms_numbered_without_gaps(
    carrier: Carrier, product: Product
) -> None:
    times: list[float] = []

    async def listen(peer: Peer) -> None:
        for count in range(1, 61):
            await peer.wait_for("media", count)
            times.append(asyncio.get_running_loop().time())

    product.stream()
    product.conversation = listen
    await ended(await ring(carrier))
    assert 1.1 <= times[-1] - times[0] <= 4
    media = [message["media"] for message in product.peers[0].of("media")]
    assert [int(each["chunk"]) for each in media] == list(range(1, len(media) + 1))
    assert [int(each["timestamp"]) for each in media] == list(range(0, 20 * len(media), 20))
    sequence = [int(each["sequenceNumber"]) for each in product.peers[0].messages[1:]]
    assert sequence == list(range(1, len(sequence) + 1))


async def test_the_callers_line_arrives_whole_between_silence(
    carrier: Carrier, product: Product
) -> None:
    product.stream()
    line = Line("Hello", when=AfterPause(200))
    await ended(await ring(carrier, line, HangUp(AfterPause(200))))
    frames = frames_of(product.peers[0])
    spoken = [frame for frame in frames if is_audible(frame)]
    assert b"".join(spoken) == voice("Hello")
    assert frames[0] == mulaw_silence(20)
    assert frames[-1] == mulaw_silence(20)


async def test_keys_arrive_as_dtmf(carrier: Carrier, product: Product) -> None:
    product.stream()
    call = await ring(carrier)
    await call.wait_for(Kind.STREAM_STARTED)
    await carrier.do_now(call, Keys("4#", AfterPause()))
    await product.peers[0].wait_for("dtmf", 2)
    call.hang_up()
    await ended(call)
    assert [message["dtmf"]["digit"] for message in product.peers[0].of("dtmf")] == ["4", "#"]


async def test_stop_is_the_last_message_when_the_caller_hangs_up(
    carrier: Carrier, product: Product
) -> None:
    product.stream()
    call = await ended(await ring(carrier, HangUp(AfterPause(100))))
    (peer,) = product.peers
    assert peer.messages[-1]["event"] == "stop"
    assert peer.messages[-1]["stop"]["callSid"] == call.sid
    assert call.status is Status.COMPLETED
    assert problems(call) == []


# ---------------------------------------------------------------- the caller's side


async def test_the_caller_hears_what_the_product_sends(carrier: Carrier, product: Product) -> None:
    async def speak(peer: Peer) -> None:
        await peer.say(ANSWER[:1_000])
        await peer.say(ANSWER[1_000:])
        await peer.mark("end")
        await peer.wait_for("mark")

    product.stream()
    product.conversation = speak
    call = await ended(await ring(carrier))
    assert call.phone is not None
    heard = call.phone.recording.heard
    assert ANSWER in heard


async def test_marks_come_back_when_their_audio_has_been_played(
    carrier: Carrier, product: Product
) -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def speak(peer: Peer) -> None:
        times.append(loop.time())
        await peer.say(ANSWER)
        await peer.mark("half a second")
        await peer.say(ANSWER)
        await peer.mark("a second")
        for count in (1, 2):
            await peer.wait_for("mark", count)
            times.append(loop.time())

    product.stream()
    product.conversation = speak
    await ended(await ring(carrier))
    names = [message["mark"]["name"] for message in product.peers[0].of("mark")]
    assert names == ["half a second", "a second"]
    assert 0.48 <= times[1] - times[0] < 3
    assert 0.98 <= times[2] - times[0] < 4


async def test_clear_silences_the_agent_and_returns_the_marks_at_once(
    carrier: Carrier, product: Product
) -> None:
    async def speak(peer: Peer) -> None:
        await peer.say(ANSWER * 20)
        await peer.mark("one")
        await peer.say(ANSWER * 20)
        await peer.mark("two")
        await peer.wait_for("media", 20)
        await peer.clear()
        await asyncio.wait_for(peer.wait_for("mark", 2), 5)

    product.stream()
    product.conversation = speak
    call = await ended(await ring(carrier))
    names = [message["mark"]["name"] for message in product.peers[0].of("mark")]
    assert names == ["one", "two"]
    (cleared,) = call.timeline.of(Kind.CLEARED)
    dropped = cleared.detail["dropped_ms"]
    assert isinstance(dropped, int)
    assert 10_000 < dropped < 20_000


async def test_the_caller_interrupts_and_the_silence_is_measured(
    carrier: Carrier, product: Product
) -> None:
    async def speak(peer: Peer) -> None:
        await peer.say(ANSWER * 10)
        while not any(is_audible(frame) for frame in frames_of(peer)[-5:]):
            await peer.wait_for("media", len(peer.of("media")) + 1)
        await peer.clear()
        await peer.wait_for("stop")

    product.stream()
    product.conversation = speak
    script: list[Step] = [Line("Stop it", when=DuringAgent(600)), HangUp(AfterPause(300))]
    call = await ended(await ring(carrier, *script))
    summary = summarise(call.timeline)
    (line,) = summary.lines
    (agent,) = summary.agent
    assert 580 <= line.start_ms - agent.start_ms <= 2_000
    assert summary.barge_in_to_silence_ms is not None
    assert 0 <= summary.barge_in_to_silence_ms < 2_000
    assert summary.clears == 1


async def test_a_murmur_while_the_agent_goes_on(carrier: Carrier, product: Product) -> None:
    async def speak(peer: Peer) -> None:
        await peer.say(ANSWER * 4)
        await peer.wait_for("stop")

    product.stream()
    product.conversation = speak
    murmur = Line("Hm", when=DuringAgent(400))
    call = await ended(await ring(carrier, murmur, HangUp(AfterAgent())))
    summary = summarise(call.timeline)
    (agent,) = summary.agent
    assert agent.start_ms < summary.lines[0].start_ms < agent.end_ms
    assert agent.end_ms - agent.start_ms >= 1_900


async def test_the_first_answer_is_measured_from_the_end_of_the_line(
    carrier: Carrier, product: Product
) -> None:
    async def answer(peer: Peer) -> None:
        count = 0
        while not any(is_audible(frame) for frame in frames_of(peer)[count:]):
            count = len(peer.of("media"))
            await peer.wait_for("media", count + 1)
        await peer.wait_for("media", count + 20)
        await peer.say(ANSWER)
        await peer.wait_for("stop")

    product.stream()
    product.conversation = answer
    script: list[Step] = [Line("Hello", when=AfterPause(100)), HangUp(AfterAgent())]
    call = await ended(await ring(carrier, *script))
    (stopped,) = call.timeline.of(Kind.CALLER_STOPPED)
    (started,) = call.timeline.of(Kind.AGENT_STARTED)
    assert stopped.at_ms < started.at_ms
    assert summarise(call.timeline).first_answer_ms == started.at_ms - stopped.at_ms


async def test_a_caller_gives_up_on_a_product_that_never_speaks(
    carrier: Carrier, product: Product
) -> None:
    product.stream()
    script = CallerScript([Line("Hello?")], give_up_ms=500)
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=script)
    await ended(call)
    assert len(call.timeline.of(Kind.GAVE_UP)) == 1
    assert call.timeline.of(Kind.HUNG_UP)[0].detail == {"by": "caller"}


# ---------------------------------------------------------------- how it ends


async def test_when_the_product_closes_the_action_goes_on_with_the_call(
    carrier: Carrier, product: Product
) -> None:
    async def leave(peer: Peer) -> None:
        await peer.wait_for("media", 3)
        await peer.close()

    product.stream(action="/over/")
    product.conversation = leave
    product.answer_with("<Say>Bye</Say>", "/over/")
    call = await ended(await ring(carrier))
    (asked,) = product.asked_at("/over/")
    assert asked.signed
    assert asked.params["CallStatus"] == "in-progress"
    assert (call.status, problems(call)) == (Status.COMPLETED, [])


async def test_without_action_the_next_verb_follows(carrier: Carrier, product: Product) -> None:
    async def leave(peer: Peer) -> None:
        await peer.close()

    product.conversation = leave
    connect = '<Connect><Stream url="/media/token/"/></Connect>'
    product.answer_with(f"{connect}<Say>And now this</Say>")
    call = await ended(await ring(carrier))
    spoken = [happening.detail["verb"] for happening in call.timeline.of(Kind.VERB)]
    assert spoken == ["ConnectStream", "Say"]


async def test_what_was_not_played_is_dropped_when_the_product_closes(
    carrier: Carrier, product: Product
) -> None:
    async def speak_and_leave(peer: Peer) -> None:
        await peer.say(ANSWER * 20)
        await peer.wait_for("media", 10)
        await peer.close()

    product.stream()
    product.conversation = speak_and_leave
    call = await ended(await ring(carrier))
    assert call.duration_s < 5


async def test_when_the_caller_hangs_up_the_action_is_told_the_end(
    carrier: Carrier, product: Product
) -> None:
    product.stream(action="/over/")
    product.answer_with("<Say>Nobody hears this</Say>", "/over/")
    await ended(await ring(carrier, HangUp(AfterPause(100))))
    (asked,) = product.asked_at("/over/")
    assert asked.params["CallStatus"] == "completed"


async def test_a_redirect_stops_the_stream_without_asking_the_action(
    carrier: Carrier, product: Product
) -> None:
    product.stream(action="/over/")
    call = await ring(carrier)
    await call.wait_for(Kind.STREAM_STARTED)
    carrier.redirect(call, Source(twiml=twiml("<Say>Elsewhere</Say>")))
    await ended(call)
    assert product.peers[0].messages[-1]["event"] == "stop"
    assert product.asked_at("/over/") == []
    assert call.status is Status.COMPLETED


async def test_a_refused_handshake_is_written_down_and_the_action_asked(
    carrier: Carrier, product: Product
) -> None:
    product.refuse_streams = True
    product.stream(action="/over/")
    product.answer_with("<Hangup/>", "/over/")
    call = await ended(await ring(carrier))
    assert problems(call) == [Problem.STREAM_HANDSHAKE]
    assert len(product.asked_at("/over/")) == 1


async def test_an_unreachable_socket_is_written_down(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Connect><Stream url="ws://127.0.0.1:9/"/></Connect>')
    call = await ended(await ring(carrier))
    assert problems(call) == [Problem.STREAM_REFUSED]


@pytest.mark.parametrize("url", ["", "mailto:someone@example.com", "ftp://x.test/media/"])
async def test_an_address_that_is_none_fails_the_call(
    carrier: Carrier, product: Product, url: str
) -> None:
    product.answer_with(f'<Connect><Stream url="{url}"/></Connect>')
    call = await ended(await ring(carrier))
    assert (call.status, problems(call)) == (Status.FAILED, [Problem.INVALID_URL])


async def test_a_close_with_an_error_code_is_written_down(
    carrier: Carrier, product: Product
) -> None:
    async def break_down(peer: Peer) -> None:
        await peer.close(1011)

    product.stream()
    product.conversation = break_down
    call = await ended(await ring(carrier))
    assert problems(call) == [Problem.STREAM_CLOSED]


Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(after_handshake: Raw) -> AsyncIterator[str]:
    """Accepts a WebSocket and then does what no decent server would; yields its address."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(
            line.split(": ")[1]
            for line in request.split("\r\n")
            if line.lower().startswith("sec-websocket-key")
        )
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode())  # noqa: S324
        answer = base64.b64encode(digest.digest()).decode()
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Accept: {answer}\r\n\r\n".encode()
        )
        await writer.drain()
        await after_handshake(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(accept, HOST, 0)
    async with server:
        yield f"ws://{HOST}:{server.sockets[0].getsockname()[1]}/"


async def vanish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def never_finish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A message in pieces of 64 kB that has no end."""
    opcode = TEXT
    while not reader.at_eof():
        writer.write(bytes([opcode, 127]) + (65_536).to_bytes(8, "big") + b"x" * 65_536)
        opcode = CONTINUATION
        try:
            await writer.drain()
            await reader.read(65_536)
        except ConnectionError:
            return


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [(vanish, Problem.STREAM_BROKEN), (never_finish, Problem.STREAM_PROTOCOL)],
)
async def test_a_connection_that_goes_wrong_is_written_down(
    carrier: Carrier, product: Product, behaviour: Raw, problem: Problem
) -> None:
    async with raw_server(behaviour) as url:
        product.answer_with(f'<Connect action="/over/"><Stream url="{url}"/></Connect>')
        product.answer_with("<Hangup/>", "/over/")
        call = await ended(await ring(carrier))
    assert problems(call) == [problem]
    assert len(product.asked_at("/over/")) == 1


async def test_a_message_may_come_in_pieces(carrier: Carrier, product: Product) -> None:
    async def mark_in_two(socket: ServerConnection) -> None:
        await socket.recv()
        sid = json.loads(await socket.recv())["streamSid"]
        message = json.dumps({"event": "mark", "streamSid": sid, "mark": {"name": "two"}})
        await socket.send([message[:30], message[30:]])

    async with serve(mark_in_two, HOST, 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        url = f"ws://{HOST}:{port}/"
        product.answer_with(f'<Connect><Stream url="{url}"/></Connect>')
        call = await ended(await ring(carrier))
    assert [each.detail for each in call.timeline.of(Kind.MARK_RECEIVED)] == [{"name": "two"}]
    assert problems(call) == []


# ---------------------------------------------------------------- bad messages


async def test_invalid_messages_are_warned_of_once_and_the_stream_goes_on(
    carrier: Carrier, product: Product
) -> None:
    async def babble(peer: Peer) -> None:
        await peer.send_text("hello")
        await peer.send_bytes(b'{"event":"clear"}')
        await peer.send({"event": "media", "media": {"payload": "a text where audio should be"}})
        await peer.send({"event": "clear", "streamSid": "MZ" + "0" * 32})
        await peer.say(ANSWER)
        await peer.mark("still here")
        await peer.wait_for("mark")

    product.stream()
    product.conversation = babble
    call = await ended(await ring(carrier))
    assert problems(call) == [Problem.STREAM_MESSAGE]
    assert call.notifications[0].is_warning
    assert len(product.peers[0].of("mark")) == 1
    assert call.timeline.of(Kind.CLEARED) == []


async def test_an_oversized_message_closes_the_stream(carrier: Carrier, product: Product) -> None:
    async def shout(peer: Peer) -> None:
        await peer.say(b"\x00" * 2_000_000)
        await peer.wait_for("stop")

    product.stream(action="/over/")
    product.conversation = shout
    product.answer_with("<Hangup/>", "/over/")
    call = await ended(await ring(carrier))
    assert problems(call) == [Problem.STREAM_PROTOCOL]
    assert len(product.asked_at("/over/")) == 1


# ---------------------------------------------------------------- stream callbacks


async def test_a_stream_reports_its_beginning_and_end(carrier: Carrier, product: Product) -> None:
    stream = '<Stream url="/media/token/" name="talk" statusCallback="/stream-status/"/>'
    product.answer_with(f"<Connect>{stream}</Connect>")
    call = await ended(await ring(carrier, HangUp(AfterPause(200))))
    asked = product.asked_at("/stream-status/")
    assert [each.params["StreamEvent"] for each in asked] == ["stream-started", "stream-stopped"]
    assert all(each.signed for each in asked)
    assert asked[0].params["StreamSid"] == product.peers[0].stream_sid
    assert (asked[0].params["CallSid"], asked[0].params["StreamName"]) == (call.sid, "talk")


async def test_a_stream_that_fails_reports_the_error(carrier: Carrier, product: Product) -> None:
    product.refuse_streams = True
    stream = '<Stream url="/media/token/" statusCallback="/stream-status/"/>'
    product.answer_with(f"<Connect>{stream}</Connect><Hangup/>")
    await ended(await ring(carrier))
    (asked,) = product.asked_at("/stream-status/")
    assert asked.params["StreamEvent"] == "stream-error"
    assert asked.params["StreamError"].startswith("31920")


async def test_forty_calls_at_once_get_every_frame(carrier: Carrier, product: Product) -> None:
    product.stream()
    leave = HangUp(AfterPause(2_000))
    calls = {call.sid: call for call in [await ring(carrier, leave) for _ in range(40)]}
    for call in calls.values():
        await ended(call)
    assert len(product.peers) == 40
    for peer in product.peers:
        phone = calls[peer.of("start")[0]["start"]["callSid"]].phone
        assert phone is not None
        assert phone.recording.duration_ms >= 2_000
        chunks = [int(message["media"]["chunk"]) for message in peer.of("media")]
        assert chunks == list(range(1, len(chunks) + 1))
