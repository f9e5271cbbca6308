"""One call at the carrier: its state, its phone, and the work that moves it on."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from calls.sandbox.callbacks import Callbacks, CallbackTarget
from calls.sandbox.notifications import CallError, Notification
from calls.sandbox.numbers import country_of
from calls.sandbox.performer import Part, Performer
from calls.sandbox.phone import Phone
from calls.sandbox.script import CallerScript
from calls.sandbox.sids import new_sid, utc_now
from calls.sandbox.ticker import Ticker
from calls.sandbox.timeline import Happening, Kind, Timeline
from calls.sandbox.webhooks import Webhooks

logger = logging.getLogger(__name__)

API_VERSION = "2010-04-01"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound-api"
    DIALED = "outbound-dial"


class Status(StrEnum):
    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


ENDED = frozenset({Status.COMPLETED, Status.BUSY, Status.FAILED, Status.NO_ANSWER, Status.CANCELED})
_EVENTS = {
    Status.INITIATED: "initiated",
    Status.RINGING: "ringing",
    Status.IN_PROGRESS: "answered",
    **dict.fromkeys(ENDED, "completed"),
}

Work = Callable[[], Coroutine[Any, Any, Status]]
"""What a call does next; it returns the status with which the call ends."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is on a call, as Twilio names it."""

    from_: str
    to: str
    direction: Direction
    account_sid: str
    parent_sid: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the far end, with all audio at hand."""

    script: CallerScript = field(default_factory=CallerScript)
    parts: tuple[Part, ...] = ()


class Call:
    """A call from ringing to its end.

    It does one piece of work at a time (a TwiML document, ringing a number); ``redirect`` and
    ``end`` interrupt the present piece, from wherever they come.
    """

    def __init__(
        self,
        parties: Parties,
        person: Person,
        *,
        webhooks: Webhooks,
        ticker: Ticker,
        callbacks: CallbackTarget,
    ) -> None:
        self.sid = new_sid("CA")
        self.parties = parties
        self.status = Status.QUEUED
        self.created_at = utc_now()
        self.answered_at: datetime | None = None
        self.answered_by: str | None = None
        self.ended_at: datetime | None = None
        self.timeline = Timeline()
        self.notifications: list[Notification] = []
        self.phone: Phone | None = None
        self._person = person
        self._webhooks = webhooks
        self._ticker = ticker
        self._callbacks = Callbacks(webhooks, callbacks, self.notify)
        self._closing: list[asyncio.Task[None]] = []
        self._next: Work | None = None
        self._working: asyncio.Task[Status] | None = None
        self._ordered_end: Status | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._ended = asyncio.Event()
        self._moved = asyncio.Event()

    # ------------------------------------------------------------ what it is

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def is_ending(self) -> bool:
        return self._ordered_end is not None

    @property
    def duration_s(self) -> int:
        """Whole seconds from the answer to the end (or now); 0 when it was never answered."""
        if self.answered_at is None:
            return 0
        return round(((self.ended_at or utc_now()) - self.answered_at).total_seconds())

    def parameters(self) -> dict[str, str]:
        """What Twilio tells the product about a call with every request."""
        parties = self.parties
        from_country, to_country = country_of(parties.from_), country_of(parties.to)
        parameters = {
            "CallSid": self.sid,
            "AccountSid": parties.account_sid,
            "ApiVersion": API_VERSION,
            "CallStatus": self.status.value,
            "Direction": parties.direction.value,
            "From": parties.from_,
            "Caller": parties.from_,
            "FromCountry": from_country,
            "CallerCountry": from_country,
            "To": parties.to,
            "Called": parties.to,
            "ToCountry": to_country,
            "CalledCountry": to_country,
        }
        if parties.parent_sid:
            parameters["ParentCallSid"] = parties.parent_sid
        return parameters

    # ------------------------------------------------------------ what happens to it

    def start(self, work: Work) -> asyncio.Task[None]:
        return asyncio.create_task(self._run(work), name=f"call {self.sid}")

    def move_to(self, status: Status) -> None:
        """Take the next status, with its status callback."""
        self.status = status
        self.timeline.add(Kind.STATUS, status=status.value)
        self._callbacks.send(_EVENTS[status], self._callback_parameters())
        self._moved.set()

    def answer(self) -> Phone:
        """Pick up, if nobody has yet: from now on audio flows."""
        if self.phone is None:
            performer = Performer(self._person.script, self._person.parts, self.timeline)
            self.phone = Phone(performer, self.timeline, self.hang_up)
            self.answered_at = utc_now()
            self.move_to(Status.IN_PROGRESS)
            self._ticker.add(self)
        return self.phone

    def hang_up(self) -> None:
        """The person at the far end hangs up."""
        self.end(Status.COMPLETED if self.is_answered else Status.NO_ANSWER, by="caller")

    def end(self, status: Status, *, by: str) -> None:
        """Let the call end with this status; the first order counts."""
        if self._ordered_end is None and not self.has_ended:
            self._ordered_end = status
            self.note_hang_up(by)
            self._interrupt()

    def end_after(self, seconds: float) -> None:
        """The longest the call may last from now."""
        self._limit = asyncio.get_running_loop().call_later(
            seconds, lambda: self.end(Status.COMPLETED, by="carrier")
        )

    def redirect(self, work: Work) -> None:
        """Drop the present work for this one."""
        self._next = work
        self._interrupt()

    def notify(self, error: CallError) -> None:
        """Write an error or a warning down."""
        self.notifications.append(
            Notification(
                sid=new_sid("NO"),
                problem=error.problem,
                message=error.message,
                at=utc_now(),
                url=error.url,
                method=error.method,
            )
        )
        self.timeline.add(Kind.NOTIFICATION, code=error.problem.value, message=error.message)

    def note_hang_up(self, by: str) -> None:
        if not self.timeline.of(Kind.HUNG_UP):
            self.timeline.add(Kind.HUNG_UP, by=by)

    def request_when_over(self, url: str, method: str, extra: Mapping[str, str]) -> None:
        """A last request whose answer no longer matters, with the call's final status."""
        self._closing.append(asyncio.create_task(self._last_request(url, method, extra)))

    # ------------------------------------------------------------ waiting for it

    async def wait_over(self) -> None:
        """Wait for the end of the call itself."""
        await self._ended.wait()

    async def wait_ended(self) -> None:
        """Wait for the end, with all status callbacks and last requests made."""
        await self.wait_over()
        await self._callbacks.delivered()
        if self._closing:
            await asyncio.wait(self._closing)

    async def wait_answered_or_ended(self) -> bool:
        """True when the call is answered (it may have ended meanwhile)."""
        while not self.is_answered and not self.has_ended:
            self._moved.clear()
            await self._moved.wait()
        return self.is_answered

    async def wait_for(self, kind: Kind, count: int = 1) -> Happening:
        """Wait until something has happened ``count`` times. Raises ``LookupError`` when the call
        ends before."""
        enough = asyncio.Event()

        def look(_: Happening) -> None:
            if len(self.timeline.of(kind)) >= count or self.has_ended:
                enough.set()

        unwatch = self.timeline.watch(look)
        try:
            if len(self.timeline.of(kind)) < count and not self.has_ended:
                await enough.wait()
        finally:
            unwatch()
        found = self.timeline.of(kind)
        if len(found) < count:
            raise LookupError(f"the call ended with {len(found)} of {count} × {kind}")
        return found[count - 1]

    # ------------------------------------------------------------ ticking

    def tick(self) -> None:
        if self.phone is not None:
            self.phone.tick()

    def fail(self, error: Exception) -> None:
        self.end(Status.FAILED, by="carrier")

    # ------------------------------------------------------------ inside

    async def _run(self, first: Work) -> None:
        self._next = first
        outcome = Status.COMPLETED
        try:
            while self._next is not None and self._ordered_end is None:
                work, self._next = self._next, None
                self._working = asyncio.create_task(work())
                await asyncio.wait({self._working})
                outcome = self._outcome(self._working)
        finally:
            self._finish(self._ordered_end or outcome)

    def _outcome(self, done: asyncio.Task[Status]) -> Status:
        if done.cancelled():
            return Status.COMPLETED
        error = done.exception()
        if error is not None:
            logger.error("a call broke", exc_info=error)
            return Status.FAILED
        return done.result()

    def _interrupt(self) -> None:
        if self._working is not None:
            self._working.cancel()

    def _finish(self, status: Status) -> None:
        self._ticker.remove(self)
        if self._limit is not None:
            self._limit.cancel()
        if self.phone is not None:
            self.phone.put_down()
        self.note_hang_up("carrier" if status is Status.FAILED else "agent")
        self.ended_at = utc_now()
        self.move_to(status)
        self._ended.set()

    def _callback_parameters(self) -> dict[str, str]:
        parameters = self.parameters() | {"CallbackSource": "call-progress-events"}
        if self.has_ended:
            parameters["CallDuration"] = str(self.duration_s)
            parameters["Duration"] = str(-(-self.duration_s // 60))
        return parameters

    async def _last_request(self, url: str, method: str, extra: Mapping[str, str]) -> None:
        await self._ended.wait()
        try:
            await self._webhooks.request(url, method, {**self.parameters(), **extra})
        except CallError as error:
            self.notify(error)
