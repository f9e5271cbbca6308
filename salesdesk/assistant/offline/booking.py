"""Agreeing on a time: the caller's wish, what the calendar has free, an offer, and the booking."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from leads.visits.wanted import Wanted
from salesdesk.assistant.offline import closing, questions, visits, wishes
from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.capturing import caught, known_name
from salesdesk.assistant.offline.offering import (
    MOST_OFFERED,
    OFFER,
    OFFERED,
    WHICH_OTHER,
    WISH,
    Slot,
    find,
    look_for,
    offer,
    offering,
)
from salesdesk.assistant.offline.phrases import (
    ANYTHING_ELSE,
    CALL_BACK_OFFER,
    WHICH_TIME,
)
from salesdesk.assistant.offline.purposes import purpose
from salesdesk.assistant.offline.qualifying import DECLINED
from salesdesk.assistant.offline.slots import parts_of
from salesdesk.assistant.offline.turn import Answer, Asking, Turn
from salesdesk.lib.tools import ToolResult

_HESITATES = re.compile(
    r"\b(but|wait|actually|before that)\b|\bfirst\W+(i|let|can|what|how)\b", re.I
)


# ---------------------------------------------------------------- what callers bring up


def with_a_day(turn: Turn) -> Answer | None:
    """A wish for an appointment that names a day, or a time, is looked up."""
    wish = wishes.wish_in(turn)
    if not wish:
        return None
    asks = visits.asks_for_appointment(turn.text)
    if wishes.has_day(wish):
        asks = asks or visits.proposes_a_day(turn.text) or _takes_up(turn, wish)
    if not asks:
        return None
    asked = _asked_besides(turn)
    if asked:
        return _answered_first(turn, wish, asked)
    return None if caller.asks_price(turn.text) else look_for(turn, wish, _new(turn))


def _takes_up(turn: Turn, wish: Wanted) -> bool:
    """Whether the words agree to a time in a conversation in which times are a subject."""
    talked = turn.note(OFFERED) or turn.note(WISH) or turn.said_before(WHICH_TIME)
    if talked and wishes.has_time(wish) and not caller.is_question(turn.text):
        return True
    return visits.accepts_time(turn.text) and (bool(talked) or turn.outbound)


def _asked_besides(turn: Turn) -> str:
    """The part of the words that asks for something other than the appointment."""
    parts = parts_of(turn.text)
    asked = (part for part in parts if len(parts) > 1 and _asks_a_fact(turn, part))
    return next(asked, "")


def _asks_a_fact(turn: Turn, part: str) -> bool:
    if wishes.wish_in(turn.with_text(part)) or visits.asks_for_appointment(part):
        return False
    return caller.asks_price(part) or caller.is_plain_question(part)


def _answered_first(turn: Turn, wish: Wanted, asked: str) -> Answer | None:
    """“How much is it, and could you come on Monday?”: both are answered."""
    if not wishes.has_day(wish):
        return None
    told = questions.find(turn, asked)
    offered = look_for(turn, wish, _new(turn), told.words if told else "")
    return Answer(offered.words, quoted=told.quoted if told else (), asking=offered.asking)


def soonest(turn: Turn) -> Answer | None:
    """“When could you come?” is a wish for the next free time, and no question to documents."""
    if not visits.asks_when(turn.text):
        return None
    return look_for(turn, wishes.wish_in(turn), _new(turn))


def without_a_day(turn: Turn) -> Answer | None:
    if turn.note(OFFERED) and visits.accepts_booking(turn.text):
        return _offer_again(turn)
    if not visits.asks_for_appointment(turn.text):
        return None
    caught(turn)
    if visits.wants_any_time(turn.text):
        return look_for(turn, wishes.from_json(None), _new(turn))
    return ask_for_time(_new(turn), "Gladly.")


def ask_for_time(about: Mapping[str, Any], opening: str) -> Answer:
    """Ask for day and time; ``about`` says what for (see :func:`_new`)."""
    return Answer(f"{opening} {WHICH_TIME}", asking=Asking("time", about))


def _new(turn: Turn) -> dict[str, Any]:
    """What is being arranged: a new visit for this purpose."""
    return {"move": "", "purpose": purpose(turn)}


def _offer_again(turn: Turn) -> Answer:
    offered = turn.note(OFFERED)
    if len(offered["slots"]) == 1:
        return settle(turn, offered["slots"][0], offered)
    return Answer(offering(offered), asking=Asking(OFFER, offered))


# ---------------------------------------------------------------- the caller's answer


def about_time(turn: Turn) -> Answer | None:
    """The answer to “Which day and time would suit you?”."""
    about = {**_new(turn), **turn.asking.about}
    wish = wishes.completed(wishes.wish_in(turn), _before_now(turn, about))
    if wishes.wish_in(turn):
        return _agreed(turn, wish, about) or look_for(turn, wish, about)
    if visits.wants_any_time(turn.text) or visits.wants_either(turn.text):
        return look_for(turn, wish, about)
    if caller.says_no(turn.text) and not visits.asks_for_appointment(turn.text):
        turn.keep[DECLINED] = True
        return Answer(f"No problem. {ANYTHING_ELSE}")
    if caller.does_not_know(turn.text):
        return look_for(turn, wish, about, "Then let me make a proposal.")
    return None


def _before_now(turn: Turn, about: Mapping[str, Any]) -> Wanted:
    """What was wished so far; “at the same time” is that of the appointment to be moved."""
    start = about.get("from")
    if start and re.search(r"\bsame time\b", turn.text, re.I):
        return wishes.from_json({"around": start[11:16]})
    return wishes.from_json(turn.note(WISH))


def _agreed(turn: Turn, wish: Wanted, about: Mapping[str, Any]) -> Answer | None:
    """Who was asked for a time, names a day and says that it works gets the first free time."""
    says_so = visits.accepts_time(turn.text) and caller.says_yes(turn.text)
    if not says_so or not wish.is_one_day or caller.is_question(turn.text):
        return None
    caught(turn)
    found = find(turn, wish, about)
    slots = [each for each in found.data.get("slots") or () if wishes.fits(wish, each["start"])]
    return settle(turn, slots[0], about) if slots else None


def about_offer(turn: Turn) -> Answer | None:
    """The answer to an offer of one or more times."""
    offered = turn.asking.about
    slots = offered["slots"]
    wish = wishes.wish_in(turn)
    if picked := _picked(turn, slots, wish):
        return settle(turn, picked, offered)
    if wish and not caller.asks_price(turn.text):
        before = wishes.from_json(turn.note(WISH))
        return look_for(turn, wishes.completed(wish, _day_of(slots, before)), offered)
    if visits.wants_other_time(turn.text):
        return look_for(turn, _later(slots, turn.text), offered)
    if caller.says_no(turn.text) and not caller.is_question(turn.text):
        return Answer(f"All right. {WHICH_OTHER}", asking=Asking("time", _without_slots(offered)))
    if caller.says_yes(turn.text) and not caller.is_question(turn.text):
        return Answer(f"Gladly. {offering(offered)}", asking=turn.asking)
    return None


def _picked(turn: Turn, slots: Sequence[Slot], wish: Wanted) -> Slot | None:
    text = turn.text
    if wish:
        fitting = [each for each in slots if wishes.fits(wish, each["start"])]
        return fitting[0] if len(fitting) == 1 and not _declines(text) else None
    if len(slots) == 1:
        agrees = any(each(text) for each in _AGREES)
        return slots[0] if agrees and not _hesitates(text) else None
    if visits.wants_either(text) or visits.wants_the_first(text):
        return slots[0]
    return slots[1] if visits.wants_the_second(text) else None


_AGREES = (
    caller.says_yes,
    visits.accepts_booking,
    visits.wants_either,
    visits.wants_the_first,
)


def _declines(text: str) -> bool:
    return caller.says_no(text) or bool(re.search(r"\b(not|can't|won't|doesn't)\b", text, re.I))


def _hesitates(text: str) -> bool:
    return bool(
        re.search(
            r"\b(but|wait|actually|before that)\b|\bfirst\W+(i|let|can|what|how)\b", text, re.I
        )
    )


def _day_of(slots: Sequence[Slot], before: Wanted) -> Wanted:
    """The wish so far, on the day of what was offered where that is one day."""
    days = {each["start"][:10] for each in slots}
    if len(days) != 1:
        return before
    return wishes.completed(wishes.on_day(days.pop()), before)


def _later(slots: Sequence[Slot], text: str) -> Wanted:
    """“Anything later?” on the same day; “something earlier?”."""
    first, last = slots[0]["start"], slots[-1]["start"]
    if re.search(r"earlier|sooner", text, re.I):
        return wishes.from_json({**_day(first), "not_after": first[11:16]})
    bound = {"not_before": last[11:16]} if re.search(r"later", text, re.I) else {}
    return wishes.from_json({**_day(last), **bound})


def _day(start: str) -> dict[str, str]:
    return {"earliest": start[:10], "latest": start[:10]}


def _without_slots(offered: Mapping[str, Any]) -> dict[str, Any]:
    return {"move": offered["move"], "purpose": offered["purpose"]}


# ---------------------------------------------------------------- doing it


def settle(turn: Turn, slot: Slot, about: Mapping[str, Any]) -> Answer:
    """Book the time or move the appointment to it; say so only when it has been done."""
    result = _move(turn, slot, about) if about["move"] else _book(turn, slot, about)
    made = result.data.get("appointment")
    if not made:
        return _gone(turn, slot, about, result)
    turn.keep.update({OFFERED: None, WISH: None, visits.MADE: made})
    done = "Your appointment is moved to" if about["move"] else "Your appointment is booked for"
    return closing.and_then(turn, f"{done} {made['spoken']}.")


def _book(turn: Turn, slot: Slot, about: Mapping[str, Any]) -> ToolResult:
    details = {"name": known_name(turn), "address": _known(turn, "address")}
    given = {name: value for name, value in details.items() if value}
    why = "The customer agreed to this time."
    return turn.result(
        "book_appointment", why, start=slot["start"], purpose=about["purpose"], **given
    )


def _move(turn: Turn, slot: Slot, about: Mapping[str, Any]) -> ToolResult:
    why = "The customer agreed to this time."
    return turn.result("move_appointment", why, appointment=about["move"], start=slot["start"])


def _gone(turn: Turn, slot: Slot, about: Mapping[str, Any], result: ToolResult) -> Answer:
    """It could not be booked: offer what is still free, or a call back."""
    sorry = "I am sorry, that time could not be booked."
    day = slot["start"][:10]
    wish = wishes.from_json({"earliest": day, "latest": None})
    found = find(turn, wish, about).data.get("slots") or ()
    others = [each for each in found if each["start"] != slot["start"]]
    if others:
        return offer(turn, others[:MOST_OFFERED], _without_slots(about), sorry)
    reason = f"Would like an appointment on {slot['spoken']}, which could not be booked."
    return Answer(f"{sorry} {CALL_BACK_OFFER}", asking=Asking("call_back", {"reason": reason}))


def _known(turn: Turn, key: str) -> str:
    fact = turn.conversation.state.facts.get(key)
    return str(fact.value) if fact else ""
