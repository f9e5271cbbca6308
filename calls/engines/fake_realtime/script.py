"""What the fake model says and does, as values."""

from dataclasses import dataclass
from types import MappingProxyType

from calls.audio import FRAME_MS, MULAW_FRAME_BYTES

MS_PER_CHARACTER = 60
SPOKEN_FRAME = (b"\x9f" * 10 + b"\x1f" * 10) * (MULAW_FRAME_BYTES // 20)
"""One 20 ms frame of the fake's voice: a 400 Hz square wave in mu-law."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    name: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True)
class Failure:
    """An API error: its type and code."""

    kind: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to one ``response.create``: words, then a tool call or a failure.

    ``after_ms``: time until the answer begins. ``drop_after_ms``: the socket breaks when this
    much audio has been sent.
    """

    text: str = ""
    tool: ToolCall | None = None
    failure: Failure | None = None
    after_ms: int = 0
    drop_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A connection's course. The last turn and the last of the caller's lines repeat.

    ``caller``: transcripts of successive stretches of speech (``None``: recognition fails).
    ``pace``: audio is sent this many times faster than it plays; 0 sends it all at once.
    ``drops`` and ``failures``: how often, over all connections, sockets break and answers fail.
    ``refuse_status`` answers the handshake, ``refuse_session`` takes the place of
    ``session.created``.
    """

    turns: tuple[Turn, ...]
    caller: tuple[str | None, ...] = ("I have a question.",)
    pace: float = 0
    drops: int = 1
    failures: int = 1
    refuse_status: int | None = None
    refuse_session: Failure | None = None


def spoken_audio(text: str) -> bytes:
    """Mu-law for a text, whole frames, as long as saying it takes."""
    frames = max(1, len(text) * MS_PER_CHARACTER // FRAME_MS)
    return SPOKEN_FRAME * frames


_HELP = "We install and repair solar systems and heating. What can I do for you?"
_WARRANTY = "Panels carry twenty-five years of warranty, the inverter ten."
_VISIT = "Somebody can come by on Thursday at ten. Does that suit you?"
_GOODBYE = "Thank you for calling. Goodbye!"

SCRIPTS: MappingProxyType[str, Script] = MappingProxyType(
    {
        "dialogue": Script(
            turns=(
                Turn(_HELP),
                Turn(_WARRANTY),
                Turn(_VISIT),
                Turn(_GOODBYE, tool=ToolCall("end_call", '{"reason": "done"}')),
            ),
            caller=(
                "Hello, what do you offer?",
                "How long is the warranty?",
                "Can somebody come by?",
                "Yes, thank you, goodbye.",
            ),
            pace=4,
        ),
        "barge-in": Script(
            turns=(Turn(f"{_HELP} {_WARRANTY} {_VISIT}"), Turn(_WARRANTY)),
            caller=("Wait, how long is the warranty?",),
            pace=1,
        ),
        "function-call": Script(
            turns=(
                Turn("Let me look.", tool=ToolCall("search_knowledge", '{"query": "warranty"}')),
                Turn(_WARRANTY),
            ),
            caller=("How long is the warranty?",),
            pace=4,
        ),
        "error": Script(turns=(Turn(failure=Failure("server_error")),), failures=1_000_000),
        "disconnect": Script(
            turns=(Turn(f"{_HELP} {_WARRANTY}", drop_after_ms=2_000), Turn(_VISIT)), pace=4
        ),
        "slow": Script(turns=(Turn(_WARRANTY, after_ms=4_000),), pace=4),
    }
)
