"""The agent: one turn from the customer's words to whole sentences, whatever model thinks."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic_ai.exceptions import AgentRunError, FallbackExceptionGroup
from pydantic_ai.messages import (
    ModelMessage,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    TextPart,
)
from pydantic_ai.messages import TextPartDelta as TextDelta
from pydantic_ai.models import Model
from pydantic_ai.run import AgentRunResultEvent
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage, UsageLimits

from salesdesk.assistant.enums import RunStatus
from salesdesk.assistant.loop.agent import AgentChunk, Sentence
from salesdesk.assistant.loop.context import lines_that_fit, messages_of
from salesdesk.assistant.loop.conversation import Conversation, Role
from salesdesk.assistant.loop.desk import Deps, desk_agent
from salesdesk.assistant.loop.turn import Report, Turn
from salesdesk.assistant.memory.briefing import Briefing
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.offline.model import Decide, offline_model
from salesdesk.assistant.prompting.fencing import without_fences
from salesdesk.assistant.providers.factory import chain
from salesdesk.assistant.providers.guarded import ATTEMPTS

log = logging.getLogger(__name__)

FILLERS = ("One moment, please.", "Let me check that for you.", "Just a second, please.")
"""Said on the phone when an answer takes longer than somebody waits in silence."""
LOST_THREAD = "I am sorry, I lost my thread there. Could you say that again?"
SORRY_TO_KEEP_YOU = "I am sorry to keep you waiting."
NOTHING_NEW = "[The customer has said nothing new. Follow the guidance.]"
LIMITS = UsageLimits(request_limit=12, tool_calls_limit=24)
MODEL_FAILURES = (AgentRunError, FallbackExceptionGroup)


class DeskAgent:
    """A :class:`~salesdesk.assistant.loop.agent.TextAgent` for one conversation.

    The configured models are asked in their order, each within ``AGENT_HARD_SECONDS`` for the
    whole turn; where none answers the offline agent does. On the phone a filler is spoken after
    ``AGENT_SOFT_SECONDS`` of silence. The turn is put down when it is over, also when it was cut.
    """

    def __init__(self, memory: Memory, *, decide: Decide, models: Model | None = None) -> None:
        """``decide`` is the offline agent; ``models`` are asked in place of the configured ones."""
        self._memory = memory
        self._decide = decide
        self._models = models

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncGenerator[AgentChunk, None]:
        turn = self._turn(conversation, caller_text)
        thinking = asyncio.create_task(self._think(turn))
        try:
            async for chunk in self._with_fillers(turn):
                yield chunk
            await thinking
        finally:
            if not thinking.done():
                turn.report.status = RunStatus.CANCELED
                thinking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await thinking
            turn.report.duration_ms = turn.elapsed_ms()
            await self._memory.keep(turn)

    def _turn(self, conversation: Conversation, caller_text: str) -> Turn:
        zone = ZoneInfo(self._briefing.time_zone)
        conversation.now = self._memory.clock().astimezone(zone)
        self._memory.runner.begin_turn()
        report = Report(conversation.state.agent)
        return Turn(conversation, caller_text, self._memory.runner, report, self._memory.learn)

    @property
    def _briefing(self) -> Briefing:
        return self._memory.briefing

    async def _with_fillers(self, turn: Turn) -> AsyncGenerator[AgentChunk, None]:
        """The turn's chunks, and a filler where the customer would wait in silence."""
        soft_s = settings.AGENT_SOFT_SECONDS if self._briefing.is_phone else None
        said_something = False
        while True:
            try:
                async with asyncio.timeout(None if said_something else soft_s):
                    chunk = await turn.next_chunk()
            except TimeoutError:
                said_something = True
                yield Sentence(self._filler(turn))
                continue
            if chunk is None:
                return
            said_something = said_something or isinstance(chunk, Sentence)
            yield chunk

    def _filler(self, turn: Turn) -> str:
        return FILLERS[len(turn.conversation.lines) // 2 % len(FILLERS)]

    async def _think(self, turn: Turn) -> None:
        """To the end, whatever happens: the last chunk is always the end of the turn."""
        ATTEMPTS.set(turn.report.attempts)
        try:
            await self._answer(turn)
        except Exception as error:  # the customer must hear something
            log.exception("an agent's turn failed")
            turn.report.status, turn.report.error = RunStatus.FAILED, repr(error)
            turn.end_of_text()
            turn.say(LOST_THREAD)
        finally:
            turn.end()

    async def _answer(self, turn: Turn) -> None:
        models = self._models or chain()
        if models is None:
            await self._run(turn, offline_model(turn, self._decide))
            return
        try:
            async with asyncio.timeout(settings.AGENT_HARD_SECONDS):
                await self._run(turn, models)
        except TimeoutError as error:
            await self._fall_back(turn, RunStatus.TIMED_OUT, error)
        except MODEL_FAILURES as error:
            await self._fall_back(turn, RunStatus.FELL_BACK, error)

    async def _fall_back(self, turn: Turn, status: RunStatus, error: Exception) -> None:
        """No model has answered: rules do, unless half an answer has been said already."""
        log.warning("no model answered: %s", type(error).__name__)
        turn.report.status, turn.report.error = status, repr(error)[:2000]
        turn.end_of_text()
        if turn.has_spoken:
            turn.say(LOST_THREAD)
            return
        if status is RunStatus.TIMED_OUT:
            turn.say(SORRY_TO_KEEP_YOU)
        await self._run(turn, offline_model(turn, self._decide))

    async def _run(self, turn: Turn, model: Model) -> None:
        usage = RunUsage()
        turn.report.model = model.model_name
        try:
            async with desk_agent(self._briefing.context.trust).run_stream_events(
                without_fences(turn.caller_text) or NOTHING_NEW,
                message_history=_before(turn.conversation),
                model=model,
                deps=Deps(turn, self._briefing),
                usage=usage,
                usage_limits=LIMITS,
                model_settings=ModelSettings(timeout=settings.AGENT_HARD_SECONDS),
            ) as events:
                async for event in events:
                    self._take(turn, event)
        finally:
            self._count(turn, usage)

    def _take(self, turn: Turn, event: object) -> None:
        match event:
            case PartStartEvent(part=TextPart(content=text)):
                turn.write(text)
            case PartDeltaEvent(delta=TextDelta(content_delta=text)):
                turn.write(text)
            case PartEndEvent(part=TextPart()):
                turn.end_of_text()
            case AgentRunResultEvent(result=result):
                turn.report.model = result.response.model_name or turn.report.model
            case _:
                pass

    def _count(self, turn: Turn, usage: RunUsage) -> None:
        report = turn.report
        report.thinking_ms += sum(attempt.took_ms for attempt in report.attempts)
        report.input_tokens += usage.input_tokens
        report.output_tokens += usage.output_tokens
        if usage.cost is not None:
            report.cost = (report.cost or 0) + usage.cost


def _before(conversation: Conversation) -> list[ModelMessage]:
    """What was said before the customer's last words, as far as a model reads it."""
    lines = conversation.lines[lines_that_fit(conversation.lines) :]
    while lines and lines[-1].role is Role.CALLER:
        lines = lines[:-1]
    return messages_of(lines)
