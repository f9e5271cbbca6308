"""``<Gather>``: prompts, and the keys that the caller presses."""

import asyncio

from calls.sandbox.announcements import play, say
from calls.sandbox.phone import Nobody
from calls.sandbox.stage import Document, Outcome, Source, Stage
from calls.sandbox.twiml import Gather, Pause, Play, Say


async def gather(stage: Stage, verb: Gather, document: Document) -> Outcome:
    """The action with the digits; the next verb when there are none."""
    phone = stage.call.answer()
    keypad = Keypad()
    phone.listener = keypad
    try:
        first = await _first_key(stage, verb, document, keypad)
        digits, finished_on = await _collect(verb, keypad, first)
    finally:
        phone.listener = Nobody()
    if not digits and not verb.action_on_empty_result:
        return None
    extra = {"Digits": digits, "FinishedOnKey": finished_on}
    return Source(document.absolute(verb.action), verb.method, extra=extra)


class Keypad:
    """Collects keys, in the order in which they are pressed."""

    def __init__(self) -> None:
        self._keys: asyncio.Queue[str] = asyncio.Queue()

    def hear(self, frame: bytes) -> None:
        pass

    def press(self, key: str) -> None:
        self._keys.put_nowait(key)

    async def next(self, within_s: float | None = None) -> str | None:
        """The next key, or none when the time is over."""
        try:
            async with asyncio.timeout(within_s):
                return await self._keys.get()
        except TimeoutError:
            return None


async def _first_key(stage: Stage, verb: Gather, document: Document, keypad: Keypad) -> str | None:
    """The first key interrupts the prompts; the timeout counts from their end."""
    prompting = asyncio.create_task(_prompt(stage, verb, document))
    pressing = asyncio.create_task(keypad.next())
    try:
        await asyncio.wait({prompting, pressing}, return_when=asyncio.FIRST_COMPLETED)
        if prompting.done():
            prompting.result()
            await asyncio.wait({pressing}, timeout=verb.timeout)
        return pressing.result() if pressing.done() else None
    finally:
        prompting.cancel()
        pressing.cancel()
        await asyncio.wait({prompting, pressing})


async def _prompt(stage: Stage, verb: Gather, document: Document) -> None:
    for prompt in verb.prompts:
        match prompt:
            case Say():
                await say(stage, prompt, document)
            case Play():
                await play(stage, prompt, document)
            case Pause():
                await asyncio.sleep(prompt.seconds)


async def _collect(verb: Gather, keypad: Keypad, key: str | None) -> tuple[str, str]:
    """The digits, and the key that ended them if one did."""
    digits = ""
    while key is not None:
        if key == verb.finish_on_key:
            return digits, key
        digits += key
        if len(digits) == verb.num_digits:
            break
        key = await keypad.next(verb.timeout)
    return digits, ""
