"""One turn under way: what the agent has to go by, and what it has said and done so far."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from salesdesk.assistant.enums import RunStatus
from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence, ToolFinished, ToolStarted
from salesdesk.assistant.loop.attribution import Attribution
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.hearing import SentenceStream
from salesdesk.assistant.offline.steps import Results, ToolUse
from salesdesk.assistant.providers.guarded import Attempt
from salesdesk.assistant.tools.running import ToolRunner, Used
from salesdesk.lib.tools import ToolResult

END_CALL = "end_call"
HAND_OVER = "hand_over"


@dataclass(slots=True)
class Report:
    """How a turn went; see :class:`~.models.AgentRun`. Times are milliseconds."""

    agent: str
    model: str = ""
    status: str = RunStatus.OK
    attempts: list[Attempt] = field(default_factory=list)
    error: str = ""
    first_text_ms: int | None = None
    duration_ms: int = 0
    thinking_ms: float = 0.0
    tools_ms: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None

    @property
    def overhead_ms(self) -> float:
        """What the loop itself took, without models and tools."""
        return max(0.0, self.duration_ms - self.thinking_ms - self.tools_ms)


@dataclass(slots=True)
class Turn:
    """Collects what the agent says and does, in order, for :meth:`next_chunk`.

    ``learn`` is told of each tool that was used, before the model hears its result.
    """

    conversation: Conversation
    caller_text: str
    runner: ToolRunner
    report: Report
    learn: Callable[[Used], Awaitable[None]]
    used: list[Used] = field(default_factory=list)
    has_spoken: bool = False
    ending: str = ""
    _results: dict[str, ToolResult] = field(default_factory=dict)
    _attribution: Attribution = field(default_factory=Attribution)
    _text: SentenceStream = field(default_factory=SentenceStream)
    _chunks: asyncio.Queue[AgentChunk | None] = field(default_factory=asyncio.Queue)
    _began: float = field(default_factory=time.monotonic)
    _at_work: int = 0
    _work_began: float = 0.0

    @property
    def results(self) -> Results:
        return Results(self._results)

    def write(self, piece: str) -> None:
        """A piece of the agent's words; whole sentences go on."""
        for sentence in self._text.feed(piece):
            self.say(sentence)

    def end_of_text(self) -> None:
        for sentence in self._text.end():
            self.say(sentence)

    def say(self, sentence: str) -> None:
        if self.report.first_text_ms is None:
            self.report.first_text_ms = self.elapsed_ms()
        self.has_spoken = True
        self._chunks.put_nowait(Sentence(sentence, self._attribution.sources_of(sentence)))

    async def use(self, use: ToolUse, tool_id: str) -> Used:
        """Run a tool, and tell those who watch."""
        self._chunks.put_nowait(ToolStarted(tool_id, use.name, use.arguments))
        with self._working():
            used = await self.runner.run(use, agent=self.conversation.state.agent)
        self._remember(used)
        await self.learn(used)
        self._chunks.put_nowait(
            ToolFinished(tool_id, use.name, used.status, used.latency_ms, used.result.output)
        )
        return used

    def end(self) -> None:
        """Nothing more is said or done in this turn."""
        self.end_of_text()
        if self.ending:
            self._chunks.put_nowait(Ending(self.ending))
        self._chunks.put_nowait(None)

    async def next_chunk(self) -> AgentChunk | None:
        """The next one, or nothing after the last."""
        return await self._chunks.get()

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began) * 1000)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Counts the time in which at least one tool is at work."""
        if not self._at_work:
            self._work_began = time.monotonic()
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            if not self._at_work:
                self.report.tools_ms += (time.monotonic() - self._work_began) * 1000

    def _remember(self, used: Used) -> None:
        self.used.append(used)
        self._results[used.use.key] = used.result
        self._attribution.add(used)
        if used.use.name == END_CALL:
            self.ending = str(used.use.arguments.get("reason", "")) or "goodbye"
        if used.use.name == HAND_OVER and "to" in used.result.data:
            self.conversation.state.agent = used.result.data["to"]
