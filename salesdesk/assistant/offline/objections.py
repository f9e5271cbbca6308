"""What callers hold against buying, answered as the business's playbook says."""

from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.capturing import caught
from salesdesk.assistant.offline.phrases import CALL_BACK_OFFER
from salesdesk.assistant.offline.qualifying import carry_on
from salesdesk.assistant.offline.turn import Answer, Asking, Turn
from salesdesk.assistant.playbooks import objection_in

ANSWERED = "objections"
"""The note of the objections that were answered; none is answered twice."""


def objection(turn: Turn) -> Answer | None:
    """The playbook's answer, and then back to the goal; a second time nobody is pressed."""
    found = objection_in(turn.conversation.playbook, turn.text)
    if found is None or _only_asks(turn.text):
        return None
    caught(turn)
    answered = list(turn.note(ANSWERED) or [])
    if found.name not in answered:
        turn.keep[ANSWERED] = [*answered, found.name]
        return carry_on(turn, found.answer)
    if turn.outbound and caller.is_not_interested(turn.text):
        return None
    reason = f"Has doubts: {turn.text}"[:300]
    return Answer(
        f"I understand, and I will not press you. {CALL_BACK_OFFER}",
        asking=Asking("call_back", {"reason": reason}),
    )


def _only_asks(text: str) -> bool:
    """“How expensive is it?” is a question, “Isn't that too expensive?” an objection."""
    return caller.is_plain_question(text)
