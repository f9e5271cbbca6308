"""One conversation with a Realtime session, as pure state: commands and events in, both out.

It knows what has been said (so that another session can take over), which answer is under way
(the API refuses a second one), who speaks, and where the session's clock stands on the call's.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, assert_never

from openai.types.realtime import (
    ConversationItemInputAudioTranscriptionCompletedEvent,
    ConversationItemInputAudioTranscriptionDeltaEvent,
    ConversationItemInputAudioTranscriptionFailedEvent,
    ConversationItemParam,
    InputAudioBufferCommittedEvent,
    InputAudioBufferSpeechStartedEvent,
    InputAudioBufferSpeechStoppedEvent,
    RealtimeClientEventParam,
    RealtimeConversationItemFunctionCall,
    RealtimeConversationItemFunctionCallOutputParam,
    RealtimeConversationItemFunctionCallParam,
    RealtimeError,
    RealtimeErrorEvent,
    RealtimeResponse,
    RealtimeResponseCreateParamsParam,
    ResponseAudioTranscriptDeltaEvent,
    ResponseAudioTranscriptDoneEvent,
    ResponseCancelEventParam,
    ResponseCreatedEvent,
    ResponseDoneEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    SessionUpdateEventParam,
)
from pydantic import BaseModel

from calls.audio import base64_ms
from calls.engines import realtime_protocol as protocol
from calls.live.events import (
    AgentEnding,
    AgentItemDone,
    AgentText,
    AnswerTool,
    CallerFinal,
    CallerInterim,
    CancelResponse,
    EngineEvent,
    EngineFailed,
    EngineNotice,
    Instruct,
    PassDigits,
    Respond,
    ResponseDone,
    Say,
    Speaker,
    SpeechStarted,
    SpeechStopped,
    ToolRequested,
    TruncateItem,
)
from calls.live.profile import Line

Role = Literal["user", "assistant", "system"]
Instruction = Respond | Say | Instruct | CancelResponse | TruncateItem | PassDigits | AnswerTool
"""What is done in the conversation itself: all but hearing and changing who speaks."""


@dataclass(slots=True)
class Said:
    """A message of the conversation. ``spoken``: this session holds it as audio, not as text."""

    role: Role
    text: str = ""
    spoken: bool = False
    cut: bool = False


@dataclass(slots=True)
class Stretch:
    """A stretch of the caller's speech that has no final transcript yet."""

    interim: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A ``response.create``, sent or waiting for its turn."""

    params: RealtimeResponseCreateParamsParam
    retried: bool = False


@dataclass(slots=True)
class Response:
    """The answer under way, from ``response.create`` to ``response.done``."""

    answer: Answer
    event_id: str = ""
    response_id: str = ""
    audible: bool = False
    cancelled: bool = False
    asked_tools: bool = False
    open_items: dict[str, None] = field(default_factory=dict)


Item = (
    Said
    | RealtimeConversationItemFunctionCallParam
    | RealtimeConversationItemFunctionCallOutputParam
)


class Conversation:
    """Fed with ``carry_out``, ``heard`` and ``understand``; what to send stands in ``outgoing``.

    ``expired`` is set when the provider has ended the session and another one must take over.
    """

    def __init__(self, instructions: str, history: Sequence[Line] = ()) -> None:
        self.outgoing: deque[RealtimeClientEventParam] = deque()
        self.expired = False
        self._instructions = instructions
        self._items: dict[str, Item] = {}
        self._stretches: dict[str, Stretch] = {}
        self._response: Response | None = None
        self._waiting: deque[Answer] = deque()
        self._tools_asked: set[str] = set()
        self._answer_owed = False
        self._turn_open = False
        self._dones_owed = 0
        self._settling: set[str] = set()
        self._ask_again = False
        self._transcription_usage: list[dict[str, object]] = []
        self._numbered = 0
        self._heard_ms = 0
        self._clock_ms = 0
        for line in history:
            self._items[self._new_id("line")] = Said(_role_of(line.speaker), line.text)

    @property
    def quiet(self) -> bool:
        """Nobody speaks, nothing is being recognised, answered or looked up."""
        return not (self._response or self._waiting or self._stretches or self._tools_asked)

    # ------------------------------------------------------------ audio, once a frame

    def heard(self, payload: str) -> None:
        """Count a frame of the caller's base64 audio."""
        self._heard_ms += base64_ms(payload)

    def lets_agent_be_heard(self) -> bool:
        """Whether agent audio that arrives now belongs to an answer that was not cancelled."""
        response = self._response
        if response is None:
            return True
        response.audible = True
        return not response.cancelled

    # ------------------------------------------------------------ commands

    def carry_out(self, command: Instruction) -> None:
        """Note what a command changes and put what must be sent into ``outgoing``."""
        match command:
            case Respond(instructions):
                self._respond(instructions)
            case Say(text):
                self._ask_for(Answer(protocol.say_params(text)))
            case Instruct(text):
                self._note(text)
            case CancelResponse():
                self._cancel()
            case TruncateItem(item_id, heard_ms, heard_text):
                self._truncate(item_id, heard_ms, heard_text)
            case PassDigits(digits):
                self._note(f"The caller pressed these keys on the telephone: {' '.join(digits)}")
            case AnswerTool(request_id, output):
                self._answer_tool(request_id, output)
            case _:
                assert_never(command)

    def rebrief(self, instructions: str, update: SessionUpdateEventParam) -> None:
        """Another agent goes on: ``update`` configures this session for it."""
        self._instructions = instructions
        self.outgoing.append(update)

    def _respond(self, instructions: str | None) -> None:
        extra = [instructions] if instructions else []
        if self._ask_again:
            extra.append(protocol.ASK_AGAIN_INSTRUCTIONS)
            self._ask_again = False
        answer = Answer(protocol.answer_params(self._instructions, "\n\n".join(extra)))
        if answer not in self._waiting:
            self._ask_for(answer)

    def _ask_for(self, answer: Answer) -> None:
        """Send a ``response.create``, or keep it until the answer under way is over."""
        self._answer_owed = False
        if self._response is None:
            self._create(answer)
        else:
            self._waiting.append(answer)

    def _create(self, answer: Answer) -> None:
        event_id = self._new_id("create")
        self._response = Response(answer, event_id)
        self.outgoing.append(
            {"type": "response.create", "event_id": event_id, "response": answer.params}
        )

    def _cancel(self) -> None:
        """Drop the answer under way and those that wait.

        The session counts on exactly one ``ResponseDone`` for a cancellation.
        """
        dropped = bool(self._waiting) or self._answer_owed or self._turn_open
        self._waiting.clear()
        self._answer_owed = self._turn_open = False
        response = self._response
        if response is None:
            if dropped:
                self._ask_for_a_done()
        elif response.cancelled:
            self._dones_owed += dropped
        else:
            response.cancelled = True
            self.outgoing.append(_cancel_event(response.response_id))

    def _ask_for_a_done(self) -> None:
        """Cancel nothing: the API refuses it, harmlessly, and that is the moment to say "done"."""
        event_id = self._new_id("settle")
        self._settling.add(event_id)
        self.outgoing.append({"type": "response.cancel", "event_id": event_id})

    def _truncate(self, item_id: str, heard_ms: int, heard_text: str) -> None:
        said = self._items.get(item_id)
        if not isinstance(said, Said):
            return
        said.text, said.cut = heard_text, True
        if said.spoken:
            self.outgoing.append(
                {
                    "type": "conversation.item.truncate",
                    "item_id": item_id,
                    "content_index": 0,
                    "audio_end_ms": heard_ms,
                }
            )
        else:
            self._rewrite(item_id, said)

    def _rewrite(self, item_id: str, said: Said) -> None:
        """Cut an item that was carried over as text: only audio can be truncated."""
        self.outgoing.append({"type": "conversation.item.delete", "item_id": item_id})
        if not said.text:
            return
        ids = list(self._items)
        before = ids.index(item_id)
        self.outgoing.append(
            {
                "type": "conversation.item.create",
                "previous_item_id": ids[before - 1] if before else "root",
                "item": _item_param(item_id, said),
            }
        )

    def _note(self, text: str) -> None:
        self._add(self._new_id("note"), Said("system", text))

    def _answer_tool(self, request_id: str, output: str) -> None:
        if request_id in self._tools_asked:
            self._tools_asked.discard(request_id)
            self._add_tool_output(request_id, output)
        self._answer_owed = True
        if not any(not stretch.stopped for stretch in self._stretches.values()):
            self._give_owed_answer()

    def _give_owed_answer(self) -> None:
        """Answer from what the tools found, once all have and the caller is not speaking."""
        if self._answer_owed and not self._tools_asked:
            self._ask_for(Answer({}))

    def _add_tool_output(self, request_id: str, output: str) -> None:
        item_id = self._new_id("output")
        self._add(
            item_id,
            {
                "type": "function_call_output",
                "id": item_id,
                "call_id": request_id,
                "output": output,
            },
        )

    def _add(self, item_id: str, item: Item) -> None:
        self._items[item_id] = item
        self.outgoing.append(
            {"type": "conversation.item.create", "item": _item_param(item_id, item)}
        )

    def _new_id(self, kind: str) -> str:
        self._numbered += 1
        return f"{kind}_{self._numbered}"

    # ------------------------------------------------------------ another session takes over

    def restart(self, resent_ms: int) -> list[EngineEvent]:
        """A new session is connected: put all it must know into ``outgoing``.

        ``resent_ms`` of the caller's latest audio will be sent to it first. The events say what
        the old session left undone; there are none after a quiet moment.
        """
        self.expired = False
        self.outgoing.clear()
        self._clock_ms = self._heard_ms - resent_ms
        for item_id, item in self._items.items():
            if isinstance(item, Said):
                item.spoken = False
                if not item.text:
                    continue
            self.outgoing.append(
                {"type": "conversation.item.create", "item": _item_param(item_id, item)}
            )
        return self._settle_speech()

    def _settle_speech(self) -> list[EngineEvent]:
        stretches, self._stretches = self._stretches, {}
        speaking = any(not stretch.stopped for stretch in stretches.values())
        self._ask_again = self._ask_again or speaking
        events = self._settle_response(speaking, lost_words=bool(stretches))
        events += [ResponseDone() for _ in self._settling]
        self._settling.clear()
        for item_id, stretch in stretches.items():
            if not stretch.stopped:
                events.append(SpeechStopped(item_id, self._heard_ms))
            events.append(CallerFinal(item_id, stretch.interim))
        return events

    def _settle_response(self, speaking: bool, lost_words: bool) -> list[EngineEvent]:
        response = self._response
        if response is None:
            return []
        self._response = None
        events: list[EngineEvent] = [AgentItemDone(item_id) for item_id in response.open_items]
        if speaking or response.cancelled:
            return [*events, *self._finish({})]
        if response.asked_tools:
            return [*events, *self._pause_for_tools({})]
        self._create(self._continuation(response, lost_words))
        return events

    def _continuation(self, response: Response, lost_words: bool) -> Answer:
        if response.audible:
            extra = protocol.CARRY_ON_INSTRUCTIONS
        elif lost_words:
            extra = protocol.ASK_AGAIN_INSTRUCTIONS
        else:
            return response.answer
        return Answer(protocol.answer_params(self._instructions, extra))

    # ------------------------------------------------------------ events

    def understand(self, event: Any) -> list[EngineEvent]:
        """What an event of the SDK means for the call; events that mean nothing give none.

        The SDK builds events without checking them: a field that is missing or of another shape
        shows only when it is read, and is reported as a notice.
        """
        kind = getattr(event, "type", None)
        handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
        if handler is None:
            return [] if isinstance(kind, str) else [unreadable("")]
        try:
            return handler(self, event)
        except (AttributeError, TypeError):
            return [unreadable(str(kind))]

    def _on_speech_started(self, event: InputAudioBufferSpeechStartedEvent) -> list[EngineEvent]:
        at_ms = self._on_call(event.audio_start_ms)
        self._stretches[event.item_id] = Stretch()
        return [SpeechStarted(event.item_id, at_ms)]

    def _on_speech_stopped(self, event: InputAudioBufferSpeechStoppedEvent) -> list[EngineEvent]:
        at_ms = self._on_call(event.audio_end_ms)
        self._stretches.setdefault(event.item_id, Stretch()).stopped = True
        return [SpeechStopped(event.item_id, at_ms)]

    def _on_call(self, session_ms: int) -> int:
        return max(0, self._clock_ms + session_ms)

    def _on_committed(self, event: InputAudioBufferCommittedEvent) -> list[EngineEvent]:
        self._items[event.item_id] = Said("user", spoken=True)
        return []

    def _on_transcript_delta(
        self, event: ConversationItemInputAudioTranscriptionDeltaEvent
    ) -> list[EngineEvent]:
        stretch = self._stretches.get(event.item_id)
        if stretch is None or not event.delta:
            return []
        stretch.interim += event.delta
        return [CallerInterim(event.item_id, stretch.interim)]

    def _on_transcript(
        self, event: ConversationItemInputAudioTranscriptionCompletedEvent
    ) -> list[EngineEvent]:
        text = event.transcript.strip()
        self._settle_stretch(event.item_id, text)
        if usage := _usage_of(event):
            self._transcription_usage.append(usage)
        return [CallerFinal(event.item_id, text, _confidence(event.logprobs))]

    def _on_transcript_failed(
        self, event: ConversationItemInputAudioTranscriptionFailedEvent
    ) -> list[EngineEvent]:
        self._settle_stretch(event.item_id, "")
        detail = {"type": event.error.type, "code": event.error.code}
        return [CallerFinal(event.item_id, ""), EngineNotice("transcription_failed", detail)]

    def _settle_stretch(self, item_id: str, text: str) -> None:
        self._stretches.pop(item_id, None)
        said = self._items.setdefault(item_id, Said("user", spoken=True))
        if isinstance(said, Said):
            said.text = text
        self._give_owed_answer()

    def _on_response_created(self, event: ResponseCreatedEvent) -> list[EngineEvent]:
        if self._response is None:
            self._response = Response(Answer({}))
        self._response.response_id = event.response.id or ""
        return []

    def _on_item_added(self, event: ResponseOutputItemAddedEvent) -> list[EngineEvent]:
        if event.item.type == "message" and event.item.id:
            self._items[event.item.id] = Said("assistant", spoken=True)
            if self._response is not None:
                self._response.open_items[event.item.id] = None
        return []

    def _on_agent_text(self, event: ResponseAudioTranscriptDeltaEvent) -> list[EngineEvent]:
        if self._response is not None and self._response.cancelled:
            return []
        said = self._items.get(event.item_id)
        if isinstance(said, Said) and not said.cut:
            said.text += event.delta
        return [AgentText(event.item_id, event.delta)]

    def _on_agent_text_done(self, event: ResponseAudioTranscriptDoneEvent) -> list[EngineEvent]:
        said = self._items.get(event.item_id)
        if isinstance(said, Said) and not said.cut:
            said.text = event.transcript
        return []

    def _on_item_done(self, event: ResponseOutputItemDoneEvent) -> list[EngineEvent]:
        item = event.item
        if item.type == "function_call":
            assert isinstance(item, RealtimeConversationItemFunctionCall)
            return self._on_function_call(item)
        if item.type != "message" or not item.id:
            return []
        if self._response is not None:
            self._response.open_items.pop(item.id, None)
        return [AgentItemDone(item.id)]

    def _on_function_call(self, item: RealtimeConversationItemFunctionCall) -> list[EngineEvent]:
        """A tool call, taken whole: ``function_call_arguments.done`` also follows a cut one."""
        if item.status not in (None, "completed") or not item.id or not item.call_id:
            return [EngineNotice("tool_call_incomplete", {"name": item.name})]
        self._items[item.id] = {
            "type": "function_call",
            "id": item.id,
            "call_id": item.call_id,
            "name": item.name,
            "arguments": item.arguments,
        }
        if item.name == protocol.END_CALL_TOOL:
            self._add_tool_output(item.call_id, '{"ok": true}')
            return [AgentEnding(protocol.ending_reason(item.arguments))]
        self._tools_asked.add(item.call_id)
        if self._response is not None:
            self._response.asked_tools = True
        return [ToolRequested(item.call_id, item.name, item.arguments)]

    # ------------------------------------------------------------ the end of an answer

    def _on_response_done(self, event: ResponseDoneEvent) -> list[EngineEvent]:
        finished, self._response = self._response, None
        response = getattr(event, "response", None)
        if not isinstance(response, RealtimeResponse):
            response = None
        if response is not None and response.status == "failed":
            return self._on_response_failed(finished, response)
        usage = self._usage(response)
        if finished is not None and finished.asked_tools and not finished.cancelled:
            return [*_incomplete(response), *self._pause_for_tools(usage)]
        return [*_incomplete(response), *self._finish(usage)]

    def _pause_for_tools(self, usage: Mapping[str, object]) -> list[EngineEvent]:
        """The turn goes on with what the tools find; only the count is reported now."""
        self._turn_open = True
        self._begin_next()
        return [EngineNotice("engine.usage", usage)] if usage else []

    def _finish(self, usage: Mapping[str, object]) -> list[EngineEvent]:
        """The answer under way is over; begin the next."""
        self._turn_open = False
        events: list[EngineEvent] = [ResponseDone(usage)]
        events += [ResponseDone() for _ in range(self._dones_owed)]
        self._dones_owed = 0
        self._begin_next()
        return events

    def _begin_next(self) -> None:
        if self._waiting:
            self._create(self._waiting.popleft())

    def _on_response_failed(
        self, finished: Response | None, response: RealtimeResponse
    ) -> list[EngineEvent]:
        details = response.status_details
        error = details.error if details is not None else None
        kind, code = (error.type, error.code) if error is not None else (None, None)
        return self._retry_or_fail(finished, kind, code)

    def _retry_or_fail(
        self, finished: Response | None, kind: str | None, code: str | None
    ) -> list[EngineEvent]:
        """One second try for a fault that may pass, as long as nothing was heard of the first."""
        if finished is not None and finished.cancelled:
            return self._finish({})
        may_retry = finished is not None and not finished.audible and not finished.answer.retried
        if finished is None or not may_retry or protocol.error_weight(kind, code) != "passing":
            return [EngineFailed(protocol.error_sentence(kind, code))]
        self._create(replace(finished.answer, retried=True))
        return [EngineNotice("answer_retried", {"type": kind, "code": code})]

    def _usage(self, response: RealtimeResponse | None) -> Mapping[str, object]:
        usage = _usage_of(response)
        if self._transcription_usage:
            usage["input_transcription"] = self._transcription_usage
            self._transcription_usage = []
        return usage

    # ------------------------------------------------------------ errors

    def _on_error(self, event: RealtimeErrorEvent) -> list[EngineEvent]:
        error = event.error
        if protocol.error_weight(error.type, error.code) == "fatal":
            return [EngineFailed(protocol.error_sentence(error.type, error.code))]
        self.expired = self.expired or error.code == "session_expired"
        if error.event_id in self._settling:
            self._settling.discard(error.event_id)
            return [ResponseDone()]
        response = self._response
        if response is not None and error.event_id and error.event_id == response.event_id:
            return self._on_answer_refused(response, error)
        detail = {"type": error.type, "code": error.code, "param": error.param}
        return [EngineNotice("provider_error", detail)]

    def _on_answer_refused(self, refused: Response, error: RealtimeError) -> list[EngineEvent]:
        if error.code == "conversation_already_has_active_response":
            # Its response.done is still to come, and starts what waits.
            if not refused.cancelled:
                self._waiting.appendleft(refused.answer)
            self._response = Response(Answer({}), cancelled=refused.cancelled)
            return [EngineNotice("answer_delayed")]
        self._response = None
        return self._retry_or_fail(refused, error.type, error.code)


_HANDLERS: Mapping[str, Callable[[Conversation, Any], list[EngineEvent]]] = {
    "input_audio_buffer.speech_started": Conversation._on_speech_started,
    "input_audio_buffer.speech_stopped": Conversation._on_speech_stopped,
    "input_audio_buffer.committed": Conversation._on_committed,
    "conversation.item.input_audio_transcription.delta": Conversation._on_transcript_delta,
    "conversation.item.input_audio_transcription.completed": Conversation._on_transcript,
    "conversation.item.input_audio_transcription.failed": Conversation._on_transcript_failed,
    "response.created": Conversation._on_response_created,
    "response.output_item.added": Conversation._on_item_added,
    "response.output_item.done": Conversation._on_item_done,
    "response.output_audio_transcript.delta": Conversation._on_agent_text,
    "response.output_audio_transcript.done": Conversation._on_agent_text_done,
    "response.done": Conversation._on_response_done,
    "error": Conversation._on_error,
}


def unreadable(kind: str) -> EngineNotice:
    """The notice of a server event that is not what the API describes."""
    return EngineNotice("unreadable_event", {"type": kind[:80]})


def _role_of(speaker: str) -> Role:
    return "assistant" if speaker == Speaker.AGENT else "user"


def _cancel_event(response_id: str) -> ResponseCancelEventParam:
    if response_id:
        return {"type": "response.cancel", "response_id": response_id}
    return {"type": "response.cancel"}


def _item_param(item_id: str, item: Item) -> ConversationItemParam:
    if not isinstance(item, Said):
        return item
    if item.role == "assistant":
        return {
            "type": "message",
            "id": item_id,
            "role": "assistant",
            "content": [{"type": "output_text", "text": item.text}],
        }
    if item.role == "system":
        return {
            "type": "message",
            "id": item_id,
            "role": "system",
            "content": [{"type": "input_text", "text": item.text}],
        }
    return {
        "type": "message",
        "id": item_id,
        "role": "user",
        "content": [{"type": "input_text", "text": item.text}],
    }


def _confidence(logprobs: Sequence[Any] | None) -> float | None:
    """The geometric mean of the tokens' probabilities, 0 to 1."""
    if not logprobs:
        return None
    return round(math.exp(sum(token.logprob for token in logprobs) / len(logprobs)), 3)


def _usage_of(event: object) -> dict[str, object]:
    """The provider's own count on a response or transcript; empty when it gave none."""
    usage = getattr(event, "usage", None)
    if not isinstance(usage, BaseModel):
        return {}
    return usage.model_dump(mode="json", exclude_none=True, warnings=False)


def _incomplete(response: RealtimeResponse | None) -> list[EngineEvent]:
    if response is None or response.status != "incomplete":
        return []
    details = response.status_details
    reason = details.reason if details is not None else None
    return [EngineNotice("answer_incomplete", {"reason": reason})]
