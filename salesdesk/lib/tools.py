"""What an agent may do besides talking: the interface that each app's tools keep.

An app brings its tools in its ``tools.py``; the setting ``AGENT_TOOLS`` names them by path, and
``salesdesk.assistant.tools.registry`` runs them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel

from salesdesk.lib.sources import Citation


class Trust(IntEnum):
    """On whose behalf a tool is used; each may use what those before may."""

    CALLER = 1
    REP = 2
    MANAGER = 3


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Where, for whom and on whose behalf a tool is used.

    ``conversation_id`` is the public id of the call or thread; ``now`` is UTC. ``customer_phone``
    is E.164, empty where unknown: a tool used on a caller's behalf deals with the records of this
    number only. ``user_id`` is the rep or manager who asked, if one did.
    """

    business_id: int
    conversation_id: str
    now: datetime
    trust: Trust = Trust.CALLER
    channel: str = "phone"
    customer_phone: str = ""
    thread_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """``output`` is what the model reads; ``citations`` the passages that it was told.

    ``data`` is the same for programs (JSON). ``confidence`` (0 to 1) is how sure the result is,
    where the tool can say. ``is_clarification``: the customer must say more before it works.
    """

    output: str
    citations: tuple[Citation, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    confidence: float | None = None
    is_clarification: bool = False


class Tool(Protocol):
    """One thing that an agent can do.

    ``question_field`` names the field of the input that holds what the caller asks in words, where
    looking it up does no harm: then it may be run ahead of time with what the caller is still
    saying. Empty: it is only run when the model asks. A tool that ``changes`` something is never
    run twice, nor beside another one.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    input: ClassVar[type[BaseModel]]
    timeout_s: ClassVar[float]
    role: ClassVar[Trust]
    question_field: ClassVar[str]
    changes: ClassVar[bool]

    def run(self, context: ToolContext, given: Any) -> ToolResult:
        """``given`` is an instance of ``input``. Runs in a thread and may use the ORM.

        A :class:`~salesdesk.lib.errors.SalesdeskError` is told to the model in its own words.
        """
