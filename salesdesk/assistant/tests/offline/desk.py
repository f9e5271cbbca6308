"""Tools in memory, and a conversation that is held with them, as the loop does it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leads.wording import spoken
from salesdesk.assistant.capture.defaults import HOME
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.state import Fact, FieldSpec, ObjectionSpec, PlaybookSpec
from salesdesk.assistant.offline import policy
from salesdesk.assistant.offline.steps import Reply, Results, ToolUse
from salesdesk.assistant.reading.result import Setting
from salesdesk.assistant.reading.values import read_value
from salesdesk.businesses.demo_facts import FACTS
from salesdesk.lib.tools import ToolResult

NAME = "Bright Roof"
GREETING = f"Thank you for calling {NAME}. How can I help you?"
OUTBOUND_GREETING = f"Hello, this is the assistant of {NAME}. Is this a good moment?"
ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)
"""A Friday."""
PRICE = ObjectionSpec(
    "Too expensive", ("too expensive", "too much money"), "That is a fair point. There are loans."
)
PLAYBOOK = PlaybookSpec("Sales", (), (PRICE,))


@dataclass
class Desk:
    """The tools that rules ask for; ``broken`` names those that fail."""

    broken: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    appointments: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    used: list[ToolUse] = field(default_factory=list)

    def use(self, talk: Conversation, use: ToolUse) -> ToolResult:
        self.used.append(use)
        if use.name in self.broken:
            return ToolResult("This does not work at the moment.")
        run = getattr(self, f"_{use.name}", None)
        return ToolResult("", data=run(talk, **use.arguments) if run else {"done": True})

    def names(self) -> list[str]:
        return [use.name for use in self.used]

    def uses_of(self, name: str) -> list[dict[str, Any]]:
        return [dict(use.arguments) for use in self.used if use.name == name]

    def _search_knowledge(self, talk: Conversation, query: str) -> dict[str, Any]:
        found = (text for word, text in self.documents.items() if word in query.lower())
        sentences = [{"text": text, "citations": []} for text in found]
        return {"sentences": sentences, "answerable": bool(sentences)}

    def _capture_fact(self, talk: Conversation, field: str, value: str, said: str) -> Any:
        spec = next(each for each in talk.fields if each.key == field)
        reading = read_value(spec, value, Setting(NOW.date(), "+14155550199"))
        if not reading.problem:
            talk.state.facts[field] = Fact(reading.value, said)
        return {
            "field": field,
            "value": reading.value,
            "spoken": reading.spoken,
            "needs_read_back": spec.reads_back and not reading.problem,
            "problem": reading.problem,
        }

    def _confirm_fact(self, talk: Conversation, field: str, is_right: bool) -> Any:
        if is_right:
            talk.state.facts[field].status = "confirmed"
        else:
            del talk.state.facts[field]
        return {"field": field, "confirmed": is_right}

    def _find_slots(self, talk: Conversation, **wish: Any) -> Any:
        day = datetime.fromisoformat(wish.get("earliest") or "2026-11-23").replace(tzinfo=ZONE)
        hours = [9, 11, 13, 15]
        around = wish.get("around")
        if around:
            hours.sort(key=lambda hour: abs(hour - int(around[:2])))
        if wish.get("part_of_day") == "morning":
            hours = [9, 11]
        starts = [day.replace(hour=hour) for hour in hours]
        free = [each for each in starts if each.isoformat() not in self.taken]
        exact = bool(around) and any(each.strftime("%H:%M") == around for each in free)
        slots = [self._slot(each) for each in free]
        return {"slots": slots, "exact": exact, "why": "" if exact or not around else "taken"}

    def _slot(self, start: datetime) -> dict[str, Any]:
        end = start + timedelta(hours=1)
        return {"start": start.isoformat(), "end": end.isoformat(), "spoken": spoken(start)}

    def _book_appointment(self, talk: Conversation, start: str, **given: Any) -> Any:
        if start in self.taken:
            return {}
        self.taken.add(start)
        made = self._visit(start, given["purpose"])
        self.appointments.append(made)
        return {"appointment": made}

    def _visit(self, start: str, purpose: str) -> dict[str, Any]:
        moment = datetime.fromisoformat(start)
        number = f"v{len(self.appointments) + 1}"
        words = {"id": number, "purpose": purpose, "status": "booked"}
        return {**words, "start": start, "spoken": spoken(moment)}

    def have(self, start: str, purpose: str = "Roof visit") -> None:
        moment = datetime.fromisoformat(start).replace(tzinfo=ZONE)
        self.appointments.append(self._visit(moment.isoformat(), purpose))

    def _customer_history(self, talk: Conversation) -> Any:
        return {"appointments": [dict(each) for each in self.appointments], "events": []}

    def _find(self, number: str) -> dict[str, Any]:
        return next(each for each in self.appointments if each["id"] == number)

    def _move_appointment(self, talk: Conversation, appointment: str, start: str) -> Any:
        found = self._find(appointment)
        found.update(start=start, spoken=spoken(datetime.fromisoformat(start)))
        return {"appointment": dict(found)}

    def _cancel_appointment(self, talk: Conversation, appointment: str, reason: str) -> Any:
        self._find(appointment)["status"] = "canceled"
        return {"appointment": dict(self._find(appointment))}

    def _confirm_appointment(self, talk: Conversation, appointment: str) -> Any:
        self._find(appointment)["status"] = "confirmed"
        return {"appointment": dict(self._find(appointment))}

    def _suppress(self, talk: Conversation, reason: str, channel: str) -> Any:
        return {"suppressed": True}

    def _escalate(self, talk: Conversation, reason: str, **given: Any) -> Any:
        return {"request": 1}

    def _hand_over(self, talk: Conversation, to: str, reason: str) -> Any:
        talk.state.agent = to
        return {"to": to}


def conversation(
    *, direction: str = "inbound", greeting: str = "", fields: tuple[FieldSpec, ...] = HOME
) -> Conversation:
    talk = Conversation(NAME, direction, facts=FACTS, fields=fields, playbook=PLAYBOOK, now=NOW)
    usual = OUTBOUND_GREETING if direction == "outbound" else GREETING
    talk.say("greeting", greeting or usual)
    return talk


def decide(talk: Conversation, text: str, desk: Desk) -> Reply:
    """The reply to ``text``, which is not yet said; fails when the rules go round in circles."""
    results: dict[str, ToolResult] = {}
    for _ in range(10):
        step = policy.decide(talk, text, Results(results))
        if isinstance(step, Reply):
            return step
        for use in step.uses:
            assert use.key not in results, f"{use.name} is wanted twice"
            results[use.key] = desk.use(talk, use)
    raise AssertionError("no reply")


def hold(talk: Conversation, desk: Desk, *lines: str) -> list[Reply]:
    """The replies to these lines of a caller, one after the other."""
    replies = []
    for number, line in enumerate(lines):
        if line:
            talk.hear(line)
        replies.append(decide(talk, talk.unanswered(), desk))
        if replies[-1].text:
            talk.say(f"answer-{len(talk.lines)}-{number}", replies[-1].text)
    return replies


def talk_to(desk: Desk, *lines: str, **about: Any) -> list[Reply]:
    return hold(conversation(**about), desk, *lines)


def booked(desk: Desk) -> list[str]:
    return [each["start"][:16] for each in desk.appointments if each["status"] != "canceled"]


__all__ = ["Desk", "booked", "conversation", "decide", "hold", "replace", "talk_to"]
