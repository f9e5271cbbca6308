"""``<Say>`` and ``<Play>``."""

import asyncio
import io
import wave
from itertools import repeat

from calls.audio import mulaw_from_wav
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.sounds import key_tones
from calls.sandbox.stage import Document, Stage
from calls.sandbox.twiml import FOREVER, Play, Say


async def say(stage: Stage, verb: Say, document: Document) -> None:
    if verb.text:
        audio = await asyncio.to_thread(stage.speech, verb.text)
        await _announce(stage, audio, verb.loop)


async def play(stage: Stage, verb: Play, document: Document) -> None:
    """A file that cannot be had or played is written down and skipped."""
    if verb.digits:
        await _announce(stage, key_tones(verb.digits), verb.loop)
        return
    try:
        audio = await _fetch(stage, document.absolute(verb.url))
    except CallError as error:
        stage.call.notify(error)
    else:
        await _announce(stage, audio, verb.loop)


async def _fetch(stage: Stage, url: str) -> bytes:
    media = await stage.webhooks.media(url)
    try:
        return await asyncio.to_thread(mulaw_from_wav, io.BytesIO(media))
    except (wave.Error, ValueError, EOFError) as error:
        message = f"The file cannot be played: {error}."
        raise CallError(Problem.CONTENT_TYPE, message, url=url, method="GET") from None


async def _announce(stage: Stage, audio: bytes, loop: int) -> None:
    phone = stage.call.answer()
    for _ in repeat(None) if loop == FOREVER else range(loop):
        await phone.play(audio)
