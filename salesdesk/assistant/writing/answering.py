"""An answer in writing: asked of an agent, stored as it comes, so that nothing is ever lost.

What the customer wrote is stored first. Each sentence and each tool is stored when it comes, which
tells the pages that show it; a page that was away reads the same rows later.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from salesdesk.assistant import analysis
from salesdesk.assistant.analysis import Analysis, Outcome
from salesdesk.assistant.enums import MessageStatus, RunStatus
from salesdesk.assistant.loop.agent import (
    AgentChunk,
    Ending,
    Sentence,
    TextAgent,
    ToolFinished,
    ToolStarted,
)
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.warming import get_ready_to_answer, ready_to_answer
from salesdesk.assistant.models import AgentRun, Thread
from salesdesk.assistant.writing import push, threads
from salesdesk.assistant.writing.threads import APOLOGY, Turn
from salesdesk.lib.background import start
from salesdesk.lib.threads import DatabaseThreads

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 60.0
"""The agent has limits of its own; this one is for an agent that does not keep them."""
MOST_OUTPUT_SHOWN = 600

_db = DatabaseThreads(8, "answers")


async def answer(thread: Thread, text: str, *, agent: TextAgent) -> AsyncIterator[AgentChunk]:
    """Store what the customer wrote, then the answer as the agent gives it, chunk by chunk.

    An agent that fails apologises. Raises what :func:`~.threads.begin_turn` raises.
    """
    turn = await _db.run(threads.begin_turn, thread, text)
    async with aclosing(_chunks(turn, agent)) as chunks:
        async for chunk in chunks:
            yield chunk


async def answer_turn(turn: Turn, agent: TextAgent) -> None:
    """The whole answer to a turn that was begun, unless somebody stops it."""
    writing = asyncio.create_task(_write_all(turn, agent))
    stopping = asyncio.create_task(push.told_to_stop(turn.answer.public_id))
    await asyncio.wait((writing, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in (writing, stopping):
        task.cancel()
    for task in (stopping, writing):
        with suppress(asyncio.CancelledError):
            await task


def stop_answer(thread: Thread) -> bool:
    """Write no more of the answer under way; whether there was one. What was written stays."""
    answer = threads.stop(thread)
    if answer is not None:
        push.stop_answer(answer.public_id)
    return answer is not None


def answer_in_background(turn: Turn, agent: TextAgent) -> None:
    """As :func:`answer_turn`, while the request that asked goes on."""
    start(answer_turn(turn, agent)).add_done_callback(_log_failure)


def _log_failure(done: Any) -> None:
    if not done.cancelled() and done.exception() is not None:
        log.error("an answer could not be stored", exc_info=done.exception())


async def _write_all(turn: Turn, agent: TextAgent) -> None:
    async with aclosing(_chunks(turn, agent)) as chunks:
        async for _ in chunks:
            pass


async def _chunks(turn: Turn, agent: TextAgent) -> AsyncGenerator[AgentChunk, None]:
    writer = _Writer(turn)
    conversation = await _db.run(threads.conversation_of, turn.thread)
    await _db.run(get_ready_to_answer, turn.thread.business)
    understanding = asyncio.create_task(_understand(turn, conversation))
    try:
        await ready_to_answer()
        async with aclosing(_within_time(agent, conversation, turn.asked.text)) as chunks:
            async for chunk in chunks:
                if not await writer.take(chunk):
                    return
                yield chunk
        await writer.done(await understanding)
    except (asyncio.CancelledError, GeneratorExit):
        await _db.run(threads.finish, turn.answer, MessageStatus.STOPPED)
        raise
    except Exception as error:  # a customer must not be left without a word
        log.exception("an answer failed")
        await asyncio.wait({understanding})
        await writer.failed(error)
        yield Sentence(APOLOGY)
    finally:
        understanding.cancel()


async def _within_time(
    agent: TextAgent, conversation: Conversation, text: str
) -> AsyncGenerator[AgentChunk, None]:
    """The agent's chunks. Raises ``TimeoutError`` when they take too long."""
    deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN_S
    chunks = agent.reply(conversation, text)
    try:
        while True:
            async with asyncio.timeout_at(deadline):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            yield chunk
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()


async def _understand(turn: Turn, conversation: Conversation) -> Analysis:
    """What the customer means, stored as soon as it is known."""
    meant = await analysis.understand(conversation, turn.asked.text)
    await _db.run(threads.understand, turn.asked, meant.model_dump(mode="json"))
    return meant


@dataclass(slots=True)
class _Writer:
    """Stores an answer as it comes. Its methods say whether it is still wanted."""

    turn: Turn
    sentences: list[str] = field(default_factory=list)
    citations: list[dict[str, Any]] = field(default_factory=list)
    tools: dict[str, dict[str, Any]] = field(default_factory=dict)
    ending: str = ""
    began: datetime = field(default_factory=timezone.now)

    async def take(self, chunk: AgentChunk) -> bool:
        match chunk:
            case Sentence():
                self._say(chunk)
            case ToolStarted():
                self._start(chunk)
            case ToolFinished():
                self._finish(chunk)
            case Ending():
                self.ending = chunk.reason
        return await _db.run(threads.write, self.turn.answer, **self._fields())

    async def done(self, meant: Analysis) -> None:
        await _db.run(self._store_end, meant)

    async def failed(self, error: Exception) -> None:
        self.sentences.append(APOLOGY)
        await _db.run(self._store_failure, error)

    def _fields(self) -> dict[str, Any]:
        return {
            "text": " ".join(self.sentences),
            "citations": self.citations,
            "tools": list(self.tools.values()),
        }

    def _say(self, sentence: Sentence) -> None:
        self.sentences.append(sentence.text)
        for citation in sentence.sources.citations if sentence.sources else ():
            if dict(citation) not in self.citations:
                self.citations.append(dict(citation))

    def _start(self, chunk: ToolStarted) -> None:
        self.tools[chunk.id] = {
            "id": chunk.id,
            "name": chunk.name,
            "arguments": dict(chunk.arguments),
            "status": "",
            "latency_ms": None,
            "output": "",
        }

    def _finish(self, chunk: ToolFinished) -> None:
        if chunk.id not in self.tools:
            self._start(ToolStarted(chunk.id, chunk.name))
        self.tools[chunk.id] |= {
            "status": chunk.status,
            "latency_ms": chunk.latency_ms,
            "output": chunk.output[:MOST_OUTPUT_SHOWN],
        }

    # ------------------------------------------------------------ in a thread

    def _store_end(self, meant: Analysis) -> None:
        run = self._run()
        outcome = Outcome.of(self._fields(), asked_back=_asked_back(run))
        if threads.finish(self.turn.answer, MessageStatus.DONE, run=run, **self._fields()):
            told = analysis.after(meant, outcome)
            threads.understand(self.turn.asked, told.model_dump(mode="json"))
        if self.ending:
            threads.end_thread(self.turn.thread)

    def _store_failure(self, error: Exception) -> None:
        run = self._run() or self._failed_run(error)
        threads.finish(self.turn.answer, MessageStatus.FAILED, run=run, **self._fields())

    def _run(self) -> AgentRun | None:
        """The agent's own account of this turn, where it gives one."""
        runs = AgentRun.objects.filter(thread=self.turn.thread, created_at__gte=self.began)
        return runs.order_by("pk").last()

    def _failed_run(self, error: Exception) -> AgentRun:
        took = timezone.now() - self.began
        timed_out = isinstance(error, TimeoutError)
        thread = self.turn.thread
        return AgentRun.objects.create(
            business=thread.business,
            thread=thread,
            channel=thread.channel,
            agent=thread.agent,
            model="unknown",
            status=RunStatus.TIMED_OUT if timed_out else RunStatus.FAILED,
            error=f"{type(error).__name__}: {error}",
            duration_ms=round(took.total_seconds() * 1000),
        )


def _asked_back(run: AgentRun | None) -> bool:
    return run is not None and run.invocations.filter(is_clarification=True).exists()
