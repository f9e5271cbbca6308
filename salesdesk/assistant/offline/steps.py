"""What an agent that follows rules does next: use tools, or answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from salesdesk.assistant.loop.sentences import Sentence
from salesdesk.lib.tools import ToolResult


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One use of a tool; two with the same name and arguments are the same one."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""

    @property
    def key(self) -> str:
        return f"{self.name} {json.dumps(self.arguments, sort_keys=True)}"


@dataclass(frozen=True, slots=True)
class Use:
    """These first; they do not depend on each other."""

    uses: tuple[ToolUse, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Say this, and hang up afterwards if there is an ``ending``: the reason."""

    sentences: tuple[Sentence, ...]
    ending: str = ""

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


Step = Use | Reply


@dataclass(frozen=True, slots=True)
class Results:
    """What the tools of this turn have said so far, by :attr:`ToolUse.key`."""

    by_key: Mapping[str, ToolResult] = field(default_factory=dict)

    def of(self, use: ToolUse) -> ToolResult | None:
        return self.by_key.get(use.key)
