"""The words that calls are stored with."""

from collections.abc import Mapping

from django.db import models


class Direction(models.TextChoices):
    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class CallStatus(models.TextChoices):
    INITIATED = "initiated", "Initiated"
    RINGING = "ringing", "Ringing"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    ESCALATED = "escalated", "Escalated"
    BUSY = "busy", "Busy"
    NO_ANSWER = "no_answer", "No answer"
    CANCELED = "canceled", "Canceled"


UNDER_WAY = (CallStatus.INITIATED, CallStatus.RINGING, CallStatus.IN_PROGRESS)
"""A call in one of these may still change; in any other it is over."""

MAY_FOLLOW: Mapping[CallStatus, tuple[CallStatus, ...]] = {
    CallStatus.INITIATED: (),
    CallStatus.RINGING: (CallStatus.INITIATED,),
    CallStatus.IN_PROGRESS: (CallStatus.INITIATED, CallStatus.RINGING),
    CallStatus.COMPLETED: UNDER_WAY,
    CallStatus.FAILED: UNDER_WAY,
    CallStatus.ESCALATED: (CallStatus.IN_PROGRESS,),
    CallStatus.BUSY: UNDER_WAY,
    CallStatus.NO_ANSWER: UNDER_WAY,
    CallStatus.CANCELED: UNDER_WAY,
}
"""From which statuses a call may come to each."""

STATUS_OF_TWILIO: Mapping[str, CallStatus] = {
    "queued": CallStatus.INITIATED,
    "initiated": CallStatus.INITIATED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
    "completed": CallStatus.COMPLETED,
    "busy": CallStatus.BUSY,
    "failed": CallStatus.FAILED,
    "no-answer": CallStatus.NO_ANSWER,
    "canceled": CallStatus.CANCELED,
}
"""Twilio's call statuses (Voice API, Call resource) in our words."""


class AnsweredBy(models.TextChoices):
    """Who answered an outbound call; one that is not known is treated as a person."""

    HUMAN = "human", "A person"
    MACHINE = "machine", "An answering machine"
    FAX = "fax", "A fax machine"
    UNKNOWN = "unknown", "Not known"


ANSWERED_BY_OF_TWILIO: Mapping[str, AnsweredBy] = {
    "human": AnsweredBy.HUMAN,
    "machine_start": AnsweredBy.MACHINE,
    "machine_end_beep": AnsweredBy.MACHINE,
    "machine_end_silence": AnsweredBy.MACHINE,
    "machine_end_other": AnsweredBy.MACHINE,
    "fax": AnsweredBy.FAX,
    "unknown": AnsweredBy.UNKNOWN,
}
"""Twilio's ``AnsweredBy`` (https://www.twilio.com/docs/voice/answering-machine-detection)."""


class LegRole(models.TextChoices):
    CUSTOMER = "customer", "Customer"
    REP = "rep", "Rep"


class BridgeStatus(models.TextChoices):
    RINGING = "ringing", "The rep's phone rings"
    ASKED = "asked", "The rep is asked for a key"
    JOINED = "joined", "The rep is in the conference"
    OVER = "over", "Over"


class Speaker(models.TextChoices):
    CALLER = "caller", "Customer"
    AGENT = "agent", "Agent"
    REP = "rep", "Rep"
    SYSTEM = "system", "System"


class EndReason(models.TextChoices):
    """Why a call or its media stream ended. Failures are the ones in ``BROKEN``."""

    CALLER_HUNG_UP = "caller_hung_up", "The customer hung up"
    AGENT_SAID_GOODBYE = "agent_goodbye", "The agent said goodbye"
    NO_INPUT = "no_input", "The customer said nothing"
    TOO_LONG = "too_long", "The longest call of this business was reached"
    ENDED_BY_MANAGER = "ended_by_manager", "A manager ended it"
    ENGINE_FAILED = "engine_failed", "The voice engine failed"
    RECORDER_FAILED = "recorder_failed", "The transcript could not be stored"
    MEDIA_FAILED = "media_failed", "The audio connection broke"
    UNKNOWN_NUMBER = "unknown_number", "Nobody answers at the dialled number"
    CARRIER_REFUSED = "carrier_refused", "The carrier refused the call"
    NOT_REACHED = "not_reached", "The customer was not reached"
    LOST = "lost", "The carrier stopped telling about it"
    SUPPRESSED = "suppressed", "The number must not be called any more"
    REP_HUNG_UP = "rep_hung_up", "The rep hung up"
    MACHINE = "machine", "A machine answered"


BROKEN = (EndReason.ENGINE_FAILED, EndReason.RECORDER_FAILED, EndReason.MEDIA_FAILED)


class NoteCategory(models.TextChoices):
    GENERAL = "general", "General"
    COACHING = "coaching", "Coaching"
    FOLLOW_UP = "follow_up", "Follow-up"
    COMPLIANCE = "compliance", "Compliance"
    CUSTOMER = "customer", "Customer"
