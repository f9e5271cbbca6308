"""The demo's first call: rung by the sandbox carrier, followed in the product as it is spoken."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections

from calls.management.sandbox_client import SandboxClient
from calls.models import Call
from salesdesk.lib.errors import SalesdeskError

LONGEST_SECONDS = 300.0
POLL_SECONDS = 0.4
UNDER_WAY_AT_CARRIER = ("queued", "initiated", "ringing", "in-progress")


class NoCall(SalesdeskError):
    """The call did not come about, or does not come to an end; the message says which."""

    code = "no_call"


class FirstCall:
    """A recorded caller who rings a number of the product; `take` lets it happen, once."""

    def __init__(
        self, addresses: dict[str, str], *, number: str, say: Callable[[str], None]
    ) -> None:
        self._sandbox = SandboxClient(addresses["TWILIO_API_BASE_URL"])
        self._public_url = addresses["PUBLIC_URL"]
        self._number = number
        self._say = say
        self._told: set[int] = set()
        self._found = False

    async def take(self, scenario: str) -> dict[str, Any]:
        """Let that caller ring, tell every utterance as it is stored, and wait for the end.

        Returns `call` (public id), `status`, `seconds`, `utterances` by speaker and
        `first_answer_ms`, from the end of the caller's first words to the agent's first sound.
        Raises NoCall, ProviderError.
        """
        sid = await asyncio.to_thread(self._ring, scenario)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while await self._goes_on(sid):  # noqa: ASYNC110 (two processes, no event)
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise NoCall(f"The call has not ended after {LONGEST_SECONDS:.0f} s.") from None
        return await self._summary(sid)

    def _ring(self, scenario: str) -> str:
        self._sandbox.give_number(self._number, public_url=self._public_url)
        return self._sandbox.ring(to=self._number, from_="", scenario=scenario)

    async def _goes_on(self, sid: str) -> bool:
        """Over when both the carrier and the product say so."""
        at_carrier = (await asyncio.to_thread(self._sandbox.call, sid))["status"]
        under_way = await sync_to_async(self._tell_news)(sid)
        return under_way or at_carrier in UNDER_WAY_AT_CARRIER

    def _tell_news(self, sid: str) -> bool:
        """Tell what was said since last time; whether the product has the call still going on."""
        call = Call.objects.filter(sid=sid).first()
        if call is None:
            return False
        if not self._found:
            self._found = True
            self._say(f"A caller rings: {self._public_url}/calls/{call.public_id}/")
        for utterance in call.utterances.in_order().exclude(pk__in=self._told):
            self._told.add(utterance.pk)
            self._say(f"  {utterance.speaker:>7}: {utterance.text}")
        return call.is_under_way

    async def _summary(self, sid: str) -> dict[str, Any]:
        at_carrier = await asyncio.to_thread(self._sandbox.call, sid)
        return await sync_to_async(self._read)(sid, at_carrier["summary"]["first_answer_ms"])

    def _read(self, sid: str, first_answer_ms: int | None) -> dict[str, Any]:
        call = Call.objects.filter(sid=sid).first()
        if call is None:
            raise NoCall(f"The carrier's call {sid} never reached the pages' process.")
        speakers = Counter(call.utterances.values_list("speaker", flat=True))
        connections.close_all()
        return {
            "call": call.public_id,
            "status": call.status,
            "seconds": call.seconds,
            "utterances": dict(speakers),
            "first_answer_ms": first_answer_ms,
        }
