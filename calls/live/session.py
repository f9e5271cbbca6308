"""One call's conversation, as pure logic: events in, commands out.

The session decides who has the floor, when the agent answers, what counts as heard, and when the
call ends. It has no clock: the caller's audio tells the time (`at_ms`), and waiting is a
:class:`StartTimer` that comes back as :class:`TimerFired`.
"""

from typing import assert_never

from calls.audio import base64_ms
from calls.live import turns
from calls.live.events import (
    AgentAudio,
    AgentEnding,
    AgentItemDone,
    AgentText,
    AnsweredBy,
    AnswerTool,
    CallerAudio,
    CallerFinal,
    CallerInterim,
    CancelResponse,
    ClearPlayback,
    Command,
    DigitPressed,
    EngineFailed,
    EngineNotice,
    Event,
    Hangup,
    HangupRequested,
    HearCaller,
    Instruct,
    InstructRequested,
    MarkPlayed,
    PassDigits,
    PauseRequested,
    PickedUp,
    PlayAudio,
    RecordEvent,
    RecordUtterance,
    Respond,
    ResponseDone,
    ResumeRequested,
    RunTool,
    Say,
    SayRequested,
    SendMark,
    Speaker,
    SpeechStarted,
    SpeechStopped,
    StartTimer,
    StopTimer,
    StreamLost,
    StreamStarted,
    StreamStopped,
    TimerFired,
    ToolAnswered,
    ToolRequested,
    TruncateItem,
)
from calls.live.machines import FarEnd
from calls.live.playback import Chunk, Playback
from calls.live.profile import CallProfile
from calls.live.transcript import CallerSpeech, Transcript
from calls.live.turns import Verdict

GREET_AFTER_MS = 1_500
"""On an outbound call the other side speaks first; if not, the agent does after this long."""
ANSWER_WITHIN_MS = 15_000
"""An engine that lets the caller wait longer has failed."""
GOODBYE_WITHIN_MS = 20_000
"""A goodbye that is not heard by then is not waited for."""
DIGITS_PAUSE_MS = 1_500
HELLO_WAIT_MS = 2_000
GREETING_OVER_MS = 2_500
"""A machine that has been silent for so long records, where the carrier does not say when."""
BEEP_WITHIN_MS = 6_000
"""Where the carrier tells of the beep, silence for so long means that it has missed it."""
LONGEST_GREETING_MS = 60_000
"""A machine that talks for longer is hung up on."""
MESSAGE_WITHIN_MS = 90_000

STILL_THERE = "Are you still there?"
CANNOT_HEAR = "I can't hear you. Are you still there?"
FILLER_AFTER_MS = 1_500
"""A caller who waits longer for a tool hears that it takes a moment."""
FILLER = "One moment, please."
NOBODY_THERE = "I can't hear you, so I will hang up now. Please call us again. Goodbye."
TOO_LONG = "I'm sorry, but our time for this call is over. Please call us again. Goodbye."
REASKS = (STILL_THERE, CANNOT_HEAR)
UNDONE_BY_SPEECH = ("agent_goodbye", "no_input")
"""A caller who speaks into a goodbye of these kinds is listened to."""

Commands = list[Command]


class CallSession:
    def __init__(
        self, profile: CallProfile, *, paused: bool = False, answered_by: AnsweredBy | None = None
    ) -> None:
        """``paused`` and ``answered_by``: what is known of the call when its stream begins."""
        self._profile = profile
        self._playback = Playback()
        self._transcript = Transcript(profile.next_sequence)
        self._now = 0
        self._paused = paused
        self._greeted = False
        self._responding = False
        self._line_due = False
        self._canceled = 0
        self._unanswered = False
        self._speaking = ""
        self._overlap = ""
        self._held: list[Chunk] = []
        self._digits = ""
        self._tools_at_work: set[str] = set()
        self._silences = 0
        self._ending = ""
        self._far_end = FarEnd(was_called=profile.direction == "outbound")
        self._answered_by = answered_by
        self._last_turn_end: int | None = None
        self.is_over = False

    def handle(self, event: Event) -> Commands:  # noqa: C901, PLR0911  # one line a type
        """What is to be done about ``event``. After a :class:`Hangup` nothing is."""
        if self.is_over:
            return []
        match event:
            case CallerAudio():
                self._now = event.at_ms
                return [HearCaller(event.payload)]
            case AgentAudio():
                return self._agent_audio(event.item_id, event.payload)
            case MarkPlayed(name):
                return self._mark_played(name)
            case AgentText():
                return self._agent_text(event)
            case CallerInterim():
                return self._caller_interim(event)
            case CallerFinal():
                return self._caller_final(event)
            case SpeechStarted():
                return self._speech_started(event)
            case SpeechStopped():
                return self._speech_stopped(event)
            case AgentItemDone(item_id):
                return self._item_done(item_id)
            case ResponseDone():
                return self._response_done(event)
            case _:
                return self._handle_rare(event)

    def _handle_rare(  # noqa: C901, PLR0911  # one line a type
        self,
        event: StreamStarted
        | StreamStopped
        | StreamLost
        | DigitPressed
        | ToolRequested
        | ToolAnswered
        | AgentEnding
        | EngineNotice
        | EngineFailed
        | SayRequested
        | InstructRequested
        | PauseRequested
        | ResumeRequested
        | HangupRequested
        | PickedUp
        | TimerFired,
    ) -> Commands:
        match event:
            case StreamStarted():
                return self._stream_started()
            case StreamStopped():
                return self._hang_up("machine" if self._far_end.is_machine else "caller_hung_up")
            case PickedUp():
                return self._picked_up(event)
            case StreamLost(error):
                return self._hang_up("media_failed", error)
            case DigitPressed(digit):
                return self._digit_pressed(digit)
            case TimerFired(name):
                return self._timer_fired(name)
            case EngineFailed(message):
                return self._hang_up("engine_failed", message)
            case EngineNotice(kind, detail):
                return [RecordEvent(kind, detail)]
            case ToolRequested() | ToolAnswered() | AgentEnding():
                return self._agent_asked(event)
            case (
                SayRequested()
                | InstructRequested()
                | PauseRequested()
                | ResumeRequested()
                | HangupRequested()
            ):
                return self._supervised(event)
            case _:
                assert_never(event)

    # ------------------------------------------------------------ the call begins

    def _stream_started(self) -> Commands:
        commands: Commands = [StartTimer("longest", self._profile.longest_call_ms)]
        if self._answered_by in (AnsweredBy.MACHINE, AnsweredBy.FAX):
            return [*commands, *self._picked_up(PickedUp(self._answered_by))]
        if self._profile.history:
            self._greeted = True
            return [*commands, *self._wait_for_caller()]
        if self._profile.direction == "outbound":
            return [*commands, StartTimer("greet", GREET_AFTER_MS)]
        return [*commands, *self._greet()]

    def _greet(self) -> Commands:
        if self._paused:
            self._unanswered = True
            return [StopTimer("greet")]
        self._greeted = True
        self._unanswered = False
        return [StopTimer("greet"), *self._say(self._profile.greeting)]

    # ------------------------------------------------------------ the caller speaks

    def _speech_started(self, event: SpeechStarted) -> Commands:
        commands: Commands = [StopTimer("no_input"), StopTimer("greet"), *self._settle_heard()]
        overlapping = self._agent_is_talking() and not self._far_end.is_machine
        self._speaking = event.item_id
        self._transcript.caller_started(event.item_id, event.at_ms, overlapping=overlapping)
        if overlapping:
            return [*commands, *self._hold(event.item_id)]
        if self._far_end.is_machine:
            return [*commands, StopTimer("beep")]
        if self._ending:
            return commands
        return [*commands, *self._cancel_response()]

    def _speech_stopped(self, event: SpeechStopped) -> Commands:
        self._speaking = ""
        self._last_turn_end = event.at_ms
        speech = self._transcript.speeches.get(event.item_id)
        if speech is not None:
            speech.end_ms = max(speech.start_ms, event.at_ms)
        if self._overlap == event.item_id and speech is not None:
            if turns.judge_length(speech.end_ms - speech.start_ms) == Verdict.UNDECIDED:
                return [StartTimer("overlap", turns.TRANSCRIPT_WAIT_MS)]
            return [*self._interrupt(), *self._respond()]
        if self._may_be_machine(speech):
            return [StartTimer("hello", HELLO_WAIT_MS)]
        return self._wait_for_beep() if self._far_end.is_machine else self._respond()

    def _caller_interim(self, event: CallerInterim) -> Commands:
        commands: Commands = list(self._transcript.caller_interim(event.item_id, event.text))
        if self._far_end.sounds_like_machine(event.text, self._now, is_whole=False):
            return [*commands, *self._machine_answers("words")]
        if self._overlap != event.item_id:
            return commands
        if turns.judge_while_speaking(event.text) == Verdict.INTERRUPTION:
            commands += self._interrupt()
        return commands

    def _caller_final(self, event: CallerFinal) -> Commands:
        speech = self._transcript.speeches.get(event.item_id)
        if event.text.strip():
            self._silences = 0
        if self._far_end.sounds_like_machine(event.text, self._now):
            return self._machine_heard(event)
        commands = self._note_answer(event, speech)
        if self._overlap and speech is not None and speech.overlapping:
            commands += self._overlap_over(event)
        commands += self._transcript.caller_final(event.item_id, event.text, event.confidence)
        if event.item_id == self._speaking:
            self._speaking = ""
            commands += (
                self._wait_for_beep() if self._far_end.is_machine else self._after_playback()
            )
        return commands

    def _overlap_over(self, event: CallerFinal) -> Commands:
        speech = self._transcript.speeches[event.item_id]
        spoken_ms = speech.end_ms - speech.start_ms
        ending = bool(self._ending)
        if turns.judge_words(event.text, spoken_ms, ending=ending) == Verdict.INTERRUPTION:
            return self._floor_taken()
        speech.backchannel = True
        return self._give_back() if self._overlap == event.item_id else []

    # ------------------------------------------------------------ who has the floor

    def _agent_is_talking(self) -> bool:
        """Whether the caller is hearing the agent, or is to hear the rest of what it says."""
        begun = any(item.audio_ms for item in self._transcript.items.values())
        return begun or not self._playback.is_idle(self._now)

    def _floor_taken(self) -> Commands:
        """The caller has interrupted; the answer waits for the end of what they say."""
        commands = self._interrupt()
        return commands if self._speaking else [*commands, *self._respond()]

    def _hold(self, item_id: str) -> Commands:
        """Fall silent at once, and keep what was not heard until it is known what this is."""
        self._overlap = item_id
        self._held = [*self._playback.clear(self._now), *self._held]
        return [ClearPlayback(), StartTimer("overlap", turns.UNDECIDED_MS)]

    def _give_back(self) -> Commands:
        """It was a back-channel: go on where the caller heard last."""
        self._overlap = ""
        held, self._held = self._held, []
        commands: Commands = [StopTimer("overlap")]
        for chunk in held:
            commands += self._play(chunk.item_id, chunk.payload)
        return commands + self._after_playback()

    def _interrupt(self) -> Commands:
        """The caller takes the floor: forget what was not heard."""
        self._overlap = ""
        self._held = []
        commands: Commands = [StopTimer("overlap"), *self._cancel_response()]
        for item_id in list(self._transcript.items):
            commands += self._settle(item_id)
        if self._ending in UNDONE_BY_SPEECH:
            self._ending = ""
            commands.append(StopTimer("goodbye"))
        return commands

    def _cancel_response(self) -> Commands:
        """What the engine still says of the answer under way is not listened to."""
        if not self._responding:
            return []
        self._responding = self._line_due = False
        self._canceled += 1
        return [StopTimer("answer"), CancelResponse()]

    def _take_floor(self) -> Commands:
        """Silence the agent because a manager or the clock wants so."""
        commands: Commands = []
        if self._held or not self._playback.is_idle(self._now):
            self._playback.clear(self._now)
            commands.append(ClearPlayback())
        return [*commands, *self._interrupt()]

    # ------------------------------------------------------------ the agent speaks

    def _respond(self) -> Commands:
        if self._ending or self._far_end.is_machine:
            return []
        if not self._greeted:
            return self._greet()
        if self._paused or self._line_due:
            self._unanswered = True
            return []
        self._unanswered = False
        self._responding = True
        return [Respond(), StartTimer("answer", ANSWER_WITHIN_MS)]

    def _say(self, text: str) -> Commands:
        self._responding = True
        return [StopTimer("no_input"), Say(text), StartTimer("answer", ANSWER_WITHIN_MS)]

    def _agent_text(self, event: AgentText) -> Commands:
        if self._canceled:
            return []
        text = self._transcript.agent_text(
            event.item_id, event.text, aligned=event.aligned, sources=event.sources
        )
        return [text]

    def _agent_audio(self, item_id: str, payload: str) -> Commands:
        if self._canceled:
            return []
        item = self._transcript.agent_item(item_id)
        commands: Commands = [] if item.audio_ms else [StopTimer("answer")]
        item.audio_ms += base64_ms(payload)
        if self._overlap:
            self._held.append(Chunk(item_id, payload, 0, 0))
            return commands
        return self._play(item_id, payload) + commands

    def _play(self, item_id: str, payload: str) -> Commands:
        mark = self._playback.add(item_id, payload, self._now)
        item = self._transcript.agent_item(item_id)
        if item.start_ms is None:
            item.start_ms = self._playback.begins_at(item_id, self._now)
            if self._last_turn_end is not None:
                item.metadata["answered_after_ms"] = max(0, item.start_ms - self._last_turn_end)
                self._last_turn_end = None
        return [PlayAudio(payload)] if mark is None else [PlayAudio(payload), SendMark(mark)]

    def _item_done(self, item_id: str) -> Commands:
        item = self._transcript.items.get(item_id)
        if item is None or self._canceled:
            return []
        item.done = True
        return self._after_playback()

    def _response_done(self, event: ResponseDone) -> Commands:
        usage: Commands = [RecordEvent("engine.usage", event.usage)] if event.usage else []
        if self._canceled:
            self._canceled -= 1
            return usage
        self._responding = False
        line_was_due, self._line_due = self._line_due, False
        after = self._respond() if line_was_due and self._unanswered else self._after_playback()
        return [*usage, StopTimer("answer"), *after]

    def _mark_played(self, name: str) -> Commands:
        if not self._playback.played(name, self._now):
            return []
        return self._after_playback()

    def _after_playback(self) -> Commands:
        """Mark the end of what was sent, settle what was heard, and go on from there."""
        if self._overlap:
            return []
        commands: Commands = []
        items = self._transcript.items
        if any(item.done for item in items.values()) and (mark := self._playback.mark()):
            commands.append(SendMark(mark))
        for item_id in [key for key, item in items.items() if item.done]:
            if self._playback.is_marked_heard(item_id):
                commands += self._settle(item_id)
        if self._responding or items:
            return commands
        if self._ending:
            return commands + self._hang_up(self._ending)
        return commands + self._wait_for_caller()

    def _settle_heard(self) -> Commands:
        """Settle what the caller must have heard by now though its mark has not come back."""
        commands: Commands = []
        for item_id, item in list(self._transcript.items.items()):
            if item.done and self._playback.heard_ms(item_id, self._now) >= item.audio_ms:
                commands += self._settle(item_id)
        return commands

    def _settle(self, item_id: str) -> Commands:
        """Record what was heard of the item, and make the engine forget the rest."""
        heard_ms = self._playback.heard_ms(item_id, self._now)
        text, records = self._transcript.settle_agent(item_id, heard_ms)
        self._playback.forget(item_id)
        commands: Commands = [*records, *self._far_end_hears(heard_ms)]
        if text is not None:
            commands.append(TruncateItem(item_id, heard_ms, text))
        return commands

    def _wait_for_caller(self) -> Commands:
        if self._speaking or self._paused or not self._greeted or self._far_end.is_machine:
            return []
        return [StartTimer("no_input", self._profile.no_input_ms)]

    # ------------------------------------------------------------ answering machines

    def _far_end_hears(self, heard_ms: int) -> Commands:
        if not heard_ms:
            return []
        self._far_end.hears_agent()
        return [RecordEvent("machine.message")] if self._far_end.hears_message() else []

    def _may_be_machine(self, speech: CallerSpeech | None) -> bool:
        """Whether what was said first is so long that its words are waited for."""
        if self._greeted or speech is None:
            return False
        return self._far_end.is_long_hello(speech.end_ms - speech.start_ms)

    def _machine_heard(self, event: CallerFinal) -> Commands:
        if event.item_id == self._speaking:
            self._speaking = ""
        said = self._transcript.caller_final(event.item_id, event.text, event.confidence)
        return [*said, *self._machine_answers("words")]

    def _note_answer(self, event: CallerFinal, speech: CallerSpeech | None) -> Commands:
        """Keep what was said; a person who said a long hello is greeted now."""
        self._far_end.has_said(event.text, into_agent=speech is None or speech.overlapping)
        return self._greet_late() if self._may_be_machine(speech) and not self._speaking else []

    def _greet_late(self) -> Commands:
        if self._greeted or self._far_end.is_machine or self._ending:
            return []
        return [StopTimer("hello"), *self._greet()]

    def _picked_up(self, event: PickedUp) -> Commands:
        """The carrier's verdict; but somebody who has answered the agent is a person."""
        self._far_end.carrier_tells()
        match event.answered_by:
            case AnsweredBy.HUMAN | AnsweredBy.UNKNOWN:
                return self._wait_for_beep()
            case AnsweredBy.FAX:
                return self._hang_up("machine")
        if self._far_end.is_person:
            return [_answered_by(AnsweredBy.HUMAN, "conversation")]
        found = self._machine_answers("carrier")
        return [*found, *self._leave_message()] if event.is_greeting_over else found

    def _machine_answers(self, by: str) -> Commands:
        """Fall silent until the machine records, or hang up where it is to be told nothing."""
        if self._far_end.is_machine:
            return []
        self._far_end.greets()
        self._greeted = True
        self._tools_at_work.clear()
        told = _answered_by(AnsweredBy.MACHINE, by)
        stopped: Commands = [
            StopTimer(name) for name in ("greet", "hello", "no_input", "filler", "digits")
        ]
        commands: Commands = [told, *self._take_floor(), *stopped]
        if self._paused or not self._profile.machine_message:
            return [*commands, *self._hang_up("machine")]
        return [*commands, StartTimer("greeting", LONGEST_GREETING_MS), *self._wait_for_beep()]

    def _wait_for_beep(self) -> Commands:
        if not self._far_end.is_greeting or self._speaking:
            return []
        hears_beep = self._profile.carrier_tells_beep and not self._far_end.carrier_has_told
        return [StartTimer("beep", BEEP_WITHIN_MS if hears_beep else GREETING_OVER_MS)]

    def _leave_message(self) -> Commands:
        """Say the message, once, whatever is said meanwhile; then hang up."""
        if not self._far_end.is_greeting or self.is_over:
            return []
        if self._paused:
            return self._hang_up("machine")
        self._far_end.records()
        self._ending = "machine"
        said = self._say(self._profile.machine_message)
        stopped = [StopTimer("beep"), StopTimer("greeting")]
        return [*stopped, *said, StartTimer("goodbye", MESSAGE_WITHIN_MS)]

    # ------------------------------------------------------------ keys, tools, supervisor

    def _digit_pressed(self, digit: str) -> Commands:
        if self._far_end.is_machine:
            return []
        self._digits += digit
        return [StopTimer("no_input"), StartTimer("digits", DIGITS_PAUSE_MS)]

    def _digits_complete(self) -> Commands:
        digits, self._digits = self._digits, ""
        self._silences = 0
        pressed = RecordUtterance(
            self._transcript.next_sequence(),
            Speaker.CALLER,
            f"[pressed {' '.join(digits)}]",
            self._now,
            self._now,
            metadata={"digits": digits},
        )
        return [*self._take_floor(), pressed, PassDigits(digits), *self._respond()]

    def _agent_asked(self, event: ToolRequested | ToolAnswered | AgentEnding) -> Commands:
        if self._far_end.is_machine:
            return []
        match event:
            case ToolRequested(request_id, name, arguments):
                self._tools_at_work.add(request_id)
                return [RunTool(request_id, name, arguments), StartTimer("filler", FILLER_AFTER_MS)]
            case ToolAnswered():
                return self._tool_answered(event)
            case AgentEnding():
                self._ending = "agent_goodbye"
                return [StartTimer("goodbye", GOODBYE_WITHIN_MS), *self._after_playback()]

    def _tool_answered(self, event: ToolAnswered) -> Commands:
        self._responding = True
        self._tools_at_work.discard(event.request_id)
        if event.sources is not None:
            self._transcript.agent_was_told(event.sources)
        commands: Commands = [event.rebrief] if event.rebrief else []
        if not self._tools_at_work:
            commands.append(StopTimer("filler"))
        answer = AnswerTool(event.request_id, event.output)
        return [*commands, answer, StartTimer("answer", ANSWER_WITHIN_MS)]

    def _supervised(
        self,
        event: SayRequested
        | InstructRequested
        | PauseRequested
        | ResumeRequested
        | HangupRequested,
    ) -> Commands:
        match event:
            case SayRequested(text):
                return self._say_line(text)
            case InstructRequested(text):
                return [Instruct(text)]
            case PauseRequested() if self._far_end.is_machine:
                return self._hang_up("machine")
            case PauseRequested():
                self._paused = True
                self._unanswered = self._responding
                return [*self._take_floor(), StopTimer("no_input")]
            case ResumeRequested():
                self._paused = False
                return self._respond() if self._unanswered else self._after_playback()
            case HangupRequested(reason):
                return self._hang_up(reason)

    def _say_line(self, text: str) -> Commands:
        """A manager's line goes first; who spoke meanwhile is answered after it."""
        commands = [*self._take_floor(), *self._say(text)]
        self._line_due = True
        return commands

    # ------------------------------------------------------------ time

    def _timer_fired(self, name: str) -> Commands:  # noqa: C901, PLR0911  # one line a timer
        match name:
            case "overlap":
                return self._floor_taken() if self._overlap else []
            case "no_input":
                return self._nothing_heard()
            case "greet":
                return [] if self._speaking or self._greeted else self._greet()
            case "digits":
                return self._digits_complete()
            case "hello":
                return [] if self._speaking else self._greet_late()
            case "beep":
                return self._leave_message()
            case "greeting":
                return self._hang_up("machine")
            case "filler":
                return self._fill_silence()
            case "answer":
                return self._hang_up("engine_failed", "The voice engine did not answer in time.")
            case "goodbye":
                return self._hang_up(self._ending)
            case "longest":
                return self._end_with(TOO_LONG, "too_long")
        raise AssertionError(f"no such timer: {name}")

    def _fill_silence(self) -> Commands:
        """Nobody has said anything since a tool was asked for, and it is still at work."""
        someone_speaks = self._speaking or self._overlap or not self._playback.is_idle(self._now)
        if someone_speaks or self._paused or self._ending or not self._tools_at_work:
            return []
        return self._say(FILLER)

    def _nothing_heard(self) -> Commands:
        if self._far_end.is_machine:
            return []
        self._silences += 1
        if self._silences > len(REASKS):
            return self._end_with(NOBODY_THERE, "no_input")
        return self._say(REASKS[self._silences - 1])

    def _end_with(self, sentence: str, reason: str) -> Commands:
        commands = [*self._take_floor(), *self._say(sentence)]
        self._ending = reason
        return [*commands, StartTimer("goodbye", GOODBYE_WITHIN_MS)]

    def _hang_up(self, reason: str, error: str = "") -> Commands:
        commands: Commands = []
        for item_id in list(self._transcript.items):
            commands += self._settle(item_id)
        self.is_over = True
        return [*commands, Hangup(reason, error)]


def _answered_by(who: AnsweredBy, by: str) -> RecordEvent:
    return RecordEvent("call.answered_by", {"answered_by": who.value, "by": by})
