"""The ``realtime`` engine: a call talked by OpenAI's speech-to-speech model.

Mu-law goes through as base64, both ways, without being decoded. This module is the I/O around
:class:`~calls.engines.realtime_conversation.Conversation`, which decides everything.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from openai.types.realtime import NoiseReductionType

from calls.audio import FRAME_MS, base64_ms
from calls.engines import realtime_protocol as protocol
from calls.engines.realtime_conversation import Conversation, Instruction, unreadable
from calls.engines.realtime_link import LinkClosed, RealtimeLink, open_link
from calls.live.events import (
    EngineCommand,
    EngineEvent,
    EngineFailed,
    EngineNotice,
    HearCaller,
    Rebrief,
)
from calls.live.profile import CallProfile
from salesdesk.lib.errors import ProviderError

DEFAULT_VAD: Final[Mapping[str, float]] = {
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
}
OPEN_TIMEOUT_MS = 8_000
RECONNECT_TIMEOUT_MS = 3_000
RECONNECT_AGAIN_AFTER_S = 60.0
ROLLOVER_RETRY_S = 15.0
TAIL_FRAMES = 500 // FRAME_MS
GAP_FRAMES = TAIL_FRAMES + RECONNECT_TIMEOUT_MS // FRAME_MS

logger = logging.getLogger(__name__)


class RealtimeEngine:
    """One call on OpenAI's GA Realtime API; implements :class:`calls.engines.base.Engine`.

    ``base_url`` points the HTTP and WebSocket API elsewhere (``http`` becomes ``ws``).
    ``vad``: ``threshold`` 0 to 1, ``prefix_padding_ms`` and ``silence_duration_ms``, to which the
    business's response delay is added. A session older than ``session_limit_ms`` is replaced at
    the next quiet moment; keep it well under the provider's 60 minutes.
    """

    def __init__(
        self,
        profile: CallProfile,
        *,
        api_key: str,
        base_url: str = "",
        model: str = "gpt-realtime-2.1",
        transcription_model: str = "gpt-transcribe",
        session_limit_ms: int = 55 * 60_000,
        vad: Mapping[str, float] | None = None,
        noise_reduction: NoiseReductionType = "near_field",
        open_timeout_ms: int = OPEN_TIMEOUT_MS,
    ) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._model = model
        self._session_limit_ms = session_limit_ms
        self._open_timeout_ms = open_timeout_ms
        self._profile = profile
        self._configured = partial(
            protocol.session_update,
            transcription_model=transcription_model,
            vad={**DEFAULT_VAD, **(vad or {})},
            noise_reduction=noise_reduction,
        )
        self._session = self._configured(profile)
        self._conversation = Conversation(protocol.instructions_for(profile), profile.history)
        self._link: RealtimeLink | None = None
        self._tail: deque[str] = deque(maxlen=GAP_FRAMES)
        self._resend: list[str] = []
        self._notices: list[EngineEvent] = []
        self._quiet = asyncio.Event()
        self._rollover: asyncio.Task[None] | None = None
        self._reconnected_at = -RECONNECT_AGAIN_AFTER_S

    # ------------------------------------------------------------ the Engine protocol

    async def open(self) -> None:
        """Connect and configure the session; raises ``ProviderError``."""
        if not self._api_key:
            raise ProviderError("No OpenAI API key is set.")
        link = await self._connect(self._open_timeout_ms)
        self._take_over(link)
        await self._flush()
        self._rollover = asyncio.create_task(self._replace_old_sessions())

    async def events(self) -> AsyncIterator[EngineEvent]:
        """What the API hears and says; ends after ``close`` or an ``EngineFailed``."""
        while (link := self._link) is not None:
            try:
                message = await link.receive()
            except LinkClosed as closed:
                events = await self._after_close(link, closed)
            else:
                audio = protocol.agent_audio(message)
                if audio is not None:
                    if link is self._link and self._conversation.lets_agent_be_heard():
                        yield audio
                    continue
                events = await self._understand(link, message)
            for event in events:
                yield event
                if isinstance(event, EngineFailed):
                    return

    def send(self, command: EngineCommand) -> Coroutine[Any, Any, None]:
        """Carry out a command; without a connection it is made good on the next one."""
        if isinstance(command, HearCaller):
            return self._hear(command.payload)
        return self._carry_out(command)

    async def close(self) -> None:
        """Free the connection; safe to call twice."""
        link, self._link = self._link, None
        rollover, self._rollover = self._rollover, None
        if rollover is not None:
            rollover.cancel()
            await asyncio.wait([rollover])
        if link is not None:
            await link.close()

    # ------------------------------------------------------------ sending

    async def _carry_out(self, command: Instruction | Rebrief) -> None:
        if isinstance(command, Rebrief):
            self._rebrief(command)
        else:
            self._conversation.carry_out(command)
        await self._flush()

    def _rebrief(self, command: Rebrief) -> None:
        """Sessions that replace this one later are briefed likewise."""
        self._profile = replace(self._profile, prompt=command.prompt, tools=command.tools)
        self._session = self._configured(self._profile)
        self._conversation.rebrief(protocol.instructions_for(self._profile), self._session)

    async def _hear(self, payload: str) -> None:
        self._conversation.heard(payload)
        self._tail.append(payload)
        link = self._link
        if link is None:
            return
        try:
            if self._resend:
                await self._send_tail(link)
            await link.send_raw(protocol.append_message(payload))
        except LinkClosed:
            return  # the tail holds the frame until events() has reconnected

    async def _send_tail(self, link: RealtimeLink) -> None:
        frames, self._resend = self._resend, []
        for payload in frames:
            await link.send_raw(protocol.append_message(payload))

    async def _flush(self) -> None:
        """Send what the conversation has to say; without a connection it will say it again."""
        outgoing = self._conversation.outgoing
        try:
            while outgoing and self._link is not None:
                await self._link.send(outgoing.popleft())
        except LinkClosed:
            pass
        self._note_quiet()

    def _note_quiet(self) -> None:
        if self._conversation.quiet:
            self._quiet.set()
        else:
            self._quiet.clear()

    # ------------------------------------------------------------ receiving

    async def _understand(self, link: RealtimeLink, message: str) -> list[EngineEvent]:
        if link is not self._link:
            return []  # the session that took over hears and says it anew
        event = link.parse(message)
        if event is None:
            return [unreadable("")]
        events = self._conversation.understand(event)
        await self._flush()
        if self._conversation.expired:
            await link.close()
        return events

    async def _after_close(self, link: RealtimeLink, closed: LinkClosed) -> list[EngineEvent]:
        if link is not self._link:
            return self._take_notices()
        code = closed.rcvd.code if closed.rcvd is not None else None
        logger.warning("realtime connection lost: code=%s", code)
        return await self._reconnect(link, code)

    def _take_notices(self) -> list[EngineEvent]:
        notices, self._notices = self._notices, []
        return notices

    # ------------------------------------------------------------ another session

    async def _connect(self, timeout_ms: int) -> RealtimeLink:
        return await open_link(
            api_key=self._api_key,
            base_url=self._base_url,
            model=self._model,
            session=self._session,
            timeout_ms=timeout_ms,
        )

    def _take_over(self, link: RealtimeLink) -> list[EngineEvent]:
        """Make a fresh session this call's, without awaiting anything on the way.

        The caller's latest audio is sent to it first, so that no word falls into the gap. Where
        another agent has taken over while it was being connected, it is told that before all else.
        """
        self._link = link
        self._resend = list(self._tail)
        self._tail = deque(self._resend[-TAIL_FRAMES:], maxlen=TAIL_FRAMES)
        events = self._conversation.restart(sum(map(base64_ms, self._resend)))
        if link.session is not self._session:
            self._conversation.outgoing.appendleft(self._session)
        return events

    async def _reconnect(self, broken: RealtimeLink, code: int | None) -> list[EngineEvent]:
        now = asyncio.get_running_loop().time()
        if now - self._reconnected_at < RECONNECT_AGAIN_AFTER_S:
            return [EngineFailed("The connection to OpenAI broke twice within a minute.")]
        self._reconnected_at = now
        self._tail = deque(self._tail, maxlen=GAP_FRAMES)
        try:
            link = await self._connect(RECONNECT_TIMEOUT_MS)
        except ProviderError as error:
            return [EngineFailed(f"The connection to OpenAI broke. {error.message}")]
        if self._link is not broken:  # closed meanwhile, or replaced because of its age
            await link.close()
            return self._take_notices()
        events: list[EngineEvent] = [EngineNotice("engine_reconnected", {"code": code})]
        events += self._take_over(link)
        await self._flush()
        return events

    async def _replace_old_sessions(self) -> None:
        """Runs until ``close``, whose cancellation ``wait_for`` may swallow before Python 3.12."""
        while self._link is not None:
            await asyncio.sleep(self._session_limit_ms / 1000)
            while self._link is not None and not await self._replaced_session():
                logger.info("realtime session kept for now")

    async def _replaced_session(self) -> bool:
        """Put a fresh session in the old one's place, if it is quiet before and after connecting.

        A call that never falls quiet keeps its session to the provider's limit, and is then
        reconnected like one whose connection broke.
        """
        await self._quiet.wait()
        old = self._link
        try:
            link = await self._connect(self._open_timeout_ms)
        except ProviderError as error:
            logger.warning("realtime rollover failed: %s", error.message)
            await asyncio.sleep(ROLLOVER_RETRY_S)
            return False
        if old is None or old is not self._link or not self._conversation.quiet:
            await link.close()
            return False
        self._notices.append(EngineNotice("session_rolled_over"))
        self._notices.extend(self._take_over(link))
        await self._flush()
        await old.close()
        return True
