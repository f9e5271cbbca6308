"""The agent's call to somebody whose answering machine takes it, as a campaign would place it."""

import random
import time
from typing import Any

from django.core.management.base import CommandError

from calls.management.opt_out import AREA_CODES
from calls.management.sandbox_client import SandboxClient
from calls.models import Call
from leads.consent import record_consent
from leads.dialing.services import request_dial
from leads.enums import ConsentKind, ContactKind, DialKind, DialOrigin, GateReason, LeadSource
from leads.gate import clock
from leads.gate.callers import caller_of
from leads.gate.decide import decide
from leads.gate.reading import Contacting, read_facts
from leads.models import Dial
from leads.services import ensure_lead
from salesdesk.businesses.models import Business

SCENARIO = "voicemail"
CONSENT = "You may call me, also by an AI voice."
PLACED_WITHIN_S, POLL_S = 30.0, 0.2
ELSEWHERE = ("+1808555{:04}", "+1671555{:04}", "+442079460{:03}")
"""Fictional numbers where it is day while America sleeps: Hawaii, Guam, Great Britain."""


class MachineCall:
    """``place`` has the agent call; ``result`` tells what was left on the machine."""

    def __init__(self, business: Business) -> None:
        self._business = business
        self._dial: Dial | None = None

    def place(self, sandbox: SandboxClient) -> str:
        """The carrier's id of the call. Raises ``CommandError`` where it is not placed."""
        number = number_to_call(self._business)
        sandbox.put_behind(number, SCENARIO)
        lead, _ = ensure_lead(self._business, source=LeadSource.WEB_FORM, phone=number)
        record_consent(lead, ConsentKind.AI_VOICE, is_given=True, wording=CONSENT, proof="Sandbox")
        self._dial = request_dial(lead, kind=DialKind.AI, origin=DialOrigin.MANUAL)
        return self._placed(self._dial)

    def look(self) -> None:
        """Nothing is done while it goes on."""

    def is_settled(self) -> bool:
        if self._dial is None:
            return True
        self._dial.refresh_from_db()
        return self._dial.is_over

    def result(self) -> dict[str, Any]:
        """Who answered, how often a message was left, its words, and the dial."""
        assert self._dial is not None, "it was placed"
        self._dial.refresh_from_db()
        call = Call.objects.get(public_id=self._dial.call_id)
        said = [each.text for each in call.utterances.in_order() if each.speaker == "agent"]
        return {
            "answered_by": call.answered_by,
            "messages_left": call.events.filter(kind="machine.message").count(),
            "agent_said": said,
            "dial": {"status": self._dial.status, "result": self._dial.result},
        }

    def _placed(self, dial: Dial) -> str:
        deadline = time.monotonic() + PLACED_WITHIN_S
        while time.monotonic() < deadline:
            dial.refresh_from_db()
            call = Call.objects.filter(public_id=dial.call_id).exclude(sid=None).first()
            if call is not None and call.sid:
                return call.sid
            if dial.is_over:
                refused = " ".join(dial.decision.sentences) if dial.decision else ""
                raise CommandError(f"The call was not placed. {refused or dial.error}")
            time.sleep(POLL_S)
        raise CommandError("The call was not placed in time; is a worker running?")


def number_to_call(business: Business) -> str:
    """A fictional number that may be called at this moment, but for its consent.

    Raises ``CommandError`` with the gate's reasons where there is none.
    """
    reasons: set[GateReason] = set()
    for number in _candidates():
        whom = Contacting(business, ContactKind.AI, number, caller=caller_of(business))
        against = set(decide(read_facts(whom, clock.now())).reasons)
        if against <= {GateReason.AI_CONSENT_MISSING}:
            return number
        reasons |= against - {GateReason.AI_CONSENT_MISSING}
    told = " ".join(str(reason.label) for reason in reasons)
    raise CommandError(f"Nobody may be called at this moment. {told}")


def _candidates() -> list[str]:
    """Some of each place, in any order."""
    places = [f"+1{area}555{{:04}}" for area in AREA_CODES] + list(ELSEWHERE)
    lasts = random.sample(range(100, 200), 3)
    numbers = [each.format(last) for each in places for last in lasts]
    return random.sample(numbers, k=len(numbers))
