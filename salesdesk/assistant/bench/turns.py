"""What our loop adds to a turn, beside pydantic-ai alone with the same model and tools.

The model is scripted and takes no time of its own: it uses two tools, then says three sentences in
small pieces. Postgres, prompts, tools and what is put down are real. Both ways take turns, so that
other work on the machine meets both.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from pydantic_ai import Agent, Tool
from pydantic_ai.messages import ModelMessage, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel

from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.desk_agent import DeskAgent
from salesdesk.assistant.loop.turn import Turn
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.memory.opening import open_memory
from salesdesk.assistant.offline.policy import decide
from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.tools.registry import describe, without_reason
from salesdesk.assistant.tools.running import ToolRunner
from salesdesk.businesses.models import Business
from salesdesk.lib.bench.figures import percentile, ratio, spread
from salesdesk.lib.tools import Tool as DeskTool

WARM_UP = 20
CUSTOMER = "+14155550123"
USES: tuple[tuple[str, dict[str, str]], ...] = (
    ("customer_history", {}),
    ("playbook", {"topic": "next_line"}),
)
ANSWER = "I have looked that up for you. The next visit is on Tuesday. Does that suit you? "
ASKED = "When do you come to look at my roof?"
LINES = 20
"""Lines of the conversation before the question."""


async def measure_turns(business: Business, turns: int) -> dict[str, Any]:
    """Times of one turn without its tools: ours until its last word and until it is put down, and
    pydantic-ai's; ``processor`` is the event loop's own time, with putting down and whatever else
    is done there."""
    memory = await open_memory(business.pk, conversation_id="bench-turns", customer_phone=CUSTOMER)
    memory.runner.may_look_ahead = False
    ours = Ours(memory)
    bare = Bare(memory.runner)
    try:
        for _ in range(WARM_UP):
            await ours.turn()
            await bare.turn()
        ours.forget()
        bare.forget()
        for _ in range(turns):
            await ours.turn()
            await bare.turn()
    finally:
        memory.close()
    return {
        "turns": turns,
        "overhead": spread(ours.overheads),
        "first_words": spread(ours.first_words),
        "putting_down": spread(ours.puttings_down),
        "processor": spread(ours.processor),
        "pydantic_ai_alone": {**spread(bare.overheads), "processor": spread(bare.processor)},
        "over_pydantic_ai": {
            "ratio": ratio(ours.overheads, bare.overheads),
            "processor_ratio": ratio(ours.processor, bare.processor),
            "p50_ms": round(percentile(ours.overheads, 50) - percentile(bare.overheads, 50), 2),
        },
    }


def scripted_model() -> FunctionModel:
    async def stream(
        messages: list[ModelMessage], info: AgentInfo
    ) -> AsyncIterator[str | DeltaToolCalls]:
        if not any(isinstance(part, ToolReturnPart) for part in messages[-1].parts):
            yield _tool_calls()
            return
        for word in ANSWER.split(" "):
            yield f"{word} "

    return FunctionModel(stream_function=stream, model_name="scripted")


def _tool_calls() -> DeltaToolCalls:
    return {
        index: DeltaToolCall(name=name, json_args=json.dumps(given), tool_call_id=f"t{index}")
        for index, (name, given) in enumerate(USES)
    }


class Ours:
    """Turns of the product's agent."""

    def __init__(self, memory: Memory) -> None:
        self._memory = _Watched(memory)
        self._agent = DeskAgent(self._memory, decide=decide, models=scripted_model())
        self.overheads: list[float] = []
        self.first_words: list[float] = []
        self.puttings_down: list[float] = []
        self.processor: list[float] = []

    def forget(self) -> None:
        for times in (self.overheads, self.first_words, self.puttings_down, self.processor):
            times.clear()

    async def turn(self) -> None:
        conversation = _conversation()
        self._memory.furnish(conversation)
        began, worked = time.perf_counter(), time.thread_time()
        async for _ in self._agent.reply(conversation, conversation.unanswered()):
            pass
        kept_at, turn = self._memory.kept_at, self._memory.turn
        tools_ms = turn.report.tools_ms
        assert len(turn.used) == len(USES), "the script was not followed"
        assert turn.report.first_text_ms is not None, "nothing was said"
        self.overheads.append(_ms(kept_at - began) - tools_ms)
        self.processor.append(_ms(time.thread_time() - worked))
        self.first_words.append(turn.report.first_text_ms - tools_ms)
        self.puttings_down.append(_ms(time.perf_counter() - kept_at))


class _Watched(Memory):
    """A memory that tells when it began to put down which turn."""

    kept_at: float
    turn: Turn

    def __init__(self, memory: Memory) -> None:
        super().__init__(
            memory.briefing,
            memory.runner,
            memory.facts_of,
            memory.fields,
            memory.playbook,
            memory.state,
        )

    async def keep(self, turn: Turn) -> None:
        self.kept_at, self.turn = time.perf_counter(), turn
        await super().keep(turn)


class Bare:
    """The same model and tools with pydantic-ai and nothing else."""

    def __init__(self, runner: ToolRunner) -> None:
        self._runner = runner
        self._tools_s = 0.0
        tools = [self._tool(tool) for tool in runner.tools.values()]
        self._agent = Agent(scripted_model(), tools=tools)
        self.overheads: list[float] = []
        self.processor: list[float] = []

    def forget(self) -> None:
        self.overheads.clear()
        self.processor.clear()

    async def turn(self) -> None:
        self._tools_s = 0.0
        began, worked = time.perf_counter(), time.thread_time()
        async with self._agent.run_stream_events(ASKED) as events:
            async for _ in events:
                pass
        self.overheads.append(_ms(time.perf_counter() - began - self._tools_s))
        self.processor.append(_ms(time.thread_time() - worked))
        self._runner.take_log()

    def _tool(self, tool: DeskTool) -> Tool[None]:
        async def use(**given: Any) -> str:
            arguments, _ = without_reason(given)
            at_work = asyncio.create_task(self._runner.run(ToolUse(tool.name, arguments)))
            began = time.perf_counter()
            used = await at_work
            self._tools_s = max(self._tools_s, time.perf_counter() - began)
            return used.result.output

        schema = describe(tool)["parameters"]
        return Tool.from_schema(
            use, name=tool.name, description=tool.description, json_schema=schema
        )


def _conversation() -> Conversation:
    conversation = Conversation("Bench")
    for number in range(LINES // 2):
        conversation.hear(f"This is my question number {number} about the panels on my roof.")
        conversation.say(f"a{number}", "That is a good question, and I have told you the answer.")
    conversation.hear(ASKED)
    return conversation


def _ms(seconds: float) -> float:
    return seconds * 1000
