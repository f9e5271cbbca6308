"""When a caller wants a person, is upset, or lets the keys of the phone speak."""

import re
from datetime import date

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.offline import edges, visits
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.capturing import asked_key, spec_of
from salesdesk.assistant.offline.phrases import (
    ANYTHING_ELSE,
    CALL_BACK_OFFER,
    DOES_NOT_WORK,
    GOODBYE,
    NO_TRANSFER,
    PERSON_NOTED,
    SORRY,
    WHAT_SHOULD_THEY_KNOW,
)
from salesdesk.assistant.offline.qualifying import carry_on
from salesdesk.assistant.offline.turn import Answer, Asking, Turn
from salesdesk.assistant.reading.contacts import read_phone
from salesdesk.assistant.reading.numbers import spoken_words
from salesdesk.assistant.reading.result import Setting

REQUESTED = "requested"
"""The note that a person was asked for in this conversation."""
NO_PERSON = (
    f"{DOES_NOT_WORK} I could not pass on your wish for a person. Please call again a little later."
)
_DEPARTMENTS = (
    (r"\b(billing|bill|invoice|accounting|accounts|payment)\b", "billing"),
    (r"\b(sales)\b", "sales"),
    (r"\b(repairs?|service|support|technician)\b", "service"),
)


def who_speaks(turn: Turn) -> Answer | None:
    if not caller.asks_who_speaks(turn.text):
        return None
    return Answer(
        f"I am the automated assistant of {turn.business}, not a person. "
        "If you would rather talk to somebody, just say so.",
        asking=turn.asking,
    )


def person(turn: Turn) -> Answer | None:
    if not caller.wants_person(turn.text):
        return None
    return _request_again(turn) if turn.note(REQUESTED) else request(turn)


def request(turn: Turn, opening: str = "", *, reason: str = "Asked for a person") -> Answer:
    """Ask for a person, and say so if it has worked."""
    opening = opening or f"I understand. {NO_TRANSFER}"
    if not requested(turn, f"{reason}: {turn.text}", is_urgent=is_upset(turn)):
        return Answer(f"I understand. {NO_PERSON}")
    return Answer(f"{opening} {PERSON_NOTED} {WHAT_SHOULD_THEY_KNOW}")


def _request_again(turn: Turn) -> Answer:
    return Answer(
        "I hear you, and I am sorry that I am only a machine. "
        "Your request stands: a person should call you back as soon as possible."
    )


def requested(turn: Turn, reason: str, *, is_urgent: bool = False) -> bool:
    """Whether a person could be asked for, with this reason; asked for once."""
    if turn.notes.get(REQUESTED):
        return True
    urgency = {"urgency": "high" if is_urgent else "normal"}
    asked = turn.result(
        "escalate",
        "The customer needs a person.",
        reason=reason[:300],
        **urgency,
        **_details(turn.text),
    )
    if not asked.data.get("request"):
        return False
    turn.keep[REQUESTED] = asked.data["request"]
    return True


def _details(text: str) -> dict[str, str]:
    department = next((name for sign, name in _DEPARTMENTS if re.search(sign, text, re.I)), "")
    given = {"department": department, "callback_phone": _number_in(text)}
    return {name: value for name, value in given.items() if value}


def _number_in(text: str) -> str:
    """The phone number that was said, in digits or words, as E.164; or nothing."""
    has_digits = any(word[0].isdigit() for word in spoken_words(text))
    if not has_digits:
        return ""
    return str(read_phone(_PHONE, text, Setting(date.min)).value or "")


_PHONE = FieldSpec("phone", "Phone number", FieldType.PHONE)


def is_upset(turn: Turn) -> bool:
    return any(map(caller.complains, [turn.text, *turn.conversation.caller_lines()]))


def when_to_call(turn: Turn) -> Answer | None:
    """When somebody may, or may not, be called: put down, and asked of a person."""
    if edges.limits_calls(turn.text):
        return _noted(turn, f"About calls: {turn.text}", "I have noted when you may be called.")
    if not edges.wants_call_later(turn.text):
        return None
    if not requested(turn, f"Wants a call: {turn.text}"):
        return Answer(NO_PERSON)
    done = "I have asked for a person to call you back, and passed on what you said."
    if turn.outbound:
        return Answer(f"Of course. {done} {GOODBYE}", "call_back")
    return Answer(f"Of course. {done} {ANYTHING_ELSE}")


def complaint(turn: Turn) -> Answer | None:
    """Taken seriously the first time; the second time a person is asked for at once."""
    if not caller.complains(turn.text):
        return None
    if not turn.said_before(SORRY):
        noted = turn.result("write_note", "A complaint.", text=f"Complaint: {turn.text}"[:500]).data
        kept = "That is not how it should be, and I have noted it." if noted else _NOT_RIGHT
        reason = f"Complaint: {turn.text}"[:300]
        return Answer(
            f"{SORRY} {kept} {CALL_BACK_OFFER}", asking=Asking("call_back", {"reason": reason})
        )
    sorry = "You have every reason to be upset, and I am sorry."
    if turn.note(REQUESTED):
        return Answer(f"{sorry} A person should call you back as soon as possible.")
    opening = f"{sorry} I cannot put this right myself, but people can."
    return request(turn, opening, reason="Complaint")


_NOT_RIGHT = "That is not how it should be."


def about_call_back(turn: Turn) -> Answer | None:
    """The answer to the offer of a call back."""
    text = turn.text
    if turn.note("offered") and visits.accepts_booking(text):
        return None
    if caller.says_yes(text) or caller.wants_call(text):
        reason = str(turn.asking.about.get("reason") or f"Wants to be called back: {text}")
        if requested(turn, reason, is_urgent=is_upset(turn)):
            return Answer(f"Thank you. {PERSON_NOTED} {ANYTHING_ELSE}")
        return Answer(NO_PERSON)
    if caller.says_no(text) and not caller.is_question(text) and not caller.complains(text):
        return Answer(f"All right. {ANYTHING_ELSE}")
    return None


def about_note(turn: Turn) -> Answer | None:
    """What a person should know before they call."""
    if caller.says_no(turn.text) and len(turn.text.split()) <= FEW_WORDS:
        return Answer(f"All right. {ANYTHING_ELSE}")
    if caller.is_question(turn.text) or caller.complains(turn.text):
        return None
    return _noted(turn, turn.text, "Thank you, that is noted as well.")


FEW_WORDS = 6


def _noted(turn: Turn, text: str, done: str) -> Answer:
    if turn.result("write_note", "For the people who call back.", text=text[:500]).data:
        return Answer(f"{done} {ANYTHING_ELSE}")
    return Answer(f"{DOES_NOT_WORK} {ANYTHING_ELSE}")


def keys(turn: Turn) -> Answer | None:
    """Typed digits: zero asks for a person, others are put down unless they answer a field."""
    typed = caller.pressed_keys(turn.text)
    spec = spec_of(turn, asked_key(turn)) if typed else None
    if not typed or (spec and spec.type in (FieldType.PHONE, FieldType.NUMBER, FieldType.MONEY)):
        return None
    if typed == "0":
        return person(turn.with_text("I want to talk to a person."))
    return _noted(turn, f"Typed on the phone: {typed}", f"Thank you, I have noted {typed}.")


def not_interested(turn: Turn) -> Answer | None:
    if not caller.is_not_interested(turn.text):
        return None
    if turn.outbound or len(turn.text.split()) <= FEW_WORDS:
        return Answer(f"I understand, and thank you for telling me. {GOODBYE}", "not_interested")
    return carry_on(turn, "I understand.")
