"""Answers to what the agent itself has asked, and corrections of answers given before."""

from dataclasses import dataclass

from salesdesk.assistant.enums import AgentName
from salesdesk.assistant.offline import (
    appointments,
    booking,
    capturing,
    closing,
    objections,
    offering,
    people,
    qualifying,
    wishes,
)
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.phrases import GOODBYE
from salesdesk.assistant.offline.turn import Answer, Rule, Turn


@dataclass(frozen=True, slots=True)
class Reply:
    rule: Rule
    agent: str = ""


def to_our_question(turn: Turn) -> Answer | None:
    """The answer to what was asked last; nothing where the caller speaks of something else."""
    reply = REPLIES.get(_asked(turn))
    if reply is None:
        return None
    turn.agent = reply.agent
    return reply.rule(turn)


def _asked(turn: Turn) -> str:
    if turn.asking.what:
        return turn.asking.what
    return "minute" if caller.is_asked_for_time(turn.last_line) else ""


def settled(turn: Turn) -> Answer | None:
    """What a “yes” or “no” before a goodbye settles."""
    return to_our_question(turn)


def correction(turn: Turn) -> Answer | None:
    """“No, Friday I meant”: the appointment that was made, or the last fact, is set right."""
    if not caller.corrects(turn.text) or turn.asking.what in _SETTLE_THEMSELVES:
        return None
    if changed := appointments.changed_mind(turn):
        return changed
    turn.agent = ""
    if turn.note(capturing.LAST) and not wishes.wish_in(turn):
        got = capturing.caught(turn)
        if got.keys:
            turn.agent = AgentName.LEAD
            return qualifying.carry_on(turn, "Thank you for putting that right.")
    return None


_SETTLE_THEMSELVES = (offering.OFFER, "time", "cancel", "which", "read_back")


def _about_anything_else(turn: Turn) -> Answer | None:
    if not caller.is_only_filler(turn.text):
        return None
    if caller.says_no(turn.text):
        return closing.farewell(turn)
    if caller.thanks(turn.text):
        return None
    return Answer("Go ahead, I am listening.") if caller.says_yes(turn.text) else None


def _about_a_minute(turn: Turn) -> Answer | None:
    if caller.is_not_interested(turn.text):
        return None
    if caller.says_no(turn.text) or caller.has_no_time(turn.text):
        return Answer(f"Then I will not keep you. {GOODBYE}", "no_time")
    if not caller.says_yes(turn.text) or caller.is_question(turn.text):
        return None
    turn.agent = AgentName.LEAD
    return qualifying.interview(turn)


_CALENDAR, _LEAD = AgentName.CALENDAR, AgentName.LEAD
REPLIES: dict[str, Reply] = {
    offering.OFFER: Reply(booking.about_offer, _CALENDAR),
    "time": Reply(booking.about_time, _CALENDAR),
    "cancel": Reply(appointments.about_cancel, _CALENDAR),
    "which": Reply(appointments.about_which, _CALENDAR),
    "find_one": Reply(appointments.about_finding_one, _CALENDAR),
    "field": Reply(qualifying.about_field, _LEAD),
    "read_back": Reply(qualifying.about_read_back, _LEAD),
    "call_back": Reply(people.about_call_back),
    "note_for_person": Reply(people.about_note),
    "anything_else": Reply(_about_anything_else),
    "minute": Reply(_about_a_minute),
    "off_list": Reply(objections.about_list),
}
