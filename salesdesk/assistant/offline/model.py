"""The offline agent as a model: the same loop asks it, runs its tools and logs what it does."""

import json
import time
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel

from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.turn import END_CALL, Turn
from salesdesk.assistant.offline.steps import Reply, Results, Step, ToolUse, Use
from salesdesk.assistant.providers.factory import OFFLINE

Decide = Callable[[Conversation, str, Results], Step]


def offline_model(turn: Turn, decide: Decide) -> FunctionModel:
    """A model for this one turn; ``decide`` says what comes next, given the tools' results."""

    async def stream(
        messages: list[ModelMessage], info: AgentInfo
    ) -> AsyncIterator[str | DeltaToolCalls]:
        began = time.perf_counter()
        step = _after_hanging_up(decide(turn.conversation, turn.caller_text, turn.results), turn)
        turn.report.thinking_ms += (time.perf_counter() - began) * 1000
        if isinstance(step, Use):
            yield _calls(step)
        else:
            for sentence in step.sentences:
                yield sentence.text + "\n"

    return FunctionModel(stream_function=stream, model_name=OFFLINE)


def _after_hanging_up(step: Step, turn: Turn) -> Step:
    """A reply that ends the conversation asks for that first, as models do."""
    if isinstance(step, Reply) and step.ending and not turn.ending:
        return Use((ToolUse(END_CALL, {"reason": step.ending}),))
    return step


def _calls(step: Use) -> DeltaToolCalls:
    return {
        index: DeltaToolCall(
            name=use.name,
            json_args=json.dumps({**use.arguments, "why": use.why}),
            tool_call_id=uuid4().hex[:12],
        )
        for index, use in enumerate(step.uses)
    }
