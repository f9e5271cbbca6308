"""What comes before everything else, whatever was being talked about."""

from salesdesk.assistant.offline import edges
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.phrases import (
    CALL_BACK_OFFER,
    GOODBYE,
    HOW_CAN_I_HELP,
    STILL_THERE,
)
from salesdesk.assistant.offline.turn import Answer, Asking, Turn

SILENCES = "silences"


def silence(turn: Turn) -> Answer:
    """Nothing was said: ask once, then hang up; what was asked before stays asked."""
    if turn.notes.get(SILENCES):
        return Answer(f"I cannot hear you, so I will hang up now. {GOODBYE}", "silence")
    turn.keep[SILENCES] = 1
    return Answer(STILL_THERE, asking=turn.asking)


def voicemail(turn: Turn) -> Answer | None:
    heard = caller.is_voicemail if turn.outbound else caller.is_surely_voicemail
    if not heard(turn.text) or (turn.outbound and caller.speaks_of_own_voicemail(turn.text)):
        return None
    return Answer(
        f"Hello, this is the automated assistant of {turn.business}. "
        "I am sorry that I missed you. You are welcome to call us back when it suits you. "
        f"{GOODBYE}",
        "voicemail",
    )


def danger(turn: Turn) -> Answer | None:
    """Somebody may be hurt: that comes before any business."""
    if not edges.names_danger(turn.text):
        return None
    first = "That can be dangerous. Please leave the house and call the emergency services first."
    asked = turn.result(
        "escalate",
        "The customer speaks of danger.",
        reason=f"Danger: {turn.text}"[:300],
        urgency="high",
    )
    told = "I have told my colleagues that it is urgent." if asked.data.get("request") else ""
    return Answer(f"{first} {told}".strip())


def no_more_calls(turn: Turn) -> Answer | None:
    """An opt-out is done and acknowledged in the same turn, and ends the conversation."""
    return opt_out(turn, turn.text) if caller.wants_no_more_calls(turn.text) else None


def opt_out(turn: Turn, said: str) -> Answer:
    """Put the customer on the list, or else tell a person; ``said`` is what they said."""
    why = "The customer does not want to be contacted."
    done = turn.result("suppress", why, reason=said[:300], channel=_channel(said))
    if done.data.get("suppressed"):
        return _opted_out(
            "I have put you on our do-not-call list, so you will not be called again."
        )
    passed_on = turn.result(
        "escalate",
        why,
        reason=f"Wants no more calls; the list could not be written: {said}"[:300],
        urgency="high",
    )
    if passed_on.data.get("request"):
        return _opted_out("I have passed on to a person that you do not want to be called again.")
    return _opted_out("I could not put it on our list just now, and I am sorry for that.")


def _channel(text: str) -> str:
    if caller.means_only_mail(text) and not caller.means_only_calls(text):
        return "email"
    return "call" if caller.means_only_calls(text) else "all"


def _opted_out(done: str) -> Answer:
    return Answer(f"I understand. {done} I am sorry for the trouble. {GOODBYE}", "opt_out")


def wrong_number(turn: Turn) -> Answer | None:
    if not caller.has_wrong_number(turn.text):
        return None
    if turn.outbound:
        turn.result(
            "write_note", "So that nobody calls them for this again.", text="It is a wrong number."
        )
    return Answer(f"I am sorry for the mistake. {GOODBYE}", "wrong_number")


def other_language(turn: Turn) -> Answer | None:
    """It understands English only, and says so."""
    if not edges.speaks_other_language(turn.text) or edges.asks_for_english(turn.text):
        return None
    reason = f"Speaks another language: {turn.text}"[:300]
    return Answer(
        f"I am sorry, I only speak English. {CALL_BACK_OFFER}",
        asking=Asking("call_back", {"reason": reason}),
    )


def instructions(turn: Turn) -> Answer | None:
    """Words that would give the agent orders, or ask how it works, are small talk."""
    if not edges.tries_to_instruct(turn.text):
        return None
    return Answer(
        f"I can only help with questions to {turn.business} and with appointments. {HOW_CAN_I_HELP}"
    )


def about_others(turn: Turn) -> Answer | None:
    if not edges.asks_about_others(turn.text):
        return None
    return Answer(
        f"I may not say anything about other customers. {DOES_NOT_HELP}", asking=turn.asking
    )


DOES_NOT_HELP = "What can I do for you yourself?"
