import asyncio
import base64
from collections.abc import AsyncIterator

import pytest

from calls.audio import MULAW_FRAME_BYTES, base64_ms, mulaw_silence
from calls.engines.outbox import Outbox
from calls.engines.speaking import PACKET_BYTES, Speaker, packets
from calls.live.events import (
    AgentAudio,
    AgentEnding,
    AgentItemDone,
    AgentText,
    EngineEvent,
    ResponseDone,
)
from calls.tests.engines.fakes import Voice
from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence
from salesdesk.lib.sources import Sources


async def chunks(*items: AgentChunk) -> AsyncIterator[AgentChunk]:
    for item in items:
        yield item


class Mouth:
    def __init__(self) -> None:
        self.voice = Voice()
        self.outbox = Outbox(100)
        self.said: list[tuple[str, str]] = []
        self.speaker = Speaker(
            self.voice,
            outbox=self.outbox,
            on_sentence=lambda item_id, text: self.said.append((item_id, text)),
        )

    async def events(self) -> list[EngineEvent]:
        self.outbox.end()
        return [
            event async for event in self.outbox.events() if not self.speaker.is_silenced(event)
        ]


def without_audio(events: list[EngineEvent]) -> list[EngineEvent]:
    return [event for event in events if not isinstance(event, AgentAudio)]


async def pieces(*sizes: int) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"\x01" * size


@pytest.mark.parametrize(
    ("sizes", "packet_sizes"),
    [
        ([], []),
        ([1], [160]),
        ([160], [160]),
        ([PACKET_BYTES * 2 + 1], [PACKET_BYTES, PACKET_BYTES, 160]),
        ([1_000, 1_000], [PACKET_BYTES, 480]),
    ],
)
async def test_audio_is_packed_in_whole_frames(sizes: list[int], packet_sizes: list[int]) -> None:
    packed = [packet async for packet in packets(pieces(*sizes))]
    assert [len(packet) for packet in packed] == packet_sizes
    assert b"".join(packed).rstrip(b"\xff") == b"\x01" * sum(sizes)


async def test_each_sentence_is_text_and_then_its_audio() -> None:
    mouth = Mouth()
    await mouth.speaker.speak(chunks(Sentence("Hello."), Sentence("How are you?")))
    events = await mouth.events()
    kinds = [type(event) for event in events]
    assert kinds == [AgentText, AgentAudio, AgentText, AgentAudio, AgentItemDone, ResponseDone]
    assert events[0] == AgentText("agent-1", "Hello.", aligned=True)
    assert events[2] == AgentText("agent-1", " How are you?", aligned=True)
    assert mouth.said == [("agent-1", "Hello."), ("agent-1", "How are you?")]


async def test_the_audio_is_what_the_voice_gave() -> None:
    mouth = Mouth()
    sentence = "This is a sentence of forty five characters.."
    await mouth.speaker.speak(chunks(Sentence(sentence)))
    payloads = [event.payload for event in await mouth.events() if isinstance(event, AgentAudio)]
    assert [base64_ms(payload) for payload in payloads] == [200, 200, 60]
    assert all(len(base64.b64decode(payload)) % MULAW_FRAME_BYTES == 0 for payload in payloads)
    assert b"".join(map(base64.b64decode, payloads))[: 8 * 450] == mulaw_silence(450)


async def test_usage_counts_what_was_spoken() -> None:
    mouth = Mouth()
    await mouth.speaker.speak(chunks(Sentence("Hello."), Sentence("Bye.")))
    usage = {"sentences": 2, "characters": 10, "audio_ms": 100}
    assert (await mouth.events())[-1] == ResponseDone(usage)


async def test_the_wish_to_hang_up_comes_last() -> None:
    mouth = Mouth()
    await mouth.speaker.speak(chunks(Ending("goodbye"), Sentence("Bye.")))
    events = without_audio(await mouth.events())
    assert [type(event) for event in events[1:]] == [AgentItemDone, ResponseDone, AgentEnding]
    assert events[-1] == AgentEnding("goodbye")


async def test_saying_nothing_makes_no_item() -> None:
    mouth = Mouth()
    await mouth.speaker.speak(chunks())
    assert [type(event) for event in await mouth.events()] == [ResponseDone]


async def test_the_second_answer_waits_for_the_first() -> None:
    mouth = Mouth()
    gate = mouth.voice.hold("One.")
    first = asyncio.create_task(mouth.speaker.speak(chunks(Sentence("One."))))
    second = asyncio.create_task(mouth.speaker.speak(chunks(Sentence("Two."))))
    while not mouth.voice.spoken:
        await asyncio.wait({first}, timeout=0)
    gate.set()
    await asyncio.gather(first, second)
    texts = [event for event in await mouth.events() if isinstance(event, AgentText)]
    assert [event.item_id for event in texts] == ["agent-1", "agent-2"]


async def test_a_cancelled_answer_is_closed_and_silenced() -> None:
    mouth = Mouth()
    mouth.voice.hold("Two.")
    answer = asyncio.create_task(
        mouth.speaker.speak(chunks(Sentence("One."), Sentence("Two."), Sentence("Three.")))
    )
    while "Two." not in mouth.voice.spoken:
        await asyncio.wait({answer}, timeout=0)
    assert mouth.speaker.is_speaking("agent-1")
    answer.cancel()
    await asyncio.wait({answer})
    mouth.speaker.close_abandoned()
    assert not mouth.speaker.is_speaking("agent-1")
    assert await mouth.events() == [AgentItemDone("agent-1")]


async def test_a_sentence_keeps_its_sources() -> None:
    mouth = Mouth()
    sources = Sources(({"document": "d1"},), retrieval_ms=30)
    await mouth.speaker.speak(chunks(Sentence("Ten years.", sources), Sentence("Anything else?")))
    texts = [event for event in await mouth.events() if isinstance(event, AgentText)]
    assert texts == [
        AgentText("agent-1", "Ten years.", aligned=True, sources=sources),
        AgentText("agent-1", " Anything else?", aligned=True),
    ]
