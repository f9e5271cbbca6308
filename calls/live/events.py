"""The words of the audio path: what happens on a call, and what the session asks to be done.

Events go into :class:`calls.live.session.CallSession`, commands come out. Everything here is a
frozen value without clock, socket or ORM. Audio is base64 mu-law (8 kHz, 8 bytes a millisecond)
as the carrier sends it, and is never decoded on its way to a speech-to-speech engine.
Milliseconds named ``at_ms`` count the caller's audio from the start of the media stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from salesdesk.lib.sources import Sources


class Speaker(StrEnum):
    CALLER = "caller"
    AGENT = "agent"


class AnsweredBy(StrEnum):
    """Who answered an outbound call; one that is not known is treated as a person."""

    HUMAN = "human"
    MACHINE = "machine"
    FAX = "fax"
    UNKNOWN = "unknown"


# ---------------------------------------------------------------- events: from the carrier


@dataclass(frozen=True, slots=True)
class StreamStarted:
    stream_sid: str
    call_sid: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallerAudio:
    payload: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class DigitPressed:
    digit: str


@dataclass(frozen=True, slots=True)
class MarkPlayed:
    """The carrier has played everything sent before this mark (or dropped it after a clear)."""

    name: str


@dataclass(frozen=True, slots=True)
class StreamStopped:
    """The carrier says that the audio is over: the caller has hung up."""


@dataclass(frozen=True, slots=True)
class StreamLost:
    """The carrier's socket closed without a word, or said what cannot be understood."""

    error: str


# ---------------------------------------------------------------- events: from the engine


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to speak. ``item_id`` names this stretch of speech in later events."""

    item_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """Endpointing: the caller's turn is over, an answer may be asked for."""

    item_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class CallerInterim:
    """All the text heard so far of a stretch of speech that may still change."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class CallerFinal:
    """The transcript of a stretch of speech; empty text means that it was no speech."""

    item_id: str
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class AgentAudio:
    item_id: str
    payload: str


@dataclass(frozen=True, slots=True)
class AgentText:
    """A further piece of what the agent says in ``item_id``; it is added to the pieces before.

    ``aligned`` says that just this piece is spoken by the audio that follows, up to the next
    piece; without it the words are taken to be spread evenly over the item's audio. ``sources``
    are the passages from which this piece was taken.
    """

    item_id: str
    text: str
    aligned: bool = False
    sources: Sources | None = None


@dataclass(frozen=True, slots=True)
class AgentItemDone:
    """All text and audio of ``item_id`` has been sent."""

    item_id: str


@dataclass(frozen=True, slots=True)
class ResponseDone:
    """The engine has nothing more to say in this turn. ``usage`` is the provider's own count."""

    usage: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolRequested:
    request_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class AgentEnding:
    """The agent wants to hang up once the caller has heard what has been said."""

    reason: str


@dataclass(frozen=True, slots=True)
class EngineNotice:
    """Something worth a line in the call's history, without any personal data."""

    kind: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """The engine cannot go on. ``message`` is for people and is stored on the call."""

    message: str


# ---------------------------------------------------------------- events: supervisor and time


@dataclass(frozen=True, slots=True)
class SayRequested:
    """A manager wants the agent to say this line, word for word."""

    text: str


@dataclass(frozen=True, slots=True)
class InstructRequested:
    """A manager tells the agent something that the caller does not hear."""

    text: str


@dataclass(frozen=True, slots=True)
class PauseRequested:
    pass


@dataclass(frozen=True, slots=True)
class ResumeRequested:
    pass


@dataclass(frozen=True, slots=True)
class HangupRequested:
    reason: str


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """``sources`` are the passages that the model was told; what it says next rests on them.

    ``rebrief``: another agent goes on from here, with instructions and tools of its own.
    """

    request_id: str
    output: str
    sources: Sources | None = None
    rebrief: "Rebrief | None" = None


@dataclass(frozen=True, slots=True)
class TimerFired:
    name: str


@dataclass(frozen=True, slots=True)
class PickedUp:
    """The carrier has found out who answered an outbound call. ``is_greeting_over``: what is said
    from now on is recorded by the machine."""

    answered_by: AnsweredBy
    is_greeting_over: bool = False


CarrierEvent = StreamStarted | CallerAudio | DigitPressed | MarkPlayed | StreamStopped | StreamLost
EngineEvent = (
    SpeechStarted
    | SpeechStopped
    | CallerInterim
    | CallerFinal
    | AgentAudio
    | AgentText
    | AgentItemDone
    | ResponseDone
    | ToolRequested
    | AgentEnding
    | EngineNotice
    | EngineFailed
)
SupervisorEvent = (
    SayRequested | InstructRequested | PauseRequested | ResumeRequested | HangupRequested
)
Event = CarrierEvent | EngineEvent | SupervisorEvent | PickedUp | ToolAnswered | TimerFired


# ---------------------------------------------------------------- commands: to the carrier


@dataclass(frozen=True, slots=True)
class PlayAudio:
    payload: str


@dataclass(frozen=True, slots=True)
class SendMark:
    name: str


@dataclass(frozen=True, slots=True)
class ClearPlayback:
    """Drop what the carrier has not played yet."""


# ---------------------------------------------------------------- commands: to the engine


@dataclass(frozen=True, slots=True)
class HearCaller:
    payload: str


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer the caller now, from all that has been said."""

    instructions: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Speak this line word for word and keep it in the conversation."""

    text: str


@dataclass(frozen=True, slots=True)
class Instruct:
    """Tell the agent something for its next answers; the caller does not hear it."""

    text: str


@dataclass(frozen=True, slots=True)
class CancelResponse:
    """Stop producing the answer under way, if there is one."""


@dataclass(frozen=True, slots=True)
class TruncateItem:
    """Make the engine forget what the caller did not hear of an item."""

    item_id: str
    heard_ms: int
    heard_text: str


@dataclass(frozen=True, slots=True)
class PassDigits:
    digits: str


@dataclass(frozen=True, slots=True)
class AnswerTool:
    request_id: str
    output: str


@dataclass(frozen=True, slots=True)
class Rebrief:
    """From now on the model is led by these instructions and has these tools."""

    prompt: str
    tools: tuple[Mapping[str, object], ...]


# ---------------------------------------------------------------- commands: time, record, call


@dataclass(frozen=True, slots=True)
class StartTimer:
    """(Re)start the timer of this name; it comes back as :class:`TimerFired`."""

    name: str
    after_ms: int


@dataclass(frozen=True, slots=True)
class StopTimer:
    name: str


@dataclass(frozen=True, slots=True)
class RecordInterim:
    """Text still being spoken; may be dropped, is never stored."""

    sequence: int
    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class RecordUtterance:
    """Store (or replace) the utterance of this sequence; never dropped."""

    sequence: int
    speaker: Speaker
    text: str
    start_ms: int
    end_ms: int
    interrupted: bool = False
    confidence: float | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordEvent:
    kind: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunTool:
    request_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the media stream. ``error`` is set when the call ends because something broke."""

    reason: str
    error: str = ""


CarrierCommand = PlayAudio | SendMark | ClearPlayback
EngineCommand = (
    HearCaller
    | Respond
    | Say
    | Instruct
    | CancelResponse
    | TruncateItem
    | PassDigits
    | AnswerTool
    | Rebrief
)
TimerCommand = StartTimer | StopTimer
RecorderCommand = RecordInterim | RecordUtterance | RecordEvent
Command = CarrierCommand | EngineCommand | TimerCommand | RecorderCommand | RunTool | Hangup
