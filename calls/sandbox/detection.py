"""Answering-machine detection in the background, as the real carrier does it (AsyncAmd).

Source: https://www.twilio.com/docs/voice/answering-machine-detection. The real one judges by sound
and is sometimes wrong; this one knows who is there, and only takes the same time to say it.
"""

import asyncio
from dataclasses import dataclass

from calls.sandbox.call import Call
from calls.sandbox.notifications import CallError
from calls.sandbox.script import CallerScript, Tone
from calls.sandbox.timeline import Kind
from calls.sandbox.webhooks import Webhooks

MACHINE_TALKS_S = 2.4
"""Twilio's MachineDetectionSpeechThreshold: people say less at first."""
SPEECH_ENDS_S = 1.2
"""Twilio's MachineDetectionSpeechEndThreshold."""
SILENCE_S = 5.0
"""Twilio's MachineDetectionSilenceTimeout: who says nothing for so long is not known."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What is asked for: where to tell it, and whether the end of a greeting is waited for."""

    url: str
    waits_for_end: bool = False


def is_machine(script: CallerScript) -> bool:
    """Whether an answering machine is behind the number: nobody else beeps."""
    return any(isinstance(step, Tone) for step in script.steps)


async def detect(call: Call, wanted: Detection, script: CallerScript, webhooks: Webhooks) -> None:
    """Find out who answered, and tell it once; nothing is told of a call that ends before."""
    began_ms = call.timeline.now_ms
    try:
        answered_by = await _answered_by(call, wanted, script)
    except LookupError:
        return
    call.answered_by = answered_by
    call.timeline.add(Kind.DETECTED, answered_by=answered_by)
    told = {
        "CallSid": call.sid,
        "AccountSid": call.parties.account_sid,
        "AnsweredBy": answered_by,
        "MachineDetectionDuration": str(call.timeline.now_ms - began_ms),
    }
    try:
        await webhooks.request(wanted.url, "POST", told)
    except CallError as error:
        call.notify(error)


async def _answered_by(call: Call, wanted: Detection, script: CallerScript) -> str:
    """Raises ``LookupError`` when the call ends first."""
    if not is_machine(script):
        return await _who_speaks(call)
    if wanted.waits_for_end:
        await call.wait_for(Kind.TONE)
        return "machine_end_beep"
    await call.wait_for(Kind.CALLER_STARTED)
    await asyncio.sleep(MACHINE_TALKS_S)
    return "machine_start"


async def _who_speaks(call: Call) -> str:
    try:
        async with asyncio.timeout(SILENCE_S):
            await call.wait_for(Kind.CALLER_STARTED)
    except TimeoutError:
        return "unknown"
    await call.wait_for(Kind.CALLER_STOPPED)
    await asyncio.sleep(SPEECH_ENDS_S)
    return "human"
