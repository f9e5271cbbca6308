"""What an opt-out on the phone changes, watched from outside while the call goes on.

Meanwhile a dial to the same number is queued, as a campaign or another rep might have done. The
moment the caller is suppressed the gate refuses it, and that stands in the ledger.
"""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from calls.models import Call
from leads.dialing.services import request_dial
from leads.enums import DialKind, DialOrigin, DialStatus, LeadSource
from leads.models import Dial, DialDecision, Suppression
from leads.services import ensure_lead, is_suppressed
from salesdesk.businesses.models import Business

SCENARIO = "opt-out"
AREA_CODES = ("202", "212", "303", "312", "404", "415", "503", "512", "602", "617", "702", "718")
LATER = timedelta(hours=1)


def fresh_number(business: Business) -> str:
    """A fictional number (555-0100 to 555-0199) that the business may still call."""
    choices = [f"+1{area}55501{last:02}" for area in AREA_CODES for last in range(100)]
    random.shuffle(choices)
    return next((each for each in choices if not is_suppressed(business, each)), choices[0])


class OptOutWatch:
    """``look`` is called again and again while the call goes on."""

    def __init__(self, sid: str) -> None:
        self._sid = sid
        self._dial: Dial | None = None

    def look(self) -> None:
        """Queue a dial to the caller, for later, as soon as the product knows the call."""
        if self._dial is not None:
            return
        call = Call.objects.filter(sid=self._sid, business__isnull=False).first()
        if call is None or call.business is None or not call.is_under_way:
            return
        phone = call.customer_number
        lead, _ = ensure_lead(call.business, source=LeadSource.CALL_IN, phone=phone)
        self._dial = request_dial(
            lead, kind=DialKind.AI, origin=DialOrigin.MANUAL, not_before=timezone.now() + LATER
        )

    def result(self) -> dict[str, Any]:
        """Whether, and how long before its end, the caller was suppressed in the call; what became
        of the dial, and the line of the ledger that refused it. Empty parts did not happen.
        """
        call = Call.objects.filter(sid=self._sid).first()
        return {**_suppressed(call), **_dial(self._dial)} if call else {}

    def is_settled(self) -> bool:
        """Whether what follows the suppression has been done."""
        dial = self._refreshed()
        return dial is None or dial.status != DialStatus.QUEUED

    def _refreshed(self) -> Dial | None:
        if self._dial is not None:
            self._dial.refresh_from_db()
        return self._dial


def _suppressed(call: Call) -> dict[str, Any]:
    row = Suppression.objects.filter(business=call.business, phone=call.customer_number).first()
    told = {"number": call.customer_number, "suppressed": row is not None}
    if row is None or call.ended_at is None:
        return told
    return told | {
        "suppressed_at": row.created_at.isoformat(),
        "call_ended_at": call.ended_at.isoformat(),
        "seconds_before_the_end": round((call.ended_at - row.created_at).total_seconds(), 2),
        "suppressed_before_the_end": row.created_at < call.ended_at,
    }


def _dial(dial: Dial | None) -> dict[str, Any]:
    if dial is None:
        return {"dial": None, "ledger": None}
    dial.refresh_from_db()
    queued = {"queued_at": dial.created_at.isoformat(), "status": dial.status}
    return {"dial": queued, "ledger": _line(dial.decision) if dial.decision else None}


def _line(decision: DialDecision) -> dict[str, Any]:
    return {
        "id": decision.public_id,
        "at": decision.at.isoformat(),
        "phone": decision.phone,
        "allowed": decision.allowed,
        "reasons": list(decision.reasons),
        "in_words": decision.sentences,
    }
