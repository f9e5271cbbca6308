"""The live socket as a program meets it: the real application, Postgres and Redis."""

import contextlib
import datetime
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.test import Client

from calls import push, services
from calls.api_sockets import LiveApiConsumer
from calls.enums import CallStatus
from calls.models import Call
from conftest import BUSINESS_NUMBER, CUSTOMER_NUMBER, OTHER_BUSINESS_NUMBER, MakeCall, say
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import Membership, User
from salesdesk.accounts.services import give_role
from salesdesk.accounts.tokens import issue_tokens
from salesdesk.asgi import application
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 5.0


class Socket:
    """A client that understands JSON."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator
        self.subprotocol: str | None = None

    async def open(self) -> None:
        connected, self.subprotocol = await self.communicator.connect(timeout=WAIT)
        assert connected

    async def send(self, **message: Any) -> None:
        await self.communicator.send_json_to(message)

    async def next(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.communicator.receive_json_from(timeout=WAIT)
        return message

    async def events(self, count: int) -> list[dict[str, Any]]:
        return [await self.next() for _ in range(count)]

    async def subscribe(self, room: str, **options: Any) -> dict[str, Any]:
        await self.send(type="subscribe", room=room, **options)
        answer = await self.next()
        assert answer["type"] == "subscribed", answer
        return answer

    async def close_code(self) -> int:
        """The code with which the server closes; what it says before is skipped."""
        while True:
            output = await self.communicator.receive_output(timeout=WAIT)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def nothing_more(self) -> None:
        """All that was sent so far has been answered, and there was no more to tell."""
        await self.send(type="ping")
        assert await self.next() == {"type": "pong"}


Connect = Callable[..., contextlib.AbstractAsyncContextManager[Socket]]


@contextlib.asynccontextmanager
async def opened(communicator: WebsocketCommunicator) -> AsyncIterator[Socket]:
    socket = Socket(communicator)
    await socket.open()
    try:
        yield socket
    except BaseException:
        communicator.stop(exceptions=False)
        raise
    await communicator.disconnect(timeout=WAIT)


@pytest.fixture
def connect() -> Connect:
    """``async with connect(user) as socket``: signed in with a token in the header."""

    @contextlib.asynccontextmanager
    async def open_for(user: User | None, path: str = "/ws/calls") -> AsyncIterator[Socket]:
        headers = [bearer(user)] if user else [(b"origin", b"http://localhost")]
        async with opened(WebsocketCommunicator(application, path, headers=headers)) as socket:
            yield socket

    return open_for


def bearer(user: User) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {issue_tokens(user)[0]}".encode()


def room_of(call: Call) -> str:
    return f"call:{call.public_id}"


record = sync_to_async(say)
advance = sync_to_async(services.advance_call)


# ---------------------------------------------------------------- who may open it


@pytest.mark.parametrize("path", ["/ws/calls", "/ws/calls/"])
async def test_a_token_in_the_header_opens_it(
    path: str, call: Call, rep: User, connect: Connect
) -> None:
    async with connect(rep, path) as socket:
        assert (await socket.subscribe(room_of(call)))["data"]["id"] == call.public_id


async def test_a_token_as_subprotocol_opens_it(call: Call, rep: User) -> None:
    token, _ = issue_tokens(rep)
    communicator = WebsocketCommunicator(application, "/ws/calls", subprotocols=["bearer", token])
    async with opened(communicator) as socket:
        assert socket.subprotocol == "bearer"
        await socket.subscribe(room_of(call))


async def test_a_token_in_the_address_opens_it(call: Call, rep: User) -> None:
    path = f"/ws/calls?token={issue_tokens(rep)[0]}"
    async with opened(WebsocketCommunicator(application, path)) as socket:
        await socket.subscribe(room_of(call))


def session_headers(user: User, client_for: Any, origin: bytes) -> list[tuple[bytes, bytes]]:
    client: Client = client_for(user)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    return [(b"origin", origin), (b"cookie", cookie)]


async def test_a_session_opens_it_from_a_page_of_ours(
    call: Call, rep: User, client_for: Any
) -> None:
    headers = await sync_to_async(session_headers)(rep, client_for, b"http://localhost:8000")
    async with opened(WebsocketCommunicator(application, "/ws/calls", headers)) as socket:
        await socket.subscribe(room_of(call))


async def test_a_session_does_not_open_it_from_elsewhere(rep: User, client_for: Any) -> None:
    headers = await sync_to_async(session_headers)(rep, client_for, b"https://evil.example")
    communicator = WebsocketCommunicator(application, "/ws/calls", headers)

    connected, code = await communicator.connect(timeout=WAIT)

    assert (connected, code) == (False, 1000)


async def test_nobody_is_told_to_sign_in(db: None, connect: Connect) -> None:
    async with connect(None) as socket:
        assert (await socket.next())["code"] == "not_signed_in"
        assert await socket.close_code() == 4401


@pytest.mark.parametrize("token", ["rubbish", "refresh"])
async def test_a_wrong_token_opens_nothing(token: str, rep: User) -> None:
    value = issue_tokens(rep)[1] if token == "refresh" else token
    path = f"/ws/calls?token={value}"
    async with opened(WebsocketCommunicator(application, path)) as socket:
        assert await socket.close_code() == 4401


# ---------------------------------------------------------------- the room of a call


async def test_what_is_said_arrives_as_the_rest_api_tells_it(
    call: Call, manager: User, connect: Connect, api_for: Any
) -> None:
    async with connect(manager) as socket:
        assert await socket.subscribe(room_of(call)) == {
            "type": "subscribed",
            "room": room_of(call),
            "version": 0,
            "data": await rest(api_for, manager, call),
        }
        await record(call, [("agent", "Bright Solar, how can I help?")])

        event = await socket.next()

    row = (await rest(api_for, manager, call, "/interactions"))["results"][0]
    assert event == {
        "event": "interaction.added",
        "room": room_of(call),
        "call": call.public_id,
        "version": 1,
        "data": row,
    }
    assert row["text"] == "Bright Solar, how can I help?"


async def rest(api_for: Any, user: User, call: Call, part: str = "") -> Any:
    api = api_for(user)
    response = await sync_to_async(api.get)(f"/api/v1/calls/{call.public_id}{part}")
    return response.json()


async def test_a_line_that_is_cut_short_arrives_again_with_its_sequence(
    call: Call, manager: User, connect: Connect
) -> None:
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        await record(call, [("agent", "We offer loans, leases and more.")])
        first = await socket.next()
        await record(call, [("agent", "We offer loans")])
        second = await socket.next()

    assert [first["version"], second["version"]] == [1, 2]
    assert first["data"]["sequence"] == second["data"]["sequence"] == 0
    assert first["data"]["id"] == second["data"]["id"]
    assert second["data"]["text"] == "We offer loans"


async def test_after_a_reconnect_all_that_was_missed_arrives_in_order(
    call: Call, manager: User, connect: Connect
) -> None:
    await record(call, [("agent", "One"), ("caller", "Two"), ("agent", "Three")])

    async with connect(manager) as socket:
        answer = await socket.subscribe(room_of(call), after=1)
        replayed = await socket.events(2)
        await record(call, [("caller", "Four")], first=3)
        fresh = await socket.next()
        await socket.nothing_more()

    assert answer["version"] == 1
    assert [event["version"] for event in replayed] == [2, 3]
    assert [event["data"]["text"] for event in replayed] == ["Two", "Three"]
    assert (fresh["version"], fresh["data"]["text"]) == (4, "Four")


async def test_without_after_only_what_is_new_arrives(
    call: Call, manager: User, connect: Connect
) -> None:
    await record(call, [("agent", "One"), ("caller", "Two")])

    async with connect(manager) as socket:
        assert (await socket.subscribe(room_of(call)))["version"] == 2
        await socket.nothing_more()


async def test_a_version_of_the_future_counts_as_the_latest(
    call: Call, manager: User, connect: Connect
) -> None:
    async with connect(manager) as socket:
        assert (await socket.subscribe(room_of(call), after=99))["version"] == 0
        await record(call, [("agent", "One")])
        assert (await socket.next())["version"] == 1


async def test_news_that_was_lost_is_made_up_for_by_the_next(
    call: Call, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        with monkeypatch.context() as layer_is_down:
            layer_is_down.setattr(push, "call_news", lambda *_, **__: None)
            await record(call, [("agent", "One"), ("caller", "Two")])
        await record(call, [("agent", "Three")], first=2)

        texts = [event["data"]["text"] for event in await socket.events(3)]

    assert texts == ["One", "Two", "Three"]


async def test_news_that_was_lost_is_made_up_for_by_the_heartbeat(
    call: Call, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.2)
    monkeypatch.setattr(LiveApiConsumer, "most_unanswered", 1000)
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        with monkeypatch.context() as layer_is_down:
            layer_is_down.setattr(push, "call_news", lambda *_, **__: None)
            await record(call, [("agent", "One")])
            await advance(call, CallStatus.COMPLETED)

        found = await events_among_heartbeats(socket, 2)

    assert [event["event"] for event in found] == ["interaction.added", "call.ended"]


async def events_among_heartbeats(socket: Socket, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < count:
        message = await socket.next()
        if message.get("type") != "ping":
            found.append(message)
    return found


async def test_news_that_comes_twice_is_told_once(
    call: Call, manager: User, connect: Connect
) -> None:
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        await record(call, [("agent", "One")])
        await socket.next()
        news = sync_to_async(push.call_news)
        await news(
            "interaction.added",
            call_id=call.public_id,
            business_id=call.business_id,
            sequence=0,
            version=1,
        )
        await record(call, [("caller", "Two")], first=1)

        assert (await socket.next())["data"]["text"] == "Two"


async def test_words_being_spoken_arrive_before_they_are_final(
    call: Call, rep: User, connect: Connect
) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async with connect(rep) as socket:
        await socket.subscribe(room_of(call))
        await layer.group_send(
            push.news_group(call.public_id),
            push.interim_message(call.public_id, 4, "caller", "I want a"),
        )

        assert await socket.next() == {
            "event": "interaction.interim",
            "room": room_of(call),
            "call": call.public_id,
            "version": 0,
            "data": {"sequence": 4, "speaker": "caller", "text": "I want a"},
        }


async def test_the_end_comes_after_all_that_was_said(
    call: Call, manager: User, connect: Connect
) -> None:
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        await record(call, [("agent", "Goodbye")])
        await advance(call, CallStatus.COMPLETED)

        said, ended = await socket.events(2)

    assert said["event"] == "interaction.added"
    assert (ended["event"], ended["version"]) == ("call.ended", 1)
    assert ended["data"]["status"] == "completed"


async def test_only_the_events_asked_for_arrive(
    call: Call, manager: User, connect: Connect
) -> None:
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call), events=["call.ended"])
        await record(call, [("agent", "Goodbye")])
        await advance(call, CallStatus.COMPLETED)

        assert (await socket.next())["event"] == "call.ended"


async def test_a_room_that_was_left_is_silent(call: Call, manager: User, connect: Connect) -> None:
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        await socket.send(type="unsubscribe", room=room_of(call))
        assert await socket.next() == {"type": "unsubscribed", "room": room_of(call)}
        await record(call, [("agent", "Hello")])
        await socket.nothing_more()


@pytest.mark.parametrize("room", ["call:0000000000000000", "the call"])
async def test_a_call_of_others_is_not_there(
    room: str, call: Call, outsider: User, connect: Connect
) -> None:
    async with connect(outsider) as socket:
        await socket.send(type="subscribe", room=room_of(call) if room == "the call" else room)
        assert (await socket.next())["code"] == "not_found"
        await record(call, [("agent", "Hello")])
        await socket.nothing_more()


# ---------------------------------------------------------------- the room of all calls


async def test_calls_of_my_business_come_and_go(
    business: Business, other_business: Business, rep: User, connect: Connect
) -> None:
    async with connect(rep) as socket:
        assert await socket.subscribe("calls") == {"type": "subscribed", "room": "calls"}
        await ring(OTHER_BUSINESS_NUMBER)
        call = await ring(BUSINESS_NUMBER)
        await advance(call, CallStatus.IN_PROGRESS)
        await record(call, [("agent", "Hello")])
        await advance(call, CallStatus.COMPLETED)

        events = await socket.events(3)
        await socket.nothing_more()

    assert [event["event"] for event in events] == ["call.started", "call.updated", "call.ended"]
    assert {event["call"] for event in events} == {call.public_id}
    assert {event["room"] for event in events} == {"calls"}
    assert events[2]["data"]["status"] == "completed"


@sync_to_async
def ring(number: str) -> Call:
    sid = f"CA{number}{Call.objects.count()}"
    return services.receive_call(sid=sid, from_number=CUSTOMER_NUMBER, to_number=number)


async def test_a_superuser_sees_calls_of_nobodys_number_too(
    business: Business, superuser: User, connect: Connect
) -> None:
    async with connect(superuser) as socket:
        await socket.subscribe("calls")
        stray = await ring("+12125550100")

        started, ended = await socket.events(2)

    assert [started["event"], ended["event"]] == ["call.started", "call.ended"]
    assert started["call"] == ended["call"] == stray.public_id


async def test_both_rooms_tell_each_in_its_own_name(
    call: Call, manager: User, connect: Connect
) -> None:
    async with connect(manager) as socket:
        await socket.subscribe("calls")
        await socket.subscribe(room_of(call), events=["call.ended"])
        await advance(call, CallStatus.COMPLETED)

        rooms = {event["room"]: event["event"] for event in await socket.events(2)}
        await socket.nothing_more()

    assert rooms == {"calls": "call.ended", room_of(call): "call.ended"}


async def test_the_number_of_rooms_is_bounded(
    make_call: MakeCall, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "most_rooms", 2)
    first, second = await sync_to_async(lambda: (make_call(), make_call()))()
    async with connect(manager) as socket:
        await socket.subscribe("calls")
        await socket.subscribe(room_of(first))
        await socket.send(type="subscribe", room=room_of(second))
        assert (await socket.next())["code"] == "too_many_rooms"
        await socket.subscribe(room_of(first))


# ---------------------------------------------------------------- nonsense


async def test_five_errors_in_a_row_end_it(manager: User, connect: Connect) -> None:
    async with connect(manager) as socket:
        await socket.communicator.send_to(text_data="{")
        await socket.communicator.send_to(bytes_data=b"\x00\x01")
        await socket.communicator.send_to(text_data="x" * 100_000)
        await socket.send(type="subscribe", room="kitchen")
        codes = [message["code"] for message in await socket.events(4)]
        await socket.send(type="dance")

        assert codes == ["bad_json", "not_text", "too_large", "unknown_room"]
        assert (await socket.next())["code"] == "unknown_type"
        assert (await socket.next())["code"] == "too_many_errors"
        assert await socket.close_code() == 4400


async def test_errors_that_are_far_between_are_forgiven(manager: User, connect: Connect) -> None:
    async with connect(manager) as socket:
        for _ in range(3):
            for _ in range(4):
                await socket.send(type="dance")
                assert (await socket.next())["code"] == "unknown_type"
            await socket.nothing_more()


# ---------------------------------------------------------------- time


async def test_two_heartbeats_without_an_answer_end_it(
    call: Call, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.05)
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))

        messages = await socket.events(3)

        assert messages[:2] == [{"type": "ping"}, {"type": "ping"}]
        assert messages[2]["code"] == "no_answer"
        assert await socket.close_code() == 4408


async def test_who_answers_heartbeats_stays(
    call: Call, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.05)
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        for _ in range(5):
            assert await socket.next() == {"type": "ping"}
            await socket.send(type="pong")


async def test_who_sends_nothing_is_asked_to_leave(
    manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "idle_seconds", 0.05)
    async with connect(manager) as socket:
        assert (await socket.next())["code"] == "idle"
        assert await socket.close_code() == 4408


async def test_who_leaves_the_last_room_is_idle_again(
    call: Call, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "idle_seconds", 0.3)
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.2)
    monkeypatch.setattr(LiveApiConsumer, "most_unanswered", 1000)
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        assert await socket.events(3) == [{"type": "ping"}] * 3  # longer than idle may last
        await socket.send(type="unsubscribe", room=room_of(call))

        assert await socket.close_code() == 4408


async def test_a_socket_ends_with_its_token(manager: User) -> None:
    communicator = WebsocketCommunicator(LiveApiConsumer.as_asgi(), "/ws/calls")
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(milliseconds=100)
    communicator.scope.update(user=manager, signed_in_until=soon)
    async with opened(communicator) as socket:
        assert (await socket.next())["code"] == "token_expired"
        assert await socket.close_code() == 4401


async def test_a_role_that_was_taken_closes_its_rooms(
    call: Call, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.1)
    monkeypatch.setattr(LiveApiConsumer, "most_unanswered", 1000)
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        await Membership.objects.filter(user=manager).adelete()

        (gone,) = await events_among_heartbeats(socket, 1)

    assert gone == {"type": "unsubscribed", "room": room_of(call), "code": "not_found"}


async def test_events_stop_at_once_when_a_role_was_taken(
    call: Call, manager: User, connect: Connect
) -> None:
    async with connect(manager) as socket:
        await socket.subscribe("calls")
        await socket.subscribe(room_of(call))
        await Membership.objects.filter(user=manager).adelete()
        await record(call, [("agent", "Secret")])
        await advance(call, CallStatus.COMPLETED)
        await socket.nothing_more()


async def test_a_role_that_was_given_opens_the_calls_of_its_business(
    business: Business,
    other_business: Business,
    rep: User,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.1)
    monkeypatch.setattr(LiveApiConsumer, "most_unanswered", 1000)
    async with connect(rep) as socket:
        await socket.subscribe("calls")
        await sync_to_async(give_role)(rep, business_id=other_business.pk, role=Role.REP)
        await socket.send(type="ping")
        assert await events_among_heartbeats(socket, 1) == [{"type": "pong"}]
        assert await socket.events(2) == [{"type": "ping"}] * 2  # looked again in between
        call = await ring(OTHER_BUSINESS_NUMBER)

        (started,) = await events_among_heartbeats(socket, 1)

    assert (started["event"], started["call"]) == ("call.started", call.public_id)


async def test_a_user_who_was_deactivated_is_out(
    call: Call, manager: User, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.1)
    async with connect(manager) as socket:
        await socket.subscribe(room_of(call))
        await User.objects.filter(pk=manager.pk).aupdate(is_active=False)

        assert await socket.close_code() == 4401


async def test_a_session_that_was_left_is_out(
    call: Call, rep: User, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveApiConsumer, "heartbeat_seconds", 0.1)
    monkeypatch.setattr(LiveApiConsumer, "most_unanswered", 1000)
    client = await sync_to_async(client_for)(rep)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    headers = [(b"origin", b"http://localhost"), (b"cookie", cookie)]
    async with opened(WebsocketCommunicator(application, "/ws/calls", headers)) as socket:
        await socket.subscribe(room_of(call))
        assert await socket.next() == {"type": "ping"}
        await sync_to_async(client.logout)()

        assert await socket.close_code() == 4401


async def test_a_socket_that_closes_leaves_its_groups(
    call: Call, manager: User, connect: Connect
) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async with connect(manager) as socket:
        await socket.subscribe("calls")
        await socket.subscribe(room_of(call))
        assert len(layer._get_layer().groups) == 2
    assert layer._get_layer().groups == {}
