"""Keeps what was said, off the audio path.

Finished utterances and events wait in a bounded queue and are written in order; a database that
is away for a moment is asked again. Text still being spoken goes straight to the browsers: only
the newest of each utterance, twice a second, never stored.
"""

import asyncio
import logging
from collections import deque

from channels.layers import BaseChannelLayer
from django.db import DatabaseError, InterfaceError, OperationalError
from redis.exceptions import RedisError

from calls import push, services
from calls.live.events import RecorderCommand, RecordEvent, RecordInterim, RecordUtterance
from calls.live.records import in_thread
from calls.models import Call

log = logging.getLogger(__name__)

MOST_WAITING = 1_000
GATHER_SECONDS = 0.2
"""What ends together (an answer, its usage, the words that broke into it) is written together."""
INTERIM_PAUSE_SECONDS = 0.5
RETRY_SECONDS = (0.2, 0.5, 1, 2, 5, 10)
DRAIN_SECONDS = 10

Final = RecordUtterance | RecordEvent


class RecorderFailed(Exception):
    """What was said could not be stored."""


class Recorder:
    def __init__(self, call: Call, layer: BaseChannelLayer) -> None:
        self._call = call
        self._layer = layer
        self._finals: deque[Final] = deque()
        self._interims: dict[int, RecordInterim] = {}
        self._interims_rest = False
        self._work = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()

    def put(self, command: RecorderCommand) -> None:
        """Take a record without waiting. Raises :class:`RecorderFailed` when too many wait."""
        if isinstance(command, RecordInterim):
            self._interims[command.sequence] = command
            if self._interims_rest:
                return
        else:
            if len(self._finals) >= MOST_WAITING:
                raise RecorderFailed("too many records wait to be written")
            self._finals.append(command)
            self._written.clear()
            if isinstance(command, RecordUtterance):
                self._interims.pop(command.sequence, None)
        self._work.set()

    async def run(self) -> None:
        """Write until cancelled. Raises :class:`RecorderFailed` when the database stays away."""
        while True:
            await self._work.wait()
            self._work.clear()
            await self._write_finals()
            if self._interims and not self._interims_rest:
                await self._publish_interims()

    async def drained(self) -> None:
        """Wait till everything taken so far is written; gives up after a few seconds."""
        async with asyncio.timeout(DRAIN_SECONDS):
            await self._written.wait()

    async def _write_finals(self) -> None:
        while self._finals:
            await asyncio.sleep(GATHER_SECONDS)
            batch = list(self._finals)
            await self._write(batch)
            for _ in batch:
                self._finals.popleft()
        self._written.set()

    async def _write(self, batch: list[Final]) -> None:
        for pause in RETRY_SECONDS:
            try:
                await in_thread(services.record_all, self._call, batch)
            except (OperationalError, InterfaceError) as error:
                log.warning("records not written, trying again", exc_info=error)
                await asyncio.sleep(pause)
            except DatabaseError as error:
                raise RecorderFailed("a record was refused by the database") from error
            else:
                return
        raise RecorderFailed("the database did not come back")

    async def _publish_interims(self) -> None:
        interims, self._interims = list(self._interims.values()), {}
        for interim in interims:
            message = push.interim_message(
                self._call.public_id, interim.sequence, interim.speaker, interim.text
            )
            try:
                await self._layer.group_send(push.news_group(self._call.public_id), message)
            except (RedisError, OSError) as error:
                log.warning("interim text not published", exc_info=error)
        self._interims_rest = True
        asyncio.get_running_loop().call_later(INTERIM_PAUSE_SECONDS, self._interims_rested)

    def _interims_rested(self) -> None:
        self._interims_rest = False
        if self._interims:
            self._work.set()
