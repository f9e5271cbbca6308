import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from calls.audio import mulaw_ms, pcm16_from_mulaw
from calls.engines.local import espeak
from salesdesk.lib import espeak as shared
from salesdesk.lib.errors import ProviderError


def loudness(mulaw: bytes) -> float:
    samples = np.frombuffer(pcm16_from_mulaw(mulaw), dtype="<i2").astype(float)
    return float(np.sqrt(np.mean(samples**2)))


def test_a_sentence_becomes_audible_speech_of_plausible_length() -> None:
    spoken = espeak.synthesize("Hello, thank you for calling.")
    assert 1_000 < mulaw_ms(spoken) < 3_000
    assert loudness(spoken) > 500


def test_a_longer_text_is_longer_speech() -> None:
    short = espeak.synthesize("We are open today.")
    long = espeak.synthesize(
        "We are open today. And we are open tomorrow until six in the evening."
    )
    assert len(long) > 2 * len(short)


def test_a_faster_rate_is_shorter_speech() -> None:
    text = "One of our advisers will call you back."
    assert len(espeak.synthesize(text, rate=220)) < len(espeak.synthesize(text, rate=130))


@pytest.mark.parametrize("text", ["", "  \n ", "\0"])
def test_nothing_to_say_is_no_audio(text: str) -> None:
    assert espeak.synthesize(text) == b""


def test_markup_is_read_as_text_and_does_not_change_the_voice() -> None:
    assert espeak.synthesize("Ready. <break time='9s'/> Go.") != espeak.synthesize("Ready. Go.")


def test_an_unknown_voice_is_refused_with_its_name() -> None:
    with pytest.raises(ProviderError, match="klingon-x"):
        espeak.synthesize("Hello.", voice="klingon-x")
    assert espeak.synthesize("Hello.")


def test_threads_speaking_at_once_get_their_own_words() -> None:
    """How long a text is spoken varies by a few milliseconds with what was spoken before it."""
    texts = ["One.", "Twenty two thousand and one.", "Hello there, how are you today?"] * 4
    expected_ms = {text: mulaw_ms(espeak.synthesize(text)) for text in texts}
    with ThreadPoolExecutor(6) as pool:
        spoken_ms = [mulaw_ms(audio) for audio in pool.map(espeak.synthesize, texts)]
    assert spoken_ms == pytest.approx([expected_ms[text] for text in texts], rel=0.05)


def test_a_missing_library_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    shared._library.cache_clear()
    try:
        with pytest.raises(ProviderError, match="espeakng-loader"):
            espeak.synthesize("Hello.")
    finally:
        monkeypatch.undo()
        shared._library.cache_clear()
