"""What callers hold against buying, answered as the business's playbook says."""

import re

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.sentences import split_sentences
from salesdesk.assistant.loop.state import ObjectionSpec
from salesdesk.assistant.offline import opening
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.capturing import READ_BACK, caught, fields_of
from salesdesk.assistant.offline.phrases import CALL_BACK_OFFER, GOODBYE
from salesdesk.assistant.offline.purposes import purpose
from salesdesk.assistant.offline.qualifying import INTERVIEW, carry_on
from salesdesk.assistant.offline.slots import parts_of
from salesdesk.assistant.offline.turn import Answer, Asking, Turn
from salesdesk.assistant.playbooks.following import objection_in

SHALL_WE_LOOK = "Shall we find a time to look at it at your home?"
_OFF_THE_LIST = re.compile(r"\b(off|from) (the|our) list\b|\bblocked\b", re.I)
_MAIL = re.compile(r"\be-?mail\b", re.I)
ANSWERED = "objections"
"""The note of the objections that were answered; none is answered twice."""


def in_answer(turn: Turn) -> Answer | None:
    """A doubt that comes in place of an answer to an open question of ours."""
    return doubt(turn) if turn.asking.what in _OPEN_QUESTIONS else None


_OPEN_QUESTIONS = ("field", "find_one", "time", "minute", "what_to_know", "anything_else", "doubt")


def doubt(turn: Turn) -> Answer | None:
    """The playbook's answer, and then back to the goal; a second time nobody is pressed."""
    found = _raised(turn)
    if found is None or _only_asks(turn.text):
        return None
    caught(turn)
    answered = list(turn.note(ANSWERED) or [])
    if found.name not in answered:
        turn.keep[ANSWERED] = [*answered, found.name]
        if turn.note(READ_BACK):
            return carry_on(turn, "Thank you.")
        return _and_on(turn, found.answer)
    if turn.outbound and caller.is_not_interested(turn.text):
        return None
    reason = f"Has doubts: {turn.text}"[:300]
    return Answer(
        f"I understand, and I will not press you. {CALL_BACK_OFFER}",
        asking=Asking("call_back", {"reason": reason}),
    )


def _raised(turn: Turn) -> ObjectionSpec | None:
    """The objection in one part of what was said: “a roof … the house is old” is none."""
    found = (objection_in(turn.conversation.playbook, part) for part in parts_of(turn.text))
    return next((each for each in found if each), None)


def _and_on(turn: Turn, answer: str) -> Answer:
    """The answer, and what it asks itself, or else the way back to the goal."""
    if "?" in answer:
        return Answer(answer, asking=_what_it_asks(turn, answer))
    if turn.outbound or turn.note(INTERVIEW):
        return carry_on(turn, answer)
    if turn.asking.what:
        return Answer(answer, asking=turn.asking)
    about = {"move": "", "purpose": purpose(turn)}
    return Answer(f"{answer} {SHALL_WE_LOOK}", asking=Asking("find_one", about))


def _what_it_asks(turn: Turn, answer: str) -> Asking:
    question = next(each for each in reversed(split_sentences(answer)) if each.endswith("?"))
    if _OFF_THE_LIST.search(question):
        return Asking("off_list", {"said": turn.text[:300]})
    mail = [spec.key for spec in fields_of(turn) if spec.type == FieldType.EMAIL]
    if mail and _MAIL.search(question):
        return Asking("field", {"key": mail[0]})
    return Asking("doubt")


def about_list(turn: Turn) -> Answer | None:
    """The answer to whether the caller wants to be taken off the list."""
    said = f"{turn.asking.about['said']} {turn.text}"
    if caller.says_yes(turn.text):
        return opening.opt_out(turn, said)
    if caller.says_no(turn.text):
        return Answer(f"All right, and thank you for your time. {GOODBYE}", "not_interested")
    return None


def _only_asks(text: str) -> bool:
    """“How expensive is it?” is a question, “Isn't that too expensive?” an objection."""
    return caller.is_plain_question(text)
