"""What an agent is told before a turn, beside the conversation itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from salesdesk.assistant.enums import Channel
from salesdesk.assistant.prompting.templates import Prompt
from salesdesk.lib.tools import ToolContext


@dataclass(slots=True)
class Briefing:
    """Plain data, read once when a conversation is opened.

    ``prompts`` by the name of the agent; ``customer`` says in words who this is, as far as is
    known. ``summary`` stands for the first ``summarized_lines`` lines of the conversation.
    """

    context: ToolContext
    time_zone: str = "UTC"
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    customer: str = ""
    summary: str = ""
    summarized_lines: int = 0
    has_documents: bool = True

    @property
    def is_phone(self) -> bool:
        return self.context.channel == Channel.PHONE

    @property
    def thread_id(self) -> int:
        """The key of the thread's row: a conversation that is open has one."""
        assert self.context.thread_id is not None, "an open conversation has a thread"
        return self.context.thread_id
