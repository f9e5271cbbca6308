"""Speech to text, a text agent and text to speech in a row, behind the engine interface."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any, assert_never

from calls.engines.crew import Crew, cancelled
from calls.engines.listening import Listener
from calls.engines.local.vad import Endpointer
from calls.engines.minds import Mind
from calls.engines.outbox import Outbox
from calls.engines.speaking import Speaker
from calls.engines.speech import SpeechToText, TextToSpeech, VoiceActivity, make_backend
from calls.live.events import (
    AnswerTool,
    CallerInterim,
    CancelResponse,
    EngineCommand,
    EngineEvent,
    EngineFailed,
    EngineNotice,
    HearCaller,
    Instruct,
    PassDigits,
    Rebrief,
    Respond,
    ResponseDone,
    Say,
    TruncateItem,
)
from calls.live.profile import CallProfile
from salesdesk.assistant.loop.agent import AgentChunk, Sentence
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.sentences import split_sentences
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.logs import logging_call

logger = logging.getLogger(__name__)

Backend = Mapping[str, Any]

LOCAL_SPEECH_TO_TEXT: Backend = {"BACKEND": "calls.engines.local.whisper.WhisperSpeechToText"}
LOCAL_TEXT_TO_SPEECH: Backend = {"BACKEND": "calls.engines.local.espeak.EspeakTextToSpeech"}
LOCAL_VOICE_ACTIVITY: Backend = {"BACKEND": "calls.engines.local.vad.WebRtcVoiceActivity"}
DESK: Backend = {"BACKEND": "calls.mind.DeskMind"}

ConversationCommand = (
    Respond | Say | Instruct | CancelResponse | TruncateItem | PassDigits | AnswerTool | Rebrief
)
MOST_SPEECH_WAITING = 256
BROKEN = "The voice engine stopped because of an internal error."


class CascadeEngine:
    """An :class:`~calls.engines.base.Engine` made of replaceable parts.

    Hearing goes on while the agent speaks. Recognition and synthesis run in the threads of their
    backends. Whatever breaks ends the engine with one ``EngineFailed``. A cancelled answer closes
    its item and its turn with ``ResponseDone(usage={"cancelled": True})``.
    """

    def __init__(
        self,
        profile: CallProfile,
        *,
        speech_to_text: Backend = LOCAL_SPEECH_TO_TEXT,
        text_to_speech: Backend = LOCAL_TEXT_TO_SPEECH,
        voice_activity: Backend = LOCAL_VOICE_ACTIVITY,
        mind: Backend = DESK,
        endpointing_ms: int = 700,
    ) -> None:
        """``endpointing_ms`` of silence end the caller's turn, plus the profile's own delay."""
        self._call_id = profile.call_id
        self._crew = Crew(self._fail)
        self._outbox = Outbox(MOST_SPEECH_WAITING)
        self._conversation = conversation_for(profile)
        self._mind: Mind = make_backend(mind, profile)
        self._opening: asyncio.Task[None] | None = None
        self._ears: SpeechToText = make_backend(speech_to_text, profile)
        self._voice: TextToSpeech = make_backend(text_to_speech, profile)
        detector: VoiceActivity = make_backend(voice_activity)
        self._speaker = Speaker(
            self._voice, outbox=self._outbox, on_sentence=self._conversation.say
        )
        self._listener = Listener(
            self._ears,
            Endpointer(detector, stop_ms=endpointing_ms + profile.response_delay_ms),
            emit=self._tell_heard,
            start_task=self._crew.start,
            on_final=self._remember_caller,
        )
        self._speaking: set[asyncio.Task[Any]] = set()
        self._responding: asyncio.Task[Any] | None = None
        self._obituary: asyncio.Task[None] | None = None
        self._malformed_audio_reported = False
        self._over = False

    async def open(self) -> None:
        """Get ready to speak; the ears open meanwhile, and what is said waits for them."""
        self._crew.start(self._ears.open())
        self._opening = self._crew.start(self._mind.open(self._conversation))
        self._listener.start()
        await self._voice.open()

    async def events(self) -> AsyncIterator[EngineEvent]:
        async for event in self._outbox.events():
            if not self._speaker.is_silenced(event):
                yield event

    async def send(self, command: EngineCommand) -> None:
        if self._over:
            return
        try:
            if isinstance(command, HearCaller):
                self._hear(command.payload)
            else:
                await self._carry_out(command)
        except Exception as error:  # noqa: BLE001 - whatever fails must come out of ``events``
            self._fail(error)

    async def close(self) -> None:
        self._over = True
        await self._crew.stop()
        self._mind.close()
        if self._obituary:
            await cancelled({self._obituary})
        await self._ears.close()
        await self._voice.close()
        self._outbox.end(forget_waiting=True)

    async def _carry_out(self, command: ConversationCommand) -> None:
        match command:
            case Respond(instructions):
                await self._respond(instructions)
            case Say(text):
                self._start_speaking(self._speaker.speak(_word_for_word(text)))
            case Instruct(text):
                self._conversation.guide(text)
            case CancelResponse():
                await self._cancel()
            case TruncateItem(item_id, _, heard_text):
                await self._truncate(item_id, heard_text)
            case PassDigits(digits):
                self._conversation.hear(digits_in_words(digits))
            case AnswerTool() | Rebrief():
                self._outbox.put_now(EngineNotice("unexpected_tool_answer"))
            case _:
                assert_never(command)

    def _hear(self, payload: str) -> None:
        try:
            mulaw = base64.b64decode(payload, validate=True)
        except ValueError:
            self._report_malformed_audio()
            return
        self._listener.hear(mulaw)

    def _report_malformed_audio(self) -> None:
        if not self._malformed_audio_reported:
            self._malformed_audio_reported = True
            self._outbox.put_now(EngineNotice("malformed_audio"))

    def _tell_heard(self, event: EngineEvent) -> None:
        if isinstance(event, CallerInterim):
            self._mind.expect(f"{self._conversation.unanswered()} {event.text}".strip())
        self._outbox.put_now(event)

    def _remember_caller(self, text: str) -> None:
        if text:
            self._conversation.hear(text)

    async def _respond(self, instructions: str | None) -> None:
        """The newest request wins: what an older one has not said yet is not said."""
        if self._responding:
            await cancelled({self._responding})
            self._speaker.close_abandoned()
        self._responding = self._start_speaking(self._answer(instructions))

    async def _answer(self, instructions: str | None) -> None:
        await self._listener.all_read()
        caller_text = self._conversation.unanswered()
        if instructions:
            self._conversation.guide(instructions)
        if caller_text or instructions:
            await self._think(caller_text)
        else:
            self._outbox.put_now(ResponseDone())

    async def _think(self, caller_text: str) -> None:
        assert self._opening is not None, "the engine was opened"
        await asyncio.shield(self._opening)
        await self._speaker.speak(self._mind.reply(self._conversation, caller_text))

    def _start_speaking(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[Any]:
        task = self._crew.start(work)
        self._speaking.add(task)
        task.add_done_callback(self._speaking.discard)
        return task

    async def _cancel(self) -> None:
        under_way = {task for task in self._speaking if not task.done()}
        if not under_way:
            return
        await cancelled(under_way)
        self._speaker.close_abandoned()
        self._outbox.put_now(ResponseDone({"cancelled": True}))

    async def _truncate(self, item_id: str, heard_text: str) -> None:
        if self._speaker.is_speaking(item_id):
            await self._cancel()
        self._speaker.silence(item_id)
        self._conversation.keep_only_heard(item_id, heard_text)

    def _fail(self, error: BaseException) -> None:
        if self._over:
            return
        self._over = True
        with logging_call(self._call_id):
            logger.error("The cascade engine failed", exc_info=error)
        message = error.message if isinstance(error, SalesdeskError) else BROKEN
        self._obituary = asyncio.create_task(self._report_failure(message))

    async def _report_failure(self, message: str) -> None:
        await self._crew.stop()
        self._outbox.put_now(EngineFailed(message))
        self._outbox.end()


def conversation_for(profile: CallProfile) -> Conversation:
    """The agent's view of the call, with what was said before its media stream began anew."""
    conversation = Conversation(
        business_name=profile.business_name,
        direction=profile.direction,
        prompt=profile.prompt,
        facts=profile.facts,
    )
    conversation.restore((line.speaker, line.text) for line in profile.history)
    return conversation


def digits_in_words(digits: str) -> str:
    """Keys pressed on the phone, as something the caller might have said."""
    names = {"*": "star", "#": "pound"}
    return f"I pressed {' '.join(names.get(digit, digit) for digit in digits)}."


async def _word_for_word(text: str) -> AsyncIterator[AgentChunk]:
    for sentence in split_sentences(text):
        yield Sentence(sentence)
