"""The history of a call in words."""

from collections.abc import Mapping

from calls.enums import AnsweredBy, CallStatus, EndReason
from calls.models import CallEvent

SENTENCES: Mapping[str, str] = {
    "status.ringing": "The phone is ringing.",
    "status.in_progress": "The call was answered.",
    "status.completed": "The call ended.",
    "status.failed": "The call failed.",
    "status.escalated": "The call was handed to a person.",
    "status.busy": "The line was busy.",
    "status.no_answer": "Nobody answered.",
    "status.canceled": "The call was canceled before it was answered.",
    "machine.message": "The message was left.",
    "supervisor.end": "{who} ended the call.",
    "supervisor.pause": "{who} paused the agent.",
    "supervisor.resume": "{who} let the agent talk again.",
    "supervisor.say": "{who} had the agent say: “{text}”",
    "supervisor.instruct": "{who} told the agent: “{text}”",
    "engine.usage": "The voice engine counted its use.",
    "engine_reconnected": "The voice engine was connected anew.",
    "session_rolled_over": "The voice session was renewed, the conversation carried over.",
    "answer_retried": "An answer had to be asked for again.",
    "answer_delayed": "An answer took longer than usual.",
    "answer_incomplete": "An answer broke off.",
    "transcription_failed": "Something the customer said could not be transcribed.",
    "provider_error": "The voice provider reported an error.",
}

DETECTORS: Mapping[str, str] = {
    "carrier": "as the carrier found out",
    "words": "by the words heard",
    "conversation": "since the agent was answered",
}

ICONS: Mapping[str, str] = {
    "call.started": "phone",
    "status.in_progress": "phone-call",
    "status.completed": "circle-check",
    "status.failed": "circle-alert",
    "status.escalated": "phone-forwarded",
    "status.busy": "phone-off",
    "status.no_answer": "phone-missed",
    "status.canceled": "phone-off",
    "stream.ended": "phone-off",
    "machine.message": "volume-2",
    "supervisor.end": "circle-stop",
    "supervisor.pause": "pause",
    "supervisor.resume": "play",
    "supervisor.say": "volume-2",
    "supervisor.instruct": "send",
    "provider_error": "triangle-alert",
}


def sentence_of(event: CallEvent) -> str:
    """What happened, for people; a kind that is not known here is told by its name."""
    who = str(event.user) if event.user else "Somebody"
    if event.kind == "call.started":
        return _beginning(event, who)
    if event.kind == "carrier.status":
        return f"The carrier reported “{_label(CallStatus, event.detail.get('status'))}”."
    if event.kind == "call.answered_by":
        return _answered(event)
    if event.kind == "stream.ended":
        return f"The audio ended: {_label(EndReason, event.detail.get('reason')).lower()}."
    sentence = SENTENCES.get(event.kind)
    if sentence is None:
        return event.kind.replace(".", ": ").replace("_", " ").capitalize() + "."
    return sentence.format(who=who, text=event.detail.get("text", ""))


def _beginning(event: CallEvent, who: str) -> str:
    if event.detail.get("direction") == "inbound":
        return "A customer called."
    placed_by = event.call.placed_by
    return (
        f"{placed_by or who} placed the call."
        if placed_by or event.user
        else "The call was placed."
    )


def _answered(event: CallEvent) -> str:
    who = _label(AnsweredBy, event.detail.get("answered_by"))
    by = DETECTORS.get(str(event.detail.get("by")), "by what was heard")
    return f"Who answered: {who.lower()}, {by}."


def _label(kind: type[CallStatus] | type[EndReason] | type[AnsweredBy], value: object) -> str:
    return str(kind(value).label) if value in kind.values else "unknown"


def icon_of(event: CallEvent) -> str:
    return ICONS.get(event.kind, "info")
