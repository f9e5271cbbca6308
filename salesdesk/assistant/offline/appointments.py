"""Appointments that there are: telling, moving, cancelling and confirming them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from salesdesk.assistant.offline import booking, closing, offering, visits, wishes
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.phrases import (
    ANYTHING_ELSE,
    CALL_BACK_OFFER,
    WHICH_TIME,
    capitalized,
    listed,
)
from salesdesk.assistant.offline.purposes import purpose
from salesdesk.assistant.offline.turn import Answer, Asking, Turn

SPOKEN_OF = "spoken_of"
"""The note of the appointment that the customer was told of."""
_CONFIRMS_IT = re.compile(r"\bconfirm (it|that|this)\b|\bi'll be there\b", re.I)
NONE_FOUND = "I do not find an appointment of yours."
SHALL_I_FIND_ONE = "Shall I find a time for you?"
NEW_TIME = "Would you like another time instead?"
TAKES_TIME = ("booked", "confirmed")
Visit = Mapping[str, Any]


def upcoming(turn: Turn) -> list[Visit]:
    """The customer's appointments still to come, the next one first."""
    found = turn.result("customer_history", "To find the customer's appointments.").data
    return [
        each
        for each in found.get("appointments") or ()
        if each.get("status") in TAKES_TIME and _is_to_come(turn, each)
    ]


def _is_to_come(turn: Turn, visit: Visit) -> bool:
    return turn.now is None or datetime.fromisoformat(str(visit["start"])) > turn.now


def _named(visit: Visit) -> str:
    return f"{visit['purpose'].lower()} on {visit['spoken']}"


def _none(turn: Turn) -> Answer:
    about = {"move": "", "purpose": purpose(turn)}
    return Answer(f"{NONE_FOUND} {SHALL_I_FIND_ONE}", asking=Asking("find_one", about))


# ---------------------------------------------------------------- telling


def own(turn: Turn) -> Answer | None:
    if not visits.asks_own_appointment(turn.text):
        return None
    found = upcoming(turn)
    if not found:
        return _none(turn)
    turn.keep[SPOKEN_OF] = found[0]["id"]
    told = listed([_named(each) for each in found], "and")
    return Answer(f"I have your {told}. {ANYTHING_ELSE}")


def confirm(turn: Turn) -> Answer | None:
    """The caller says that the time stands."""
    is_known = turn.notes.get(SPOKEN_OF) and _CONFIRMS_IT.search(turn.text)
    if not is_known and not visits.confirms_appointment(turn.text):
        return None
    found = upcoming(turn)
    if not found:
        return _none(turn)
    why = "The customer confirms it."
    done = turn.result("confirm_appointment", why, appointment=found[0]["id"]).data
    if not done.get("appointment"):
        return _failed(turn, f"Wants to confirm the {_named(found[0])}.")
    return Answer(f"Thank you. Your {_named(done['appointment'])} is confirmed. {ANYTHING_ELSE}")


def _failed(turn: Turn, reason: str) -> Answer:
    return Answer(
        f"I am sorry, that did not work. {CALL_BACK_OFFER}",
        asking=Asking("call_back", {"reason": reason}),
    )


# ---------------------------------------------------------------- cancelling


def cancel(turn: Turn) -> Answer | None:
    """Asked once whether it is meant, and then done."""
    if turn.asking.what == "cancel" or not visits.wants_to_cancel(turn.text):
        return None
    if visits.wants_to_move(turn.text):
        return None
    found = upcoming(turn)
    if not found:
        return _none(turn)
    meant = _meant(turn, found)
    if len(meant) > 1:
        return _which(meant, "cancel")
    return _shall_i_cancel(meant[0], turn.text)


def _shall_i_cancel(visit: Visit, reason: str) -> Answer:
    about = {"id": visit["id"], "reason": reason[:300]}
    words = f"You have a {_named(visit)}. Shall I cancel it?"
    return Answer(words, asking=Asking("cancel", about))


def about_cancel(turn: Turn) -> Answer | None:
    if wishes.has_day(wishes.wish_in(turn)) or visits.wants_to_move(turn.text):
        return _move_to(turn, {"id": turn.asking.about["id"]})
    if caller.says_yes(turn.text) or visits.wants_to_cancel(turn.text):
        return _cancelled(turn)
    if caller.says_no(turn.text):
        return Answer(f"All right, it stays as it is. {ANYTHING_ELSE}")
    return None


def _cancelled(turn: Turn) -> Answer:
    about = turn.asking.about
    done = turn.result(
        "cancel_appointment",
        "The customer confirmed it.",
        appointment=about["id"],
        reason=about["reason"],
    ).data
    if not done.get("appointment"):
        return _failed(turn, f"Wants to cancel an appointment: {about['reason']}")
    turn.keep[visits.MADE] = None
    words = f"Your {_named(done['appointment'])} is canceled. {NEW_TIME}"
    again = {"move": "", "purpose": done["appointment"]["purpose"]}
    return Answer(words, asking=Asking("find_one", again))


# ---------------------------------------------------------------- moving


def move(turn: Turn) -> Answer | None:
    if not visits.wants_to_move(turn.text) or turn.asking.what == offering.OFFER:
        return None
    found = upcoming(turn)
    if not found:
        return _none(turn)
    meant = _meant(turn, found)
    if len(meant) > 1:
        return _which(meant, "move")
    return _move_to(turn, meant[0])


def _move_to(turn: Turn, visit: Visit) -> Answer:
    """To the time that was named with the wish, if one was, and it is not the present one."""
    visit = _whole(turn, visit)
    about = {"move": visit["id"], "purpose": visit["purpose"], "from": visit["start"]}
    wish = wishes.wish_new(turn, visit["start"])
    if wish:
        return offering.look_for(turn, wish, about)
    words = f"Your {_named(visit)} can be moved. {WHICH_TIME}"
    return Answer(words, asking=Asking("time", about))


def _whole(turn: Turn, visit: Visit) -> Visit:
    return next((each for each in upcoming(turn) if each["id"] == visit["id"]), visit)


def changed_mind(turn: Turn) -> Answer | None:
    """“No, Friday I meant”, after an appointment was made here: it is moved."""
    made = turn.note(visits.MADE)
    wish = wishes.wish_in(turn)
    if not made or not wish:
        return None
    turn.agent = "calendar"
    moment = datetime.fromisoformat(str(made["start"]))
    day = moment.date().isoformat()
    before = wishes.from_json({"earliest": day, "latest": day, "around": moment.strftime("%H:%M")})
    about = {"move": made["id"], "purpose": made["purpose"]}
    return offering.look_for(turn, wishes.completed(wish, before), about)


# ---------------------------------------------------------------- several


def _meant(turn: Turn, found: list[Visit]) -> list[Visit]:
    """Those that the caller's words fit: by day or by purpose; all when none does."""
    wish = wishes.wish_in(turn)
    by_time = [each for each in found if wish and wishes.fits(wish, str(each["start"]))]
    words = turn.text.lower()
    by_purpose = [each for each in found if each["purpose"].split()[0].lower() in words]
    narrowed = by_time or by_purpose
    return narrowed if len(narrowed) == 1 else found


def _which(found: list[Visit], what: str) -> Answer:
    told = listed([f"the {_named(each)}" for each in found], "and")
    words = f"There are {told}. Which one do you mean?"
    about = {"what": what, "visits": [dict(each) for each in found]}
    return Answer(words, asking=Asking("which", about))


def about_which(turn: Turn) -> Answer | None:
    found = list(turn.asking.about["visits"])
    meant = _meant(turn, found)
    if len(meant) > 1:
        meant = _by_place(turn.text, found)
    if len(meant) != 1:
        return None
    if turn.asking.about["what"] == "cancel":
        return _shall_i_cancel(meant[0], turn.text)
    words = f"{capitalized(_named(meant[0]))}, then. {WHICH_TIME}"
    about = {key: meant[0][name] for key, name in _ABOUT_MOVING.items()}
    return Answer(words, asking=Asking("time", about))


_ABOUT_MOVING = {"move": "id", "purpose": "purpose", "from": "start"}


def _by_place(text: str, found: list[Visit]) -> list[Visit]:
    if visits.wants_the_first(text):
        return found[:1]
    return found[1:2] if visits.wants_the_second(text) else []


def about_finding_one(turn: Turn) -> Answer | None:
    """The answer to whether a new time should be found."""
    wish = wishes.wish_in(turn)
    if wish:
        return offering.look_for(turn, wish, turn.asking.about)
    if caller.says_no(turn.text):
        return closing.and_then(turn, "All right.")
    if caller.says_yes(turn.text):
        return booking.ask_for_time(turn.asking.about, "Gladly.")
    return None
