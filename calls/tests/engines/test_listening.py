import asyncio
from collections.abc import Coroutine
from typing import Any

from calls.audio import FRAME_MS
from calls.engines.listening import Listener
from calls.engines.local.vad import Endpointer
from calls.live.events import (
    CallerFinal,
    CallerInterim,
    EngineEvent,
    SpeechStarted,
    SpeechStopped,
)
from calls.tests.engines.fakes import LOUD, QUIET, ByFirstByte, Ears


class Hearing:
    """A listener with its events in a list."""

    def __init__(self, ears: Ears) -> None:
        self.events: list[EngineEvent] = []
        self.finals: list[str] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self.listener = Listener(
            ears,
            Endpointer(ByFirstByte(), stop_ms=700),
            emit=self.events.append,
            start_task=self._start,
            on_final=self.finals.append,
        )
        self.listener.start()

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self.tasks.append(task)
        return task

    async def hear(self, frame: bytes, ms: int) -> None:
        """Feed frames, and let the tasks go on after each as time would."""
        for _ in range(ms // FRAME_MS):
            self.listener.hear(frame)
            await asyncio.wait(self.tasks, timeout=0)

    async def read(self) -> list[EngineEvent]:
        await asyncio.wait_for(self.listener.all_read(), 5)
        return self.events


async def test_a_turn_is_reported_from_start_to_text() -> None:
    hearing = Hearing(Ears("Hello."))
    await hearing.hear(QUIET, 400)
    await hearing.hear(LOUD, 400)
    await hearing.hear(QUIET, 700)
    events = await hearing.read()
    assert events == [
        SpeechStarted("caller-1", 400),
        CallerInterim("caller-1", "Hello."),
        SpeechStopped("caller-1", 800),
        CallerFinal("caller-1", "Hello.", 0.9),
    ]
    assert hearing.finals == ["Hello."]


async def test_the_words_are_read_while_the_end_is_waited_for_and_only_once() -> None:
    ears = Ears("Hello.")
    hearing = Hearing(ears)
    await hearing.hear(LOUD, 400)
    await hearing.hear(QUIET, 300)
    assert len(ears.heard) == 1
    await hearing.hear(QUIET, 400)
    await hearing.read()
    assert len(ears.heard) == 1


async def test_a_reading_is_thrown_away_when_the_caller_goes_on() -> None:
    ears = Ears("Hello, I need a roof.")
    ears.gate.clear()
    hearing = Hearing(ears)
    await hearing.hear(LOUD, 400)
    await hearing.hear(QUIET, 300)
    await hearing.hear(LOUD, 400)
    assert ears.abandoned == 1
    ears.gate.set()
    await hearing.hear(QUIET, 700)
    events = await hearing.read()
    assert events[-1] == CallerFinal("caller-1", "Hello, I need a roof.", 0.9)
    assert len(ears.heard[1]) > len(ears.heard[0])


async def test_text_is_shown_while_the_caller_speaks() -> None:
    hearing = Hearing(Ears("I need a new roof.", glimpses=["I need", "I need a new"]))
    await hearing.hear(LOUD, 1_800)
    assert hearing.events[1:] == [
        CallerInterim("caller-1", "I need"),
        CallerInterim("caller-1", "I need a new"),
    ]


async def test_a_glimpse_that_found_no_time_is_tried_again_soon() -> None:
    hearing = Hearing(Ears(glimpses=[None, "I need"]))
    await hearing.hear(LOUD, 1_000)
    assert hearing.events[1:] == [CallerInterim("caller-1", "I need")]


async def test_texts_come_in_the_order_of_speech() -> None:
    ears = Ears("One.", "Two.")
    ears.gate.clear()
    hearing = Hearing(ears)
    for _ in range(2):
        await hearing.hear(LOUD, 400)
        await hearing.hear(QUIET, 700)
    assert hearing.finals == []
    ears.gate.set()
    events = await hearing.read()
    assert [event for event in events if isinstance(event, CallerFinal)] == [
        CallerFinal("caller-1", "One.", 0.9),
        CallerFinal("caller-2", "Two.", 0.9),
    ]


async def test_noise_gets_an_empty_final_text() -> None:
    hearing = Hearing(Ears(""))
    await hearing.hear(LOUD, 400)
    await hearing.hear(QUIET, 700)
    events = await hearing.read()
    assert events[1:] == [SpeechStopped("caller-1", 400), CallerFinal("caller-1", "", 0.9)]
    assert hearing.finals == [""]


async def test_audio_may_come_in_any_pieces() -> None:
    hearing = Hearing(Ears("Hello."))
    audio = LOUD * 20 + QUIET * 35
    for begin in range(0, len(audio), 137):
        hearing.listener.hear(audio[begin : begin + 137])
    events = await hearing.read()
    assert SpeechStarted("caller-1", 0) in events
    assert SpeechStopped("caller-1", 400) in events


async def test_without_speech_there_is_nothing_to_wait_for() -> None:
    hearing = Hearing(Ears())
    await hearing.hear(QUIET, 1_000)
    assert await hearing.read() == []
