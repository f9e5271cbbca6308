"""The live API: a socket on which programs follow calls, in rooms, as JSON (docs/api.md).

News over the channel layer carries ids; what is sent is read from Postgres as the user may see
it at that moment. Each room remembers the transcript's version that it has sent and, at any news,
sends all that came after: what the layer lost or doubled is neither lost nor doubled here.
"""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, assert_never

from channels.generic.websocket import AsyncWebsocketConsumer

from calls import push
from calls.api_messages import (
    ALL_CALLS,
    CALL_EVENTS,
    BadMessage,
    Message,
    Ping,
    Pong,
    Subscribe,
    Unsubscribe,
    call_id_of,
    read_message,
)
from calls.api_reads import call_data, call_states, user_groups, utterances_after
from calls.enums import UNDER_WAY
from salesdesk.accounts.sockets import SUBPROTOCOL, user_now

CLOSE_ERRORS = 4400
CLOSE_SIGNED_OUT = 4401
CLOSE_SILENT = 4408


@dataclass(slots=True)
class Room:
    """``version``: the transcript's, up to which everything has been sent."""

    name: str
    events: frozenset[str]
    version: int = 0
    status: str = ""

    @property
    def call_id(self) -> str:
        return call_id_of(self.name)


class LiveApiConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One socket. Messages, news and the clock are worked on one after the other."""

    heartbeat_seconds = 25.0
    most_unanswered = 2
    idle_seconds = 60.0
    most_errors = 5
    most_rooms = 100

    def __init__(self) -> None:
        super().__init__()
        self.rooms: dict[str, Room] = {}
        self.business_groups: set[str] = set()
        self.unanswered = 0
        self.errors = 0
        self.closed = False
        self.turn = asyncio.Lock()
        self.idle: asyncio.Task[None] | None = None
        self.clocks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            async with asyncio.TaskGroup() as self.tasks:
                await super().__call__(scope, receive, send)
                for clock in self.clocks:
                    clock.cancel()
        finally:
            await self._leave_groups()

    async def dispatch(self, message: dict[str, Any]) -> None:
        async with self.turn:
            await super().dispatch(message)

    # ------------------------------------------------------------ coming and going

    async def connect(self) -> None:
        protocols = self.scope.get("subprotocols", [])
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in protocols else None)
        if not self.scope["user"].is_authenticated:
            await self.hang_up(CLOSE_SIGNED_OUT, "not_signed_in", "Sign in, or send a valid token.")
            return
        self._run(self._beat())
        self._watch_idle()
        if "signed_in_until" in self.scope:
            self._run(self._end_with_token(self.scope["signed_in_until"]))

    async def disconnect(self, code: int) -> None:
        self.closed = True

    async def hang_up(self, close_code: int, code: str, message: str) -> None:
        """Say why, then close."""
        if not self.closed:
            await self.tell({"type": "error", "code": code, "message": message})
            self.closed = True
            await self.close(close_code, code)

    async def tell(self, message: dict[str, Any]) -> None:
        if not self.closed:
            await self.send(text_data=json.dumps(message))

    # ------------------------------------------------------------ the clock

    def _run(self, clock: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self.tasks.create_task(clock)
        self.clocks.add(task)
        task.add_done_callback(self.clocks.discard)
        return task

    async def _beat(self) -> None:
        """Ask for a sign of life, and look whether what is followed may still be seen."""
        while not self.closed:
            await asyncio.sleep(self.heartbeat_seconds)
            async with self.turn:
                await self._heartbeat()

    async def _heartbeat(self) -> None:
        if self.unanswered >= self.most_unanswered:
            await self.hang_up(CLOSE_SILENT, "no_answer", "No answer to two heartbeats.")
            return
        self.unanswered += 1
        await self.tell({"type": "ping"})
        await self._review()

    def _watch_idle(self) -> None:
        """(Re)start the time in which somebody without a room has to enter one."""
        if self.idle is not None:
            self.idle.cancel()
        if not self.rooms:
            self.idle = self._run(self._end_when_idle())

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self.idle_seconds)
        async with self.turn:
            await self.hang_up(CLOSE_SILENT, "idle", "Nothing was subscribed to for a minute.")

    async def _end_with_token(self, until: datetime) -> None:
        await asyncio.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()))
        async with self.turn:
            await self.hang_up(CLOSE_SIGNED_OUT, "token_expired", "The access token has expired.")

    # ------------------------------------------------------------ from the client

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.unanswered = 0
        if self.closed:
            return
        try:
            await self._obey(read_message(text_data))
            self.errors = 0
        except BadMessage as error:
            await self._refuse(error)

    async def _obey(self, message: Message) -> None:
        match message:
            case Subscribe():
                await self._subscribe(message)
            case Unsubscribe():
                await self._leave(message.room)
                await self.tell({"type": "unsubscribed", "room": message.room})
            case Ping():
                await self.tell({"type": "pong"})
            case Pong():
                pass
            case _:
                assert_never(message)

    async def _refuse(self, error: BadMessage) -> None:
        self.errors += 1
        await self.tell({"type": "error", "code": error.code, "message": error.message})
        if self.errors >= self.most_errors:
            await self.hang_up(CLOSE_ERRORS, "too_many_errors", f"{self.errors} errors in a row.")

    async def _subscribe(self, wanted: Subscribe) -> None:
        if wanted.room not in self.rooms and len(self.rooms) >= self.most_rooms:
            raise BadMessage("too_many_rooms", f"{self.most_rooms} rooms at most.")
        room = Room(wanted.room, wanted.events)
        if wanted.call_id:
            await self._enter_call(room, wanted.after)
        else:
            await self._enter_all_calls(room)
        self._watch_idle()

    async def _enter_all_calls(self, room: Room) -> None:
        self.rooms[room.name] = room
        await self._join_businesses(await user_groups(self.scope["user"]))
        await self.tell({"type": "subscribed", "room": room.name})

    async def _enter_call(self, room: Room, after: int | None) -> None:
        """Listen first and read then, so that nothing falls in between."""
        await self.channel_layer.group_add(push.news_group(room.call_id), self.channel_name)
        call = await call_data(self.scope["user"], room.call_id)
        if call is None:
            await self._leave(room.name)
            await self._discard(push.news_group(room.call_id))
            raise BadMessage("not_found", "There is no such call, or not for you.")
        latest = call["transcript_version"]
        room.version = latest if after is None else min(after, latest)
        room.status = call["status"]
        self.rooms[room.name] = room
        await self.tell(
            {"type": "subscribed", "room": room.name, "version": room.version, "data": call}
        )
        await self._catch_up(room)

    async def _leave(self, name: str) -> None:
        room = self.rooms.pop(name, None)
        if room is None:
            return
        if room.call_id:
            await self._discard(push.news_group(room.call_id))
        else:
            await self._join_businesses(set())
        self._watch_idle()

    async def _join_businesses(self, groups: set[str]) -> None:
        for group in groups - self.business_groups:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self.business_groups - groups:
            await self._discard(group)
        self.business_groups = groups

    async def _leave_groups(self) -> None:
        for group in [*self.business_groups, *map(push.news_group, self._call_rooms())]:
            await self._discard(group)

    async def _discard(self, group: str) -> None:
        await self.channel_layer.group_discard(group, self.channel_name)

    # ------------------------------------------------------------ news

    async def call_news(self, message: dict[str, Any]) -> None:
        """From the channel layer: something happened to a call."""
        call_id, event = message["call"], message["event"]
        name = ALL_CALLS if message["room"] == "calls" else f"call:{call_id}"
        room = self.rooms.get(name)
        if room is None:
            return
        if room.call_id:
            await self._catch_up(room)
        if event in CALL_EVENTS and event in room.events:
            await self._tell_call(room, event, call_id)

    async def call_interim(self, message: dict[str, Any]) -> None:
        """From the channel layer: words that are being spoken and may still change."""
        room = self.rooms.get(f"call:{message['call']}")
        if room is not None:
            words = {key: message[key] for key in ("sequence", "speaker", "text")}
            await self._tell_event(room, message["event"], message["call"], room.version, words)

    async def _tell_call(self, room: Room, event: str, call_id: str) -> None:
        """In the call's own room with the version sent so far: a client asks for what is after."""
        call = await call_data(self.scope["user"], call_id)
        if call is not None:
            room.status = call["status"]
            version = room.version if room.call_id else call["transcript_version"]
            await self._tell_event(room, event, call_id, version, call)

    async def _catch_up(self, room: Room) -> None:
        """Send what of the transcript is new to the room, in the order of its versions."""
        for row in await utterances_after(self.scope["user"], room.call_id, room.version):
            room.version = row["version"]
            await self._tell_event(room, "interaction.added", room.call_id, room.version, row)

    async def _tell_event(
        self, room: Room, event: str, call_id: str, version: int, data: dict[str, Any]
    ) -> None:
        if event in room.events:
            await self.tell(
                {
                    "event": event,
                    "room": room.name,
                    "call": call_id,
                    "version": version,
                    "data": data,
                }
            )

    # ------------------------------------------------------------ looking again

    async def _review(self) -> None:
        """Drop what may no longer be seen; make up for news that did not arrive."""
        self.scope["user"] = user = await user_now(self.scope)
        if not user.is_authenticated:
            await self.hang_up(CLOSE_SIGNED_OUT, "not_signed_in", "You are signed in no more.")
            return
        if ALL_CALLS in self.rooms:
            await self._join_businesses(await user_groups(user))
        states = await call_states(user, self._call_rooms())
        for call_id in self._call_rooms():
            await self._review_call(self.rooms[f"call:{call_id}"], states.get(call_id))

    async def _review_call(self, room: Room, state: tuple[str, int] | None) -> None:
        if state is None:
            await self._leave(room.name)
            await self.tell({"type": "unsubscribed", "room": room.name, "code": "not_found"})
            return
        status, version = state
        if version > room.version:
            await self._catch_up(room)
        if status != room.status:
            event = "call.updated" if status in UNDER_WAY else "call.ended"
            await self._tell_call(room, event, room.call_id)

    def _call_rooms(self) -> list[str]:
        return [room.call_id for room in self.rooms.values() if room.call_id]
