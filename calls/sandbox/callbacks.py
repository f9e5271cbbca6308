"""Status callbacks: one after the other, each tried twice."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime

from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.sids import utc_now
from calls.sandbox.webhooks import Webhooks

EVENTS = ("initiated", "ringing", "answered", "completed")
ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class CallbackTarget:
    """Where to send which events; no URL means nowhere."""

    url: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ("completed",)


class Callbacks:
    """The callbacks of one call or stream, delivered in the order in which they were sent."""

    def __init__(
        self,
        webhooks: Webhooks,
        target: CallbackTarget,
        on_failure: Callable[[CallError], None],
    ) -> None:
        self._webhooks = webhooks
        self._target = target
        self._on_failure = on_failure
        self._sequence = 0
        self._last: asyncio.Task[None] | None = None

    def send(self, event: str, params: Mapping[str, str]) -> None:
        """Queue the event if it was asked for; ``params`` are as they are now."""
        if not self._target.url or event not in self._target.events:
            return
        stamped = {
            **params,
            "Timestamp": format_datetime(utc_now()),
            "SequenceNumber": str(self._sequence),
        }
        self._sequence += 1
        self._last = asyncio.create_task(self._deliver(stamped, after=self._last))

    async def delivered(self) -> None:
        """Wait until every callback sent so far has arrived or was given up."""
        if self._last is not None:
            await asyncio.wait({self._last})

    async def _deliver(
        self, params: Mapping[str, str], *, after: "asyncio.Task[None] | None"
    ) -> None:
        if after is not None:
            await asyncio.wait({after})
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._webhooks.request(self._target.url, self._target.method, params)
            except CallError as error:
                if attempt == ATTEMPTS:
                    self._give_up(error)
            else:
                return

    def _give_up(self, error: CallError) -> None:
        self._on_failure(
            CallError(
                Problem.CALLBACK_FAILED,
                f"A status callback was not accepted. {error.message}",
                url=error.url,
                method=error.method,
            )
        )
