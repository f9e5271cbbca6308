"""What is on record of the caller, told and changed."""

import re

from salesdesk.assistant.offline import understanding as caller
from salesdesk.assistant.offline.phrases import ANYTHING_ELSE, CALL_BACK_OFFER, listed
from salesdesk.assistant.offline.slots import address_in, email_in
from salesdesk.assistant.offline.turn import Answer, Asking, Turn

_CHANGES = re.compile(
    r"\b(change|update|correct|new|changed|wrong|moved to|different)\b.{0,40}"
    r"\b(address|e-?mail)\b|\b(address|e-?mail)\b.{0,30}\b(changed|is wrong|is now|is different)\b",
    re.I,
)


def records(turn: Turn) -> Answer | None:
    if _CHANGES.search(turn.text) and (given := _given(turn.text)):
        return _change(turn, given)
    if not caller.asks_own_records(turn.text):
        return None
    found = turn.result("look_up_lead", "The customer asks what is on record.").data.get("lead")
    known = _told(found or {})
    if not known:
        return Answer(f"I have nothing on record under your number. {ANYTHING_ELSE}")
    return Answer(f"I have {listed(known, 'and')}. {ANYTHING_ELSE}")


def _told(lead: dict[str, str]) -> list[str]:
    names = {"name": "your name as", "address": "your address as", "email": "your e-mail as"}
    return [f"{words} {lead[key]}" for key, words in names.items() if lead.get(key)]


def _given(text: str) -> dict[str, str]:
    given = {"email": email_in(text), "address": address_in(text)}
    return {name: value for name, value in given.items() if value}


def _change(turn: Turn, given: dict[str, str]) -> Answer:
    done = turn.result("update_lead", "The customer gave new details.", **given).data
    if not done.get("lead"):
        reason = f"Wants to change what is on record: {turn.text}"[:300]
        return Answer(
            f"I am sorry, I could not change that. {CALL_BACK_OFFER}",
            asking=Asking("call_back", {"reason": reason}),
        )
    changed = listed([f"{name} to {value}" for name, value in given.items()], "and")
    return Answer(f"I have changed your {changed}. {ANYTHING_ELSE}")
