"""The conversation that a session of the fake holds."""

from collections.abc import Mapping
from typing import Any

from openai.types.realtime import (
    ConversationItemAdded,
    ConversationItemCreateEvent,
    ConversationItemDeletedEvent,
    ConversationItemDeleteEvent,
    ConversationItemDone,
    ConversationItemTruncatedEvent,
    ConversationItemTruncateEvent,
)

from calls.engines.fake_realtime.checks import Refused
from calls.engines.fake_realtime.wire import Wire


class Items:
    """Items by id, and how much audio of each the client was sent (milliseconds)."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._items: dict[str, dict[str, Any]] = {}
        self._audio_ms: dict[str, int] = {}

    async def create(self, event: ConversationItemCreateEvent) -> None:
        item = event.item.model_dump(exclude_unset=True)
        item.setdefault("id", self._wire.new_id("item"))
        self._check(item, event.previous_item_id)
        await self.add(item, event.previous_item_id)

    async def delete(self, event: ConversationItemDeleteEvent) -> None:
        if self._items.pop(event.item_id, None) is None:
            raise Refused("No such item.", "item_delete_invalid_item_id", "item_id")
        await self._wire.emit(ConversationItemDeletedEvent, item_id=event.item_id)

    async def truncate(self, event: ConversationItemTruncateEvent) -> None:
        item_id, wanted_ms = event.item_id, event.audio_end_ms
        spoken_ms = self._audio_ms.get(item_id)
        if spoken_ms is None:
            raise Refused("No such audio item.", "invalid_value", "item_id")
        if wanted_ms > spoken_ms:
            raise Refused(
                f"Audio content of {spoken_ms}ms is already shorter than {wanted_ms}ms",
                "invalid_value",
            )
        self._audio_ms[item_id] = wanted_ms
        await self._wire.emit(
            ConversationItemTruncatedEvent,
            item_id=item_id,
            content_index=0,
            audio_end_ms=wanted_ms,
        )

    async def add(self, item: dict[str, Any], previous: str | None = None) -> None:
        await self.open(item, previous)
        await self.finish(item, previous)

    async def open(self, item: dict[str, Any], previous: str | None = None) -> None:
        self._items[item["id"]] = item
        await self._wire.emit(ConversationItemAdded, item=item, previous_item_id=previous)

    async def finish(self, item: dict[str, Any], previous: str | None = None) -> None:
        self._items[item["id"]] = item
        await self._wire.emit(ConversationItemDone, item=item, previous_item_id=previous)

    def spoke(self, item_id: str, ms: int) -> None:
        self._audio_ms[item_id] = self._audio_ms.get(item_id, 0) + ms

    def _check(self, item: Mapping[str, Any], previous: str | None) -> None:
        if item["id"] in self._items:
            raise Refused("An item of this id exists.", "invalid_value", "item.id")
        if previous not in (None, "root") and previous not in self._items:
            raise Refused("No such item.", "invalid_value", "previous_item_id")
        if item["type"] == "function_call_output" and item["call_id"] not in self._tool_calls():
            raise Refused("No such tool call.", "invalid_tool_call_id", "item.call_id")
        wanted = "output_text" if item.get("role") == "assistant" else "input_text"
        for part in item.get("content", ()):
            if part.get("type") != wanted:
                raise Refused(f"Only {wanted} is taken.", "invalid_value", "item.content[0].type")

    def _tool_calls(self) -> set[str]:
        calls = (item for item in self._items.values() if item["type"] == "function_call")
        return {call["call_id"] for call in calls}
