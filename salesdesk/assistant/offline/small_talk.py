"""What people say to one another besides the matter."""

from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.capturing import caught
from salesdesk.assistant.offline.phrases import ANYTHING_ELSE, HOW_CAN_I_HELP
from salesdesk.assistant.offline.turn import Answer, Asking, Turn


def repeat(turn: Turn) -> Answer | None:
    """Who did not get it hears the last words again, and may answer as if for the first time."""
    if not caller.asks_repeat(turn.text):
        return None
    return Answer(turn.last_line or HOW_CAN_I_HELP, asking=turn.asking)


def how_are_you(turn: Turn) -> Answer | None:
    if not caller.asks_how_we_are(turn.text):
        return None
    if turn.asking.what == "minute" or turn.outbound:
        return Answer("Very well, thank you for asking.", asking=turn.asking)
    return Answer(f"Very well, thank you for asking. {HOW_CAN_I_HELP}")


def line_check(turn: Turn) -> Answer | None:
    if not caller.checks_the_line(turn.text):
        return None
    return Answer("Yes, I can hear you. Please go ahead.", asking=turn.asking)


def typing(turn: Turn) -> Answer | None:
    if not caller.wants_to_type(turn.text):
        return None
    return Answer("Please type it on the keys of your phone, and I will note it.")


def waiting(turn: Turn) -> Answer | None:
    if not (caller.asks_to_wait(turn.text) and caller.is_only_filler(turn.text)):
        return None
    return Answer("Of course, I am listening.", asking=turn.asking)


def name(turn: Turn) -> Answer | None:
    given = caller.given_name(turn.text)
    if not given:
        return None
    caught(turn)
    return Answer(f"Thank you, {given}. {HOW_CAN_I_HELP}")


def pleasantry(turn: Turn) -> Answer | None:
    if not caller.is_only_filler(turn.text):
        return None
    if caller.thanks(turn.text):
        return Answer(f"You are welcome. {ANYTHING_ELSE}")
    if caller.says_no(turn.text):
        return Answer(f"All right. {ANYTHING_ELSE}")
    return Answer(HOW_CAN_I_HELP, asking=turn.asking if turn.asking.what else Asking())
