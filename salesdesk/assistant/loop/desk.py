"""The agent as pydantic-ai knows it: its instructions and tools, for whichever model."""

from functools import cache
from typing import Any

from pydantic_ai import Agent, RunContext, Tool, ToolDefinition, ToolReturn
from pydantic_ai.models.function import FunctionModel

from salesdesk.assistant.loop.specialists import tools_of
from salesdesk.assistant.loop.turn import Turn
from salesdesk.assistant.memory.briefing import Briefing
from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.prompting.building import build as build_prompt
from salesdesk.assistant.prompting.defaults import BUILT_IN
from salesdesk.assistant.tools.answers import as_read
from salesdesk.assistant.tools.registry import describe, tools_for, without_reason
from salesdesk.lib.tools import Tool as DeskTool
from salesdesk.lib.tools import Trust


class Deps:
    """What a run of the agent has at hand."""

    def __init__(self, turn: Turn, briefing: Briefing) -> None:
        self.turn = turn
        self.briefing = briefing

    @property
    def agent(self) -> str:
        return self.turn.conversation.state.agent


@cache
def desk_agent(trust: Trust) -> Agent[Deps, str]:
    """The agent with all tools of this role; one for the whole process."""
    agent = Agent(
        deps_type=Deps,
        output_type=str,
        name="desk",
        tools=[_tool(tool) for tool in tools_for(trust).values()],
        tool_timeout=None,
        retries=1,
    )
    agent.instructions(_instructions)
    return agent


def _tool(tool: DeskTool) -> Tool[Deps]:
    async def use(context: RunContext[Deps], **given: Any) -> ToolReturn[str]:
        arguments, why = without_reason(given)
        used = await context.deps.turn.use(
            ToolUse(tool.name, arguments, why), context.tool_call_id or tool.name
        )
        return ToolReturn(as_read(used))

    made: Tool[Deps] = Tool.from_schema(
        use,
        name=tool.name,
        description=tool.description,
        json_schema=describe(tool)["parameters"],
        takes_ctx=True,
        sequential=tool.changes,
    )
    made.prepare = _only_of_its_agents
    return made


async def _only_of_its_agents(
    context: RunContext[Deps], definition: ToolDefinition
) -> ToolDefinition | None:
    """Models are shown the tools of the agent that is at work; rules know them all."""
    if isinstance(context.model, FunctionModel):
        return definition
    return definition if definition.name in tools_of(context.deps.agent) else None


def _instructions(context: RunContext[Deps]) -> str:
    deps = context.deps
    briefing = deps.briefing
    return build_prompt(
        briefing.prompts.get(deps.agent) or BUILT_IN[deps.agent],
        deps.turn.conversation,
        channel=briefing.context.channel,
        customer=briefing.customer,
        summary=briefing.summary,
    )
