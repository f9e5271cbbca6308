"""How a turn ends: with the next step, with a question, or with a goodbye."""

from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.phrases import (
    ANYTHING_ELSE,
    CALL_BACK_OFFER,
    GOODBYE,
    NOT_UNDERSTOOD,
    SAY_AGAIN,
    STILL_NOT_UNDERSTOOD,
)
from salesdesk.assistant.offline.qualifying import INTERVIEW, carry_on
from salesdesk.assistant.offline.turn import Answer, Asking, Turn

LOST = "lost"
"""The note that counts how often the agent did not understand, one time after the other."""


def and_then(turn: Turn, statement: str) -> Answer:
    """What was done, and then what is still to be asked of the lead, if they are being asked."""
    if turn.note(INTERVIEW):
        return carry_on(turn, statement)
    return Answer(f"{statement} {ANYTHING_ELSE}")


def then_goodbye(turn: Turn, answer: Answer | None) -> Answer:
    """The answer without its questions, and a farewell."""
    if answer is None:
        return farewell(turn)
    if answer.ending:
        return answer
    statements = tuple(each for each in answer.sentences if not each.text.endswith("?"))
    return Answer(farewell(turn).text, "goodbye", statements)


def farewell(turn: Turn, ending: str = "goodbye") -> Answer:
    welcome = "You are welcome. " if caller.thanks(turn.text) and not turn.outbound else ""
    thanks = (
        "Thank you for your time." if turn.outbound else f"Thank you for calling {turn.business}."
    )
    return Answer(f"{welcome}{thanks} {GOODBYE}", ending)


def not_understood(turn: Turn) -> Answer:
    """Asks once, and then offers a person; what was asked before stays asked."""
    if turn.notes.get(LOST):
        turn.keep[LOST] = None
        reason = f"The assistant did not understand: {turn.text}"
        return Answer(
            f"{STILL_NOT_UNDERSTOOD} {CALL_BACK_OFFER}",
            asking=Asking("call_back", {"reason": reason}),
        )
    turn.keep[LOST] = 1
    return Answer(f"{NOT_UNDERSTOOD} {SAY_AGAIN}", asking=turn.asking if turn.asking.what else None)
