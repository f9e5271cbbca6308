"""The carrier itself: its numbers, the people behind others, and the calls between them."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import ClientSession

from calls.sandbox.call import Call, Direction, Parties, Person, Status, Work
from calls.sandbox.callbacks import CallbackTarget
from calls.sandbox.conference import Room
from calls.sandbox.detection import Detection, detect
from calls.sandbox.interpreter import Interpreter
from calls.sandbox.messages import Message, Messages, inbound
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.numbers import to_e164
from calls.sandbox.script import Answer, Callee, CallerScript, Step
from calls.sandbox.sounds import Speech, espeak, part_of, parts_of
from calls.sandbox.stage import Source, Stage
from calls.sandbox.ticker import Ticker
from calls.sandbox.twiml import Dial, Number
from calls.sandbox.webhooks import DEFAULT_TIMEOUT_S, Webhooks

MOST_CALLS_KEPT = 100
GOODBYE_S = 5.0
DEFAULT_RING_TIMEOUT_S = 60
DEFAULT_TIME_LIMIT_S = 14_400


class UnknownNumber(LookupError):
    """A call to a number that the carrier was not told about."""


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number of the account, with what is asked when it is called, and at ``sms_url`` when it is
    written to.

    As at Twilio, an inbound call reports only its end unless ``callbacks`` names more events.
    """

    voice: Source
    callbacks: CallbackTarget = field(default_factory=CallbackTarget)
    fallback: Source | None = None
    sms_url: str = ""


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """What a product asks for when it places a call."""

    to: str
    from_: str
    source: Source
    fallback: Source | None = None
    callbacks: CallbackTarget = field(default_factory=CallbackTarget)
    timeout_s: int = DEFAULT_RING_TIMEOUT_S
    time_limit_s: int = DEFAULT_TIME_LIMIT_S
    detection: Detection | None = None


class Carrier:
    """A local Twilio, used as an asynchronous context manager: calls live inside it only.

    ``numbers`` are the account's own, ``callees`` the people behind all others; a number that is
    not among them belongs to ``default_callee``.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        numbers: Mapping[str, OwnNumber] | None = None,
        callees: Mapping[str, Callee] | None = None,
        default_callee: Callee | None = None,
        speech: Speech = espeak,
        webhook_timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.numbers = dict(numbers or {})
        self.callees = dict(callees or {})
        self.default_callee = default_callee or Callee()
        self.calls: dict[str, Call] = {}
        self.messages = Messages()
        self.rooms: dict[str, Room] = {}
        self.speech = speech
        self._webhook_timeout_s = webhook_timeout_s
        self._ticker = Ticker()
        self._running: dict[Call, asyncio.Task[None]] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        session = await self._stack.enter_async_context(ClientSession())
        self._webhooks = Webhooks(session, self.auth_token, timeout_s=self._webhook_timeout_s)
        ticking = asyncio.create_task(self._ticker.run(), name="ticker")
        self._stack.callback(ticking.cancel)
        self._stack.push_async_callback(self._end_all_calls)
        self._stack.callback(self.messages.stop)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    # ------------------------------------------------------------ calls

    async def ring(self, *, to: str, from_: str, script: CallerScript) -> Call:
        """Somebody calls one of the account's numbers. Raises :class:`UnknownNumber`."""
        number = self.numbers.get(to)
        if number is None:
            raise UnknownNumber(f"{to} is not a number of this account.")
        parties = Parties(from_, to, Direction.INBOUND, self.account_sid)
        call = await self._new_call(parties, script, number.callbacks)
        self._start(call, lambda: self._take_inbound(call, number))
        return call

    async def place(self, order: OutboundCall) -> Call:
        """The product calls somebody."""
        callee = self._callee_at(order.to)
        parties = Parties(order.from_, order.to, Direction.OUTBOUND, self.account_sid)
        call = await self._new_call(parties, callee.script, order.callbacks)
        self._start(call, lambda: self._run_outbound(call, callee, order))
        return call

    def send(self, message: Message, callbacks: CallbackTarget) -> None:
        """The product writes to somebody."""
        self.messages.send(message, self._webhooks, callbacks)

    async def write(self, *, to: str, from_: str, body: str) -> Message:
        """Somebody writes to one of the account's numbers; back when the product has answered.

        Raises :class:`UnknownNumber`, also for a number that takes no messages.
        """
        number = self.numbers.get(to)
        if number is None or not number.sms_url:
            raise UnknownNumber(f"{to} is not a number of this account that takes messages.")
        message = inbound(self.account_sid, from_, to, body)
        await self.messages.receive(message, self._webhooks, number.sms_url)
        return message

    def redirect(self, call: Call, source: Source) -> None:
        """Take a live call to another document."""
        interpreter = Interpreter(self._stage(call))
        call.redirect(lambda: interpreter.run(source))

    async def do_now(self, call: Call, step: Step) -> None:
        """Let the person on a call do something that is not in the script. Raises
        ``LookupError`` for a call that has not been answered."""
        if call.phone is None:
            raise LookupError("nobody has answered this call")
        call.phone.do_now(await asyncio.to_thread(part_of, step, self.speech))

    async def _dial(self, parent: Call, number: Number, dial: Dial) -> Call:
        """Ring a further number for a call. Raises :class:`CallError`."""
        to = to_e164(number.number)
        if to is None:
            raise CallError(Problem.DIAL_NUMBER, "Dial: invalid phone number format.")
        callee = self._callee_at(to)
        from_ = dial.caller_id or parent.parties.from_
        parties = Parties(from_, to, Direction.DIALED, self.account_sid, parent.sid)
        callbacks = CallbackTarget(
            number.status_callback, number.status_callback_method, number.status_callback_events
        )
        leg = await self._new_call(parties, callee.script, callbacks)
        self._start(leg, lambda: self._run_leg(leg, callee, dial.timeout))
        return leg

    # ------------------------------------------------------------ what they do

    async def _take_inbound(self, call: Call, number: OwnNumber) -> Status:
        call.move_to(Status.INITIATED)
        call.move_to(Status.RINGING)
        interpreter = Interpreter(self._stage(call), fallback=number.fallback)
        return await interpreter.run(number.voice)

    async def _run_outbound(self, call: Call, callee: Callee, order: OutboundCall) -> Status:
        refusal = await _ring_out(call, callee, order.timeout_s)
        if refusal is not None:
            return refusal
        call.answer()
        call.end_after(order.time_limit_s)
        self._detect(call, callee, order)
        return await Interpreter(self._stage(call), fallback=order.fallback).run(order.source)

    def _detect(self, call: Call, callee: Callee, order: OutboundCall) -> None:
        """Find out in the background who answered, until the call is over."""
        if order.detection is None:
            return
        detecting = detect(call, order.detection, callee.script, self._webhooks)
        task = asyncio.create_task(detecting, name=f"detection {call.sid}")
        self._running[call].add_done_callback(lambda _: task.cancel())

    async def _run_leg(self, leg: Call, callee: Callee, timeout_s: int) -> Status:
        refusal = await _ring_out(leg, callee, timeout_s)
        if refusal is not None:
            return refusal
        leg.answer()
        await leg.wait_over()
        return leg.status

    # ------------------------------------------------------------ inside

    async def _new_call(
        self, parties: Parties, script: CallerScript, callbacks: CallbackTarget
    ) -> Call:
        parts = await asyncio.to_thread(parts_of, script, self.speech)
        return Call(
            parties,
            Person(script, tuple(parts)),
            webhooks=self._webhooks,
            ticker=self._ticker,
            callbacks=callbacks,
        )

    def _start(self, call: Call, work: Work) -> None:
        self._forget_the_oldest()
        self.calls[call.sid] = call
        running = call.start(work)
        self._running[call] = running
        running.add_done_callback(lambda _: self._running.pop(call))

    def _forget_the_oldest(self) -> None:
        for sid, call in tuple(self.calls.items()):
            if len(self.calls) < MOST_CALLS_KEPT:
                return
            if call.has_ended:
                del self.calls[sid]

    def _callee_at(self, number: str) -> Callee:
        return self.callees.get(number, self.default_callee)

    def _stage(self, call: Call) -> Stage:
        return Stage(call, self._webhooks, self.speech, self._dial, self._room)

    def _room(self, name: str) -> Room:
        if name not in self.rooms:
            self.rooms[name] = Room(name, self._ticker, lambda: self._close(name))
        return self.rooms[name]

    def _close(self, name: str) -> None:
        del self.rooms[name]

    async def _end_all_calls(self) -> None:
        calls = tuple(self._running)
        for call in calls:
            call.end(Status.COMPLETED if call.is_answered else Status.CANCELED, by="carrier")
        if calls:
            endings = [asyncio.create_task(call.wait_ended()) for call in calls]
            await asyncio.wait(endings, timeout=GOODBYE_S)


async def _ring_out(call: Call, callee: Callee, timeout_s: int) -> Status | None:
    """Ring somebody; how the call ends when it is not answered, none when it is."""
    call.move_to(Status.INITIATED)
    if callee.answer is Answer.FAILED:
        return Status.FAILED
    call.move_to(Status.RINGING)
    if callee.answer is Answer.NO_ANSWER or callee.ring_ms >= timeout_s * 1000:
        await asyncio.sleep(timeout_s)
        return Status.NO_ANSWER
    await asyncio.sleep(callee.ring_ms / 1000)
    return Status.BUSY if callee.answer is Answer.BUSY else None
