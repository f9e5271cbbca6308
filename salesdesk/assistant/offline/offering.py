"""Looking for a time in the calendar, and offering what is free."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leads.visits.wanted import Wanted
from leads.wording import spoken
from salesdesk.assistant.offline import wishes
from salesdesk.assistant.offline.capturing import caught
from salesdesk.assistant.offline.phrases import CALL_BACK_OFFER, capitalized, listed
from salesdesk.assistant.offline.turn import Answer, Asking, Turn
from salesdesk.lib.tools import ToolResult

OFFER, OFFERED, WISH = "offer", "offered", "wish"
MOST_OFFERED = 2
NO_CALENDAR = "I am sorry, I cannot see the calendar at the moment."
LONGEST_VISIT = timedelta(hours=3)
SHALL_I_BOOK = "Shall I book it for you?"
SHALL_I_MOVE = "Shall I move it there?"
WHICH_ONE = "Which one suits you?"
WHICH_OTHER = "Which other day or time would suit you?"
_WHY_NOT = {
    "holiday": "That day is a holiday, and we are closed.",
    "closed": "We are closed at that time.",
    "taken": "That time is already taken.",
    "past": "That time has already passed.",
    "too_soon": "That is too soon for us to be there.",
    "too_far": "That is further ahead than the calendar goes.",
}
Slot = Mapping[str, Any]


def look_for(turn: Turn, wish: Wanted, about: Mapping[str, Any], opening: str = "") -> Answer:
    """Offer what is free at the wished time, or what is nearest to it."""
    caught(turn)
    found = find(turn, wish, about)
    slots = found.data.get("slots")
    if slots is None:
        return _no_calendar(turn)
    if own := _in_own_time(found, wish, about):
        return offer(turn, [own], about, opening)
    turn.keep[WISH] = wishes.as_json(wish)
    if not slots:
        why = _WHY_NOT.get(str(found.data.get("why")), "I find nothing free then.")
        words = f"{opening} {why} {WHICH_OTHER}".strip()
        return Answer(words, asking=Asking("time", about))
    return offer(turn, _chosen(slots, found, wish), about, _before(opening, found, wish))


def find(turn: Turn, wish: Wanted, about: Mapping[str, Any]) -> ToolResult:
    why = "The customer wishes this time."
    found = wishes.arguments_of(wish)
    return turn.result("find_slots", why, purpose=about["purpose"], **found)


def _in_own_time(found: ToolResult, wish: Wanted, about: Mapping[str, Any]) -> Slot | None:
    """The wished time where only the appointment that is to be moved may stand in its way."""
    start = about.get("from")
    if not start or found.data.get("exact") or not (wish.is_one_day and wish.is_one_time):
        return None
    assert wish.earliest is not None and wish.around is not None
    own = datetime.fromisoformat(start)
    moment = datetime.combine(wish.earliest, wish.around, own.tzinfo)
    if found.data.get("why") != "taken" or abs(moment - own) > LONGEST_VISIT:
        return None
    return {"start": moment.isoformat(), "spoken": spoken(moment)}


def _before(opening: str, found: ToolResult, wish: Wanted) -> str:
    why = "" if found.data.get("exact") or not wish else _WHY_NOT.get(str(found.data.get("why")))
    return f"{opening} {why or ''}".strip()


def _chosen(slots: Sequence[Slot], found: ToolResult, wish: Wanted) -> list[Slot]:
    is_exact = found.data.get("exact") and wish.is_one_time
    return list(slots[: 1 if is_exact else MOST_OFFERED])


def offer(turn: Turn, slots: Sequence[Slot], about: Mapping[str, Any], opening: str) -> Answer:
    offered = {**about, "slots": [{"start": s["start"], "spoken": s["spoken"]} for s in slots]}
    turn.keep[OFFERED] = offered
    return Answer(f"{opening} {offering(offered)}".strip(), asking=Asking(OFFER, offered))


def offering(offered: Mapping[str, Any]) -> str:
    times = [each["spoken"] for each in offered["slots"]]
    if len(times) > 1:
        return f"I could offer {listed(times)}. {WHICH_ONE}"
    question = SHALL_I_MOVE if offered["move"] else SHALL_I_BOOK
    return f"{capitalized(times[0])} is free. {question}"


def _no_calendar(turn: Turn) -> Answer:
    reason = f"Would like an appointment: {turn.text}"
    asking = Asking("call_back", {"reason": reason[:300]})
    return Answer(f"{NO_CALENDAR} {CALL_BACK_OFFER}", asking=asking)
