import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from calls.audio import FRAME_MS, MULAW_FRAME_BYTES, mulaw_silence, read_wav_as_mulaw
from calls.engines.cascade import BROKEN, CascadeEngine, conversation_for, digits_in_words
from calls.live.events import (
    AgentAudio,
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
    HearCaller,
    Instruct,
    PassDigits,
    Respond,
    ResponseDone,
    Say,
    SpeechStopped,
    TruncateItem,
)
from calls.live.profile import CallProfile, Line
from calls.tests.engines.fakes import (
    LOUD,
    QUIET,
    Agent,
    ByFirstByte,
    Ears,
    Voice,
    as_backend,
    echo,
)
from calls.tests.engines.numbers import comparable
from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence
from salesdesk.businesses.demo_facts import FACTS, VOCABULARY
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.lib.sources import Sources

AUDIO = Path(__file__).parents[2] / "scenarios" / "audio"
PATIENCE_SECONDS = 20
CANCELLED = ResponseDone({"cancelled": True})

EventType = TypeVar("EventType")


def make_profile(**changes: Any) -> CallProfile:
    values: dict[str, Any] = {
        "call_id": "c1",
        "business_name": "Bright Roof",
        "engine": "cascade",
        "greeting": "Hello.",
        "prompt": "Be kind.",
    }
    return CallProfile(**{**values, **changes})


class Talk:
    """An open engine, its parts, and its events as they come."""

    def __init__(self, engine: CascadeEngine, ears: Ears, voice: Voice, agent: Agent) -> None:
        self.engine, self.ears, self.voice, self.agent = engine, ears, voice, agent
        self.events: list[EngineEvent] = []
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for event in self.engine.events():
            async with self._news:
                self.events.append(event)
                self._news.notify_all()

    async def until(self, kind: type[EventType], count: int = 1) -> EventType:
        """Wait for the ``count``-th event of this kind, and return it."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    async def ended(self) -> None:
        await asyncio.wait_for(self._reader, PATIENCE_SECONDS)

    def of(self, kind: type[EventType]) -> list[EventType]:
        return [event for event in self.events if isinstance(event, kind)]

    def texts(self) -> list[str]:
        return [event.text for event in self.of(AgentText)]

    async def hear(self, mulaw: bytes) -> None:
        for begin in range(0, len(mulaw), MULAW_FRAME_BYTES):
            frame = mulaw[begin : begin + MULAW_FRAME_BYTES].ljust(MULAW_FRAME_BYTES, b"\xff")
            await self.engine.send(HearCaller(base64.b64encode(frame).decode()))

    async def caller_speaks(self, ms: int = 400) -> None:
        """A turn of the caller, up to its end."""
        turns = len(self.of(SpeechStopped))
        await self.hear(LOUD * (ms // FRAME_MS) + QUIET * 40)
        await self.until(SpeechStopped, turns + 1)

    async def ask(self) -> None:
        """A turn of the caller and the whole answer to it."""
        turns = len(self.of(ResponseDone))
        await self.caller_speaks()
        await self.engine.send(Respond())
        await self.until(ResponseDone, turns + 1)


Script = Callable[[str], list[AgentChunk | Exception]]


@asynccontextmanager
async def talk(*heard: str, script: Script = echo, **changes: Any) -> AsyncIterator[Talk]:
    async with talking(Ears(*heard), Agent(script), **changes) as conversation:
        yield conversation


@asynccontextmanager
async def talking(ears: Ears, agent: Agent, **changes: Any) -> AsyncIterator[Talk]:
    voice = Voice()
    engine = CascadeEngine(
        make_profile(**changes),
        speech_to_text=as_backend(ears),
        text_to_speech=as_backend(voice),
        voice_activity=as_backend(ByFirstByte()),
        mind=as_backend(agent),
    )
    await engine.open()
    conversation = Talk(engine, ears, voice, agent)
    try:
        yield conversation
    finally:
        await engine.close()
        await conversation.ended()


def sentences(*texts: str) -> Script:
    return lambda _: [Sentence(text) for text in texts]


# ---------------------------------------------------------------- an answer


async def test_the_caller_is_heard_and_answered() -> None:
    async with talk("A new roof.") as call:
        await call.ask()
        kinds = [type(event) for event in call.events if not isinstance(event, AgentAudio)]
        assert kinds[-4:] == [CallerFinal, AgentText, AgentItemDone, ResponseDone]
        assert call.texts() == ["You said: A new roof."]
        assert call.of(AgentAudio)


async def test_the_engine_never_answers_unasked() -> None:
    async with talk("A new roof.") as call:
        await call.caller_speaks()
        await call.until(CallerFinal)
        assert call.agent.asked == []
        assert call.of(AgentText) == []


async def test_an_answer_waits_for_the_words_of_the_caller() -> None:
    async with talk("A new roof.") as call:
        call.ears.gate.clear()
        await call.caller_speaks()
        await call.engine.send(Respond())
        assert call.agent.asked == []
        call.ears.gate.set()
        await call.until(ResponseDone)
        assert call.agent.asked == ["A new roof."]


async def test_noise_is_not_answered() -> None:
    async with talk("") as call:
        await call.ask()
        assert call.events[-2:] == [CallerFinal("caller-1", "", 0.9), ResponseDone()]
        assert call.agent.asked == []


async def test_turns_that_were_not_answered_are_answered_together() -> None:
    async with talk("I need", "a roof.") as call:
        await call.caller_speaks()
        await call.ask()
        assert call.agent.asked == ["I need a roof."]


async def test_the_first_sentence_is_heard_before_the_last_is_ready() -> None:
    async with talk("Hello.", script=sentences("One.", "Two.")) as call:
        gate = call.voice.hold("Two.")
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.until(AgentAudio)
        assert call.of(ResponseDone) == []
        gate.set()
        await call.until(ResponseDone)
        assert call.texts() == ["One.", " Two."]


async def test_a_long_answer_is_not_produced_faster_than_it_is_taken() -> None:
    many = [f"Sentence number {number} of very many." for number in range(400)]
    async with talk("Go on.", script=sentences(*many)) as call:
        await call.ask()
        assert len(call.texts()) == 400


async def test_a_goodbye_ends_the_call_after_the_answer() -> None:
    async with talk("Bye.", script=lambda _: [Sentence("Bye."), Ending("goodbye")]) as call:
        await call.ask()
        assert await call.until(AgentEnding) == AgentEnding("goodbye")
        assert call.events[-2:] == [call.of(ResponseDone)[0], AgentEnding("goodbye")]


async def test_instructions_alone_are_answered_too() -> None:
    async with talk() as call:
        await call.engine.send(Respond(instructions="Ask for the name."))
        await call.until(ResponseDone)
        assert call.agent.asked == [""]
        assert call.agent.conversation is not None
        assert call.agent.conversation.guidance == ["Ask for the name."]


# ---------------------------------------------------------------- saying, telling, keys


async def test_a_line_is_said_word_for_word_and_kept() -> None:
    async with talk("Hi.") as call:
        await call.engine.send(Say("Welcome to Bright Roof. How can I help?"))
        await call.until(ResponseDone)
        assert call.texts() == ["Welcome to Bright Roof.", " How can I help?"]
        await call.ask()
        assert call.agent.conversation is not None
        assert (
            call.agent.conversation.agent_lines()[-1] == "Welcome to Bright Roof. How can I help?"
        )


async def test_lines_to_say_are_all_said_in_order() -> None:
    async with talk() as call:
        await call.engine.send(Say("One."))
        await call.engine.send(Say("Two."))
        await call.until(ResponseDone, 2)
        assert [event.item_id for event in call.of(AgentItemDone)] == ["agent-1", "agent-2"]
        assert call.texts() == ["One.", "Two."]


async def test_the_agent_is_told_but_the_caller_does_not_hear_it() -> None:
    async with talk("Hi.") as call:
        await call.engine.send(Instruct("Be brief."))
        await call.ask()
        assert call.texts() == ["You said: Hi."]
        assert call.agent.conversation is not None
        assert call.agent.conversation.guidance == ["Be brief."]


async def test_pressed_keys_are_something_the_caller_said() -> None:
    async with talk() as call:
        await call.engine.send(PassDigits("12#"))
        await call.engine.send(Respond())
        await call.until(ResponseDone)
        assert call.agent.asked == ["I pressed 1 2 pound."]


def test_digits_in_words() -> None:
    assert digits_in_words("0*9") == "I pressed 0 star 9."


# ---------------------------------------------------------------- barge-in


async def test_a_cancelled_answer_stops_and_its_rest_is_not_heard() -> None:
    async with talk("Hi.", script=sentences("One.", "Two.", "Three.")) as call:
        call.voice.hold("Two.")
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.until(AgentText, 2)
        await call.engine.send(CancelResponse())
        await call.until(ResponseDone)
        assert call.events[-2:] == [AgentItemDone("agent-1"), CANCELLED]
        assert "Three." not in call.voice.spoken


async def test_cancelling_when_nothing_is_under_way_does_nothing() -> None:
    async with talk("Hi.") as call:
        await call.engine.send(CancelResponse())
        await call.ask()
        await call.engine.send(CancelResponse())
        await call.engine.send(Say("Still here."))
        await call.until(ResponseDone, 2)
        assert CANCELLED not in call.events


async def test_cancelling_also_drops_lines_that_wait_to_be_said() -> None:
    async with talk() as call:
        call.voice.hold("One.")
        await call.engine.send(Say("One."))
        await call.engine.send(Say("Two."))
        await call.until(AgentText)
        await call.engine.send(CancelResponse())
        await call.until(ResponseDone)
        assert call.voice.spoken == ["One."]
        assert call.of(ResponseDone) == [CANCELLED]


async def test_the_agent_knows_only_what_the_caller_heard() -> None:
    async with talk("Hi.", "Stop.", script=sentences("One two three four.")) as call:
        await call.ask()
        await call.engine.send(TruncateItem("agent-1", 80, "One two"))
        await call.ask()
        assert call.agent.conversation is not None
        assert call.agent.conversation.agent_lines() == ["One two three four.", "One two"]


async def test_an_answer_of_which_nothing_was_heard_leaves_the_question_open() -> None:
    async with talk("How much?", "Hello?") as call:
        await call.ask()
        await call.engine.send(TruncateItem("agent-1", 0, ""))
        await call.ask()
        assert call.agent.asked == ["How much?", "How much? Hello?"]


async def test_truncating_what_is_still_being_spoken_stops_it() -> None:
    async with talk("Hi.", script=sentences("One.", "Two.", "Three.")) as call:
        call.voice.hold("Two.")
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.until(AgentText, 2)
        await call.engine.send(TruncateItem("agent-1", 40, "One."))
        await call.until(ResponseDone)
        assert call.events[-1] == CANCELLED
        assert call.agent.conversation is not None
        assert call.agent.conversation.last_agent_line() == "One."


async def test_the_newest_request_for_an_answer_wins() -> None:
    async with talk("I need", "a roof.") as call:
        call.voice.hold("You said: I need")
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.until(AgentText)
        await call.engine.send(TruncateItem("agent-1", 0, ""))
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.engine.send(Respond())
        await call.until(ResponseDone, 2)
        assert call.texts()[-1] == "You said: I need a roof."
        assert [type(event) for event in call.events].count(ResponseDone) == 2


async def test_a_caller_is_heard_while_the_agent_speaks() -> None:
    async with talk("Hi.", "Wait.", script=sentences("One.", "Two.")) as call:
        gate = call.voice.hold("Two.")
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.until(AgentText, 2)
        await call.caller_speaks()
        assert (await call.until(CallerFinal, 2)).text == "Wait."
        gate.set()
        await call.until(ResponseDone)


# ---------------------------------------------------------------- what can go wrong


async def test_a_failing_recogniser_ends_the_engine_with_its_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with talk("Hi.") as call:
        call.ears.error = ProviderError("Speech recognition is overloaded.")
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.ended()
        assert call.events[-1] == EngineFailed("Speech recognition is overloaded.")
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None


@pytest.mark.parametrize("broken", ["voice", "agent"])
async def test_an_unexpected_error_ends_the_engine_with_a_sentence_for_people(
    broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    script: Script = echo
    if broken == "agent":
        script = lambda _: [Sentence("Well."), ZeroDivisionError("secret detail")]  # noqa: E731
    async with talk("Hi.", script=script) as call:
        call.voice.error = ZeroDivisionError("secret detail") if broken == "voice" else None
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.ended()
        assert call.events[-1] == EngineFailed(BROKEN)
        assert len(call.of(EngineFailed)) == 1
    assert "ZeroDivisionError" in caplog.text


async def test_a_failed_engine_ignores_further_commands() -> None:
    async with talk("Hi.") as call:
        call.voice.error = ProviderError("No voice.")
        await call.engine.send(Say("Hello."))
        await call.ended()
        await call.engine.send(Say("Hello again."))
        await call.hear(LOUD * 20)
        assert call.events[-1] == EngineFailed("No voice.")


async def test_a_voice_that_cannot_start_is_reported_at_opening() -> None:
    voice = Voice()
    voice.error = ProviderError("Not installed.")
    engine = CascadeEngine(
        make_profile(), speech_to_text=as_backend(Ears()), text_to_speech=as_backend(voice)
    )
    with pytest.raises(ProviderError, match="Not installed"):
        await engine.open()
    await engine.close()


async def test_the_greeting_does_not_wait_for_the_ears() -> None:
    async with talk("Hi.") as call:
        call.ears.opening.clear()
        late = CascadeEngine(
            make_profile(),
            speech_to_text=as_backend(call.ears),
            text_to_speech=as_backend(call.voice),
        )
        await asyncio.wait_for(late.open(), PATIENCE_SECONDS)
        await late.close()


async def test_ears_that_cannot_open_end_the_engine_with_their_message() -> None:
    ears = Ears()
    ears.error = ProviderError("Not installed.")
    engine = CascadeEngine(
        make_profile(), speech_to_text=as_backend(ears), text_to_speech=as_backend(Voice())
    )
    await engine.open()
    events = [event async for event in engine.events()]
    assert events == [EngineFailed("Not installed.")]
    await engine.close()


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(NotConfigured, match=r"no\.such\.Thing"):
        CascadeEngine(make_profile(), mind={"BACKEND": "no.such.Thing"})


async def test_malformed_audio_is_reported_once_and_passed_over() -> None:
    async with talk("Hi.") as call:
        for payload in ("?", "AAA", "é"):
            await call.engine.send(HearCaller(payload))
        await call.ask()
        assert call.of(EngineNotice) == [EngineNotice("malformed_audio")]
        assert call.texts() == ["You said: Hi."]


async def test_a_tool_answer_that_nobody_asked_for_is_noticed() -> None:
    async with talk() as call:
        await call.engine.send(AnswerTool("r1", "{}"))
        assert await call.until(EngineNotice) == EngineNotice("unexpected_tool_answer")


async def test_closing_ends_everything_and_may_be_done_twice() -> None:
    async with talk("Hi.") as call:
        call.voice.hold("You said: Hi.")
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.until(AgentText)
        await call.engine.close()
        await call.engine.close()
        await call.ended()
        assert call.ears.closed
        assert call.voice.closed


async def test_commands_never_wait_for_events_to_be_taken() -> None:
    many = [f"Sentence number {number} of very many." for number in range(1_000)]
    engine = CascadeEngine(
        make_profile(),
        speech_to_text=as_backend(Ears(*["Hi."] * 200)),
        text_to_speech=as_backend(Voice()),
        voice_activity=as_backend(ByFirstByte()),
        mind=as_backend(Agent(sentences(*many))),
    )
    await engine.open()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await engine.send(Say(" ".join(many)))
            for _ in range(200):
                frames = base64.b64encode(LOUD * 20 + QUIET * 40).decode()
                await engine.send(HearCaller(frames))
            await engine.send(Respond())
            await engine.send(CancelResponse())
    finally:
        await engine.close()


# ---------------------------------------------------------------- what it is given


def test_the_agent_sees_the_business_and_what_was_said_before() -> None:
    profile = make_profile(
        direction="outbound",
        facts=(("Open?", "Yes."),),
        history=(Line("agent", "Hello."), Line("caller", "Hi.")),
    )
    conversation = conversation_for(profile)
    assert conversation.business_name == "Bright Roof"
    assert conversation.direction == "outbound"
    assert conversation.prompt == "Be kind."
    assert conversation.facts == (("Open?", "Yes."),)
    assert conversation.unanswered() == "Hi."
    assert conversation.last_agent_line() == "Hello."


async def test_a_business_can_ask_for_a_longer_silence_before_answers() -> None:
    async with talk("Hi.", response_delay_ms=500) as call:
        await call.hear(LOUD * 20 + QUIET * 59)
        assert call.of(SpeechStopped) == []
        await call.hear(QUIET)
        await call.until(SpeechStopped)


# ---------------------------------------------------------------- with real hearing and speech


@pytest.mark.django_db(transaction=True)
async def test_a_recorded_caller_is_understood_and_answered_aloud(business: Business) -> None:
    profile = make_profile(facts=FACTS, vocabulary=VOCABULARY, business_id=business.pk)
    engine = CascadeEngine(profile)
    await engine.open()
    call = Talk(engine, Ears(), Voice(), Agent(echo))
    try:
        line = read_wav_as_mulaw(AUDIO / "solar-warranty" / "02.wav")
        await call.hear(mulaw_silence(400) + line + mulaw_silence(900))
        await call.until(SpeechStopped)
        await engine.send(Respond())
        done = await call.until(ResponseDone)
    finally:
        await engine.close()
    final = call.of(CallerFinal)[0]
    assert comparable(final.text) == "do you offer a twenty five year warranty"
    assert call.texts()[0].startswith("Our solar panels come with a twenty five year warranty")
    assert isinstance(done.usage["audio_ms"], int)
    assert done.usage["audio_ms"] > 5_000


# ---------------------------------------------------------------- what thinks


WARRANTY = Sentence("Twenty five years.", Sources(({"document": "d1"},), 30, 0, prefetched=True))


async def test_the_mind_hears_the_question_grow_and_its_sources_are_kept() -> None:
    agent = Agent(lambda _: [WARRANTY])
    ears = Ears("Do you offer a warranty?", glimpses=["Do you offer"])
    async with talking(ears, agent) as call:
        await call.hear(LOUD * 60)
        await call.until(CallerInterim)
        await call.ask()
        spoken = await call.until(AgentText)
    assert agent.expected[0] == "Do you offer"
    assert agent.asked == ["Do you offer a warranty?"]
    assert spoken == AgentText("agent-1", WARRANTY.text, aligned=True, sources=WARRANTY.sources)
    assert agent.closed


async def test_an_answer_waits_for_the_mind_to_be_open() -> None:
    agent = Agent(echo)
    agent.opening.clear()
    async with talking(Ears("A new roof."), agent) as call:
        await call.caller_speaks()
        await call.engine.send(Respond())
        await call.until(CallerFinal)
        assert agent.asked == []
        agent.opening.set()
        await call.until(ResponseDone)
        assert agent.asked == ["A new roof."]
