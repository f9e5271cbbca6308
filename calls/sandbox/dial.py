"""``<Dial>``: another number is rung and joined with the call, or a conference is entered."""

import asyncio
from collections.abc import Iterable

from calls.sandbox.call import Call, Status
from calls.sandbox.conference import confer
from calls.sandbox.notifications import CallError
from calls.sandbox.phone import Nobody, Phone
from calls.sandbox.sounds import key_tones
from calls.sandbox.stage import Document, Outcome, Source, Stage
from calls.sandbox.twiml import Dial


async def dial(stage: Stage, verb: Dial, document: Document) -> Outcome:
    """Ring all numbers, talk with the first that answers, then request the action."""
    if verb.conference is not None:
        return await confer(stage, verb, verb.conference, document)
    legs = await _ring(stage, verb)
    try:
        answered = await _first_answered(legs)
        if answered is not None:
            await _talk(stage.call, answered, verb.time_limit)
    except asyncio.CancelledError:
        if verb.action and stage.call.is_ending:
            stage.call.request_when_over(document.absolute(verb.action), verb.method, {})
        raise
    finally:
        await _end(legs)
    if not verb.action:
        return None
    extra = _result(answered or (legs[0] if legs else None))
    return Source(document.absolute(verb.action), verb.method, extra=extra)


class Joined:
    """Another phone at the other end: what is said here is heard there."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def hear(self, frame: bytes) -> None:
        self._phone.ear.add(frame)

    def press(self, key: str) -> None:
        self._phone.ear.add(key_tones(key))


async def _ring(stage: Stage, verb: Dial) -> list[Call]:
    legs = []
    for number in verb.numbers:
        try:
            legs.append(await stage.dial_number(stage.call, number, verb))
        except CallError as error:
            stage.call.notify(error)
    return legs


async def _first_answered(legs: list[Call]) -> Call | None:
    """The first leg that answers, the others being let go; none when nobody does."""
    for attempt in asyncio.as_completed([_if_answered(leg) for leg in legs]):
        answered = await attempt
        if answered is not None:
            _let_go(leg for leg in legs if leg is not answered)
            return answered
    return None


async def _if_answered(leg: Call) -> Call | None:
    return leg if await leg.wait_answered_or_ended() else None


async def _talk(call: Call, leg: Call, time_limit_s: int) -> None:
    """Join the two phones until the leg ends or the time is up."""
    here, there = call.answer(), leg.answer()
    here.listener, there.listener = Joined(there), Joined(here)
    try:
        async with asyncio.timeout(time_limit_s):
            await leg.wait_over()
    except TimeoutError:
        leg.end(Status.COMPLETED, by="carrier")
    finally:
        here.listener = there.listener = Nobody()
        here.ear.clear()


def _let_go(legs: Iterable[Call]) -> None:
    for leg in legs:
        leg.end(Status.COMPLETED if leg.is_answered else Status.CANCELED, by="carrier")


async def _end(legs: list[Call]) -> None:
    _let_go(legs)
    for leg in legs:
        await leg.wait_over()


def _result(leg: Call | None) -> dict[str, str]:
    """The action's parameters, from the leg that was talked with (or else the first)."""
    if leg is None:
        return {"DialCallStatus": Status.FAILED.value, "DialBridged": "false"}
    result = {
        "DialCallSid": leg.sid,
        "DialCallStatus": leg.status.value,
        "DialBridged": "true" if leg.is_answered else "false",
    }
    if leg.is_answered:
        result["DialCallDuration"] = str(leg.duration_s)
    return result
