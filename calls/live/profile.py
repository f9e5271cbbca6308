"""What one call is to be led by: read once from Postgres when its media stream is claimed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One finished utterance of the conversation so far."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class CallProfile:
    """The business's wishes for this call, and what was said before on it.

    ``facts`` are question-and-answer pairs that the offline agent may speak from; ``vocabulary``
    names that speech recognition should know; ``tools`` what the engine's model may ask for.
    ``has_documents``: the business has documents that can be searched. ``customer_phone`` is
    E.164, empty where the caller withholds it. ``thread_id`` is the key of what the agent remembers
    of the call, ``agent`` the one that is at work. ``machine_message`` is what an answering machine
    is told; without one it is hung up on. ``carrier_tells_beep``: the carrier says when it records.
    Times are milliseconds.
    """

    call_id: str
    business_name: str
    engine: str
    greeting: str
    prompt: str
    direction: str = "inbound"
    language: str = "en"
    voice: str = "alloy"
    temperature: float = 0.8
    response_delay_ms: int = 0
    no_input_ms: int = 15_000
    longest_call_ms: int = 30 * 60_000
    facts: tuple[tuple[str, str], ...] = ()
    vocabulary: tuple[str, ...] = ()
    tools: tuple[Mapping[str, object], ...] = ()
    history: tuple[Line, ...] = field(default=())
    next_sequence: int = 1
    business_id: int | None = None
    customer_phone: str = ""
    has_documents: bool = False
    thread_id: int | None = None
    agent: str = "desk"
    machine_message: str = ""
    carrier_tells_beep: bool = False
