"""What an agent remembers of a conversation: read from Postgres when it begins, kept turn by turn.

Everything is in the thread's row and what hangs on it, so that another process can go on.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from salesdesk.assistant.loop.context import digest, lines_that_fit
from salesdesk.assistant.loop.conversation import Conversation, Line
from salesdesk.assistant.loop.state import Fact, FieldSpec, PlaybookSpec, State
from salesdesk.assistant.loop.turn import Report, Turn
from salesdesk.assistant.memory.briefing import Briefing
from salesdesk.assistant.models import AgentRun, HandOver, Thread, ToolInvocation
from salesdesk.assistant.signals import agent_worked, send_after_commit
from salesdesk.assistant.tools.running import Threads, ToolRunner, Used
from salesdesk.lib.threads import DatabaseThreads
from salesdesk.lib.tools import ToolContext

log = logging.getLogger(__name__)

MOST_OUTPUT_KEPT = 2_000
CAPTURING_TOOLS = frozenset({"capture_fact", "confirm_fact"})

memory_threads = DatabaseThreads(4, "memory")


def utc_now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(slots=True)
class Memory:
    """One conversation's, for one process.

    ``facts_of`` reads what was captured in a thread; ``clock`` gives the time in UTC.
    """

    briefing: Briefing
    runner: ToolRunner
    facts_of: Callable[[int], dict[str, Fact]]
    fields: tuple[FieldSpec, ...] = ()
    playbook: PlaybookSpec = field(default_factory=PlaybookSpec)
    state: State = field(default_factory=State)
    clock: Callable[[], datetime] = utc_now
    threads: Threads = memory_threads

    def furnish(self, conversation: Conversation) -> None:
        """Give the conversation what is remembered of it."""
        conversation.fields = self.fields
        conversation.playbook = self.playbook
        conversation.state = self.state

    async def learn(self, used: Used) -> None:
        """A tool has been used: what it has captured belongs to the state from now on."""
        if used.use.name in CAPTURING_TOOLS:
            self.state.facts = await self.threads.run(self.facts_of, self.briefing.thread_id)

    async def keep(self, turn: Turn) -> None:
        """Put down how the turn went and what is known after it. A fault here is only logged."""
        self.shorten(turn.conversation)
        try:
            await self.threads.run(
                store_turn, self.briefing, turn.report, self.runner.take_log(), self.state
            )
        except Exception:  # the conversation goes on; what was said is kept elsewhere
            log.exception("a turn could not be put down")

    def shorten(self, conversation: Conversation) -> None:
        """Let a summary stand for the lines that no longer fit what a model reads."""
        first = lines_that_fit(conversation.lines)
        done = self.briefing.summarized_lines
        if first > done:
            gone: Sequence[Line] = conversation.lines[done:first]
            self.briefing.summary = digest(gone, self.briefing.summary)
            self.briefing.summarized_lines = first

    def close(self) -> None:
        self.runner.close()


# ---------------------------------------------------------------- after a turn


def store_turn(briefing: Briefing, report: Report, used: Sequence[Used], state: State) -> AgentRun:
    """One row for the turn, one for each tool, and the thread's new state, all or nothing.

    Sends ``agent_worked`` after commit.
    """
    context = briefing.context
    with transaction.atomic():
        run = _run_of(briefing, report)
        run.save(force_insert=True)
        ToolInvocation.objects.bulk_create([_invocation(context, run, each) for each in used])
        HandOver.objects.bulk_create(_hand_overs(briefing.thread_id, used, state))
        Thread.objects.filter(pk=briefing.thread_id).update(
            agent=state.agent,
            state=state.as_json(),
            summary=briefing.summary,
            summarized_lines=briefing.summarized_lines,
            updated_at=timezone.now(),
        )
        send_after_commit(
            agent_worked,
            business_id=context.business_id,
            conversation=context.conversation_id,
            run_id=run.pk,
        )
    return run


def _run_of(briefing: Briefing, report: Report) -> AgentRun:
    context = briefing.context
    prompt = briefing.prompts.get(report.agent)
    return AgentRun(
        business_id=context.business_id,
        thread_id=context.thread_id,
        channel=context.channel,
        agent=report.agent,
        model=report.model,
        prompt_version_id=prompt.version_id if prompt else None,
        status=report.status,
        attempts=[attempt.as_json() for attempt in report.attempts],
        error=report.error,
        first_text_ms=report.first_text_ms,
        duration_ms=report.duration_ms,
        overhead_ms=round(report.overhead_ms, 2),
        input_tokens=report.input_tokens,
        output_tokens=report.output_tokens,
        cost=report.cost,
    )


def store_invocation(context: ToolContext, used: Used) -> ToolInvocation:
    """A tool that was used outside a turn of ours: by a speech-to-speech model.

    Sends ``agent_worked`` after commit.
    """
    invocation = _invocation(context, None, used)
    invocation.save(force_insert=True)
    send_after_commit(
        agent_worked,
        business_id=context.business_id,
        conversation=context.conversation_id,
        run_id=None,
    )
    return invocation


def hand_over(thread_id: int, used: Used) -> None:
    """Another agent goes on, outside a turn of ours: a speech-to-speech model asked for it."""
    with transaction.atomic():
        thread = Thread.objects.select_for_update().get(pk=thread_id)
        state = State.from_json(thread.state)
        HandOver.objects.bulk_create(_hand_overs(thread_id, [used], state))
        state.agent = used.result.data["to"]
        thread.agent, thread.state = state.agent, state.as_json()
        thread.save(update_fields=["agent", "state", "updated_at"])


def _invocation(context: ToolContext, run: AgentRun | None, used: Used) -> ToolInvocation:
    return ToolInvocation(
        business_id=context.business_id,
        thread_id=context.thread_id,
        run=run,
        conversation=context.conversation_id,
        channel=context.channel,
        agent=used.agent,
        name=used.use.name[:60],
        arguments=dict(used.use.arguments),
        output=used.result.output[:MOST_OUTPUT_KEPT],
        status=used.status,
        confidence=used.result.confidence,
        latency_ms=used.latency_ms,
        error=used.error,
        reason=used.use.why,
        is_clarification=used.result.is_clarification,
        created_at=used.at,
    )


def _hand_overs(thread_id: int, used: Sequence[Used], state: State) -> list[HandOver]:
    knew: dict[str, Any] = state.as_json()
    return [
        HandOver(
            thread_id=thread_id,
            from_agent=each.agent,
            to_agent=each.result.data["to"],
            reason=each.use.arguments.get("reason", ""),
            knew=knew,
        )
        for each in used
        if each.use.name == "hand_over" and "to" in each.result.data
    ]
