"""What a call comes to is told to its dial, by the decision that both have."""

from collections.abc import Mapping

from calls.enums import UNDER_WAY, AnsweredBy, CallStatus, Direction, EndReason
from calls.models import Call
from calls.services import DECISION
from leads.dialing import services as dialing
from leads.enums import DialResult

RESULTS: Mapping[str, DialResult] = {
    CallStatus.COMPLETED: DialResult.ANSWERED,
    CallStatus.ESCALATED: DialResult.ANSWERED,
    CallStatus.BUSY: DialResult.BUSY,
    CallStatus.NO_ANSWER: DialResult.NO_ANSWER,
    CallStatus.CANCELED: DialResult.NO_ANSWER,
    CallStatus.FAILED: DialResult.FAILED,
}
MACHINES: Mapping[AnsweredBy, DialResult] = {
    AnsweredBy.MACHINE: DialResult.VOICEMAIL,
    AnsweredBy.FAX: DialResult.FAILED,
}


def tell_dial(call_id: str) -> None:
    """Bring the dial of an outbound call to where the call is; told again, nothing changes."""
    call = Call.objects.filter(public_id=call_id, direction=Direction.OUTBOUND).first()
    dial = dialing.dial_of_decision(call.metadata.get(DECISION, "")) if call else None
    if call is None or dial is None:
        return
    if call.status == CallStatus.IN_PROGRESS:
        dialing.note_answered(dial)
        if call.answered_by == AnsweredBy.MACHINE:
            dialing.note_machine(dial)
    elif call.status not in UNDER_WAY:
        dialing.note_ended(dial, result_of(call), error=call.error or _fax(call))


def result_of(call: Call) -> DialResult:
    """Of a call that is over. One that nobody ever took was not answered, whoever hung up."""
    if call.end_reason == EndReason.SUPPRESSED:
        return DialResult.BLOCKED
    if call.status == CallStatus.COMPLETED and call.answered_at is None:
        return DialResult.NO_ANSWER
    if call.answered_by in MACHINES and RESULTS[call.status] == DialResult.ANSWERED:
        return MACHINES[AnsweredBy(call.answered_by)]
    return RESULTS[call.status]


def _fax(call: Call) -> str:
    return "A fax machine answered." if call.answered_by == AnsweredBy.FAX else ""
