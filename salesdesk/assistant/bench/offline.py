"""How many turns a core carries with the offline agent: the rehearsal's dialogues on demo data."""

import time
from collections.abc import AsyncIterator
from itertools import cycle
from typing import Any

from salesdesk.assistant.loop.agent import AgentChunk
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.desk_agent import DeskAgent
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.offline.policy import decide
from salesdesk.assistant.offline.steps import Results, Step
from salesdesk.assistant.rehearsal import Stage, load_dialogues, play
from salesdesk.businesses.models import Business
from salesdesk.lib.bench.figures import spread

WARM_UP_DIALOGUES = 3


def measure_offline(business: Business, turns: int) -> dict[str, Any]:
    """At least so many turns, one after another: with tools and Postgres, and deciding alone."""
    stage, dialogues, clock = Stage(business), load_dialogues(), Clock()
    for dialogue in dialogues[:WARM_UP_DIALOGUES]:
        play(stage, dialogue, clock.agent)
    clock.forget()
    for dialogue in cycle(dialogues):
        if len(clock.turns_s) >= turns:
            break
        play(stage, dialogue, clock.agent)
    count = len(clock.turns_s)
    return {
        "turns": count,
        "dialogues": len(dialogues),
        "turn": spread([seconds * 1000 for seconds in clock.turns_s]),
        "turns_per_second": round(count / sum(clock.turns_s), 1),
        "turns_per_core_second": round(count / clock.processor_s, 1),
        "deciding": spread([seconds * 1000 for seconds in clock.decisions_s]),
        "decisions_per_second": round(len(clock.decisions_s) / sum(clock.decisions_s)),
    }


class Clock:
    """What turns take, and what of it is deciding; the processor's time is this process's."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.turns_s: list[float] = []
        self.decisions_s: list[float] = []
        self.processor_s = 0.0

    def agent(self, memory: Memory) -> "TimedAgent":
        return TimedAgent(DeskAgent(memory, decide=self._decide), self)

    def _decide(self, conversation: Conversation, text: str, results: Results) -> Step:
        began = time.perf_counter()
        try:
            return decide(conversation, text, results)
        finally:
            self.decisions_s.append(time.perf_counter() - began)


class TimedAgent:
    def __init__(self, agent: DeskAgent, clock: Clock) -> None:
        self._agent = agent
        self._clock = clock

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncIterator[AgentChunk]:
        began, worked = time.perf_counter(), time.process_time()
        async for chunk in self._agent.reply(conversation, caller_text):
            yield chunk
        self._clock.turns_s.append(time.perf_counter() - began)
        self._clock.processor_s += time.process_time() - worked
