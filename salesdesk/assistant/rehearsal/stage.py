"""Where dialogues are played: a business, a fixed clock, real tools, and nothing left behind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar, cast

from asgiref.sync import sync_to_async
from django.db import transaction

from leads import services
from leads.enums import LeadSource
from leads.models import Appointment, Lead, Suppression
from leads.visits import appointments
from salesdesk.assistant.capture.defaults import load_demo_fields
from salesdesk.assistant.capture.facts import capture_fact
from salesdesk.assistant.enums import Channel, ToolStatus
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.memory.opening import load_memory
from salesdesk.assistant.models import Thread
from salesdesk.assistant.playbooks.demo import load_demo_playbook
from salesdesk.assistant.rehearsal.script import Dialogue, Setup
from salesdesk.assistant.tools.registry import FAILED, Outcome
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult

P = ParamSpec("P")
T = TypeVar("T")

BUSY_CUSTOMER = "+14155550999"
BROKEN = Outcome(ToolResult(FAILED), ToolStatus.FAILED, "broken for this dialogue")
CALENDAR = {
    "visit_minutes": 60,
    "buffer_minutes": 30,
    "notice_minutes": 120,
    "days_ahead": 60,
    "region": "US",
}


@dataclass(frozen=True, slots=True)
class SameThread:
    """Runs database work where the transaction is, at the time of the dialogue.

    A :class:`~salesdesk.assistant.tools.running.Threads`. Tools whose names are ``broken`` fail.
    """

    now: datetime
    broken: frozenset[str] = frozenset()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if any(getattr(each, "name", "") in self.broken for each in args):
            return cast(T, BROKEN)
        given: Any = [self._at_my_time(each) for each in args]
        return await sync_to_async(work, thread_sensitive=True)(*given, **kwargs)

    def _at_my_time(self, value: object) -> object:
        return replace(value, now=self.now) if isinstance(value, ToolContext) else value


@dataclass(slots=True)
class Scene:
    """One dialogue's conversation, ready for its first line."""

    conversation: Conversation
    memory: Memory
    thread: Thread
    business: Business
    now: datetime

    @property
    def lead(self) -> Lead | None:
        return services.find_lead(self.business, phone=self.thread.customer_phone)


class Stage:
    """Plays on ``business``, whose appointments and suppressions do not count meanwhile."""

    def __init__(self, business: Business) -> None:
        self.business = business

    @contextmanager
    def scene(self, dialogue: Dialogue) -> Iterator[Scene]:
        """The scene of the dialogue; whatever is written in it is taken back at the end."""
        with transaction.atomic():
            try:
                yield self._set(dialogue)
            finally:
                transaction.set_rollback(True)

    def _set(self, dialogue: Dialogue) -> Scene:
        business = Business.objects.get(public_id=self.business.public_id)
        now = _local(business, dialogue.now)
        _clear(business, dialogue.phone)
        _furnish(business)
        _prepare(business, dialogue, now)
        memory = _memory(business, dialogue, now)
        conversation = _conversation(business, dialogue)
        memory.furnish(conversation)
        thread = Thread.objects.get(conversation=memory.briefing.context.conversation_id)
        scene = Scene(conversation, memory, thread, business, now)
        for key, value in dialogue.setup.facts.items():
            capture_fact(thread, key, value, now=now)
        memory.state.facts = memory.facts_of(thread.pk)
        return scene


def _local(business: Business, clock: str) -> datetime:
    return datetime.fromisoformat(clock).replace(tzinfo=business.tz)


def _clear(business: Business, phone: str) -> None:
    Appointment.objects.filter(business=business).delete()
    Suppression.objects.filter(business=business).delete()
    Thread.objects.filter(business=business, customer_phone=phone).delete()
    Lead.objects.of(business).filter(phone=phone).delete()


def _furnish(business: Business) -> None:
    """What the dialogues count on: one calendar, and the fields and the playbook of the demo."""
    business.calendars.update(is_active=False)
    appointments.add_calendar(business, "Rehearsal", **CALENDAR)
    load_demo_fields(business)
    load_demo_playbook(business)


def _prepare(business: Business, dialogue: Dialogue, now: datetime) -> None:
    setup = dialogue.setup
    if setup.lead or setup.visits:
        _lead_with_visits(business, dialogue.phone, setup, now)
    for clock in setup.taken:
        busy, _ = services.ensure_lead(business, source=LeadSource.MANUAL, phone=BUSY_CUSTOMER)
        appointments.book(busy, _local(business, clock), purpose="Visit", now=now)


def _lead_with_visits(business: Business, phone: str, setup: Setup, now: datetime) -> None:
    given: Mapping[str, Any] = {"phone": phone, **setup.lead}
    lead = services.create_lead(business, source=LeadSource.MANUAL, **given)
    for visit in setup.visits:
        start = _local(business, visit.start)
        appointments.book(lead, start, purpose=visit.purpose or "Visit", now=now)


def _memory(business: Business, dialogue: Dialogue, now: datetime) -> Memory:
    context = ToolContext(
        business.pk,
        f"rehearsal-{dialogue.name}"[:40],
        now.astimezone(UTC),
        channel=Channel.REHEARSAL,
        customer_phone=dialogue.phone,
    )
    memory = load_memory(context)
    memory.clock = lambda: now.astimezone(UTC)
    threads = SameThread(now.astimezone(UTC), frozenset(dialogue.setup.broken))
    memory.threads = threads
    memory.runner.threads = threads
    memory.runner.may_look_ahead = False
    return memory


def _conversation(business: Business, dialogue: Dialogue) -> Conversation:
    conversation = Conversation(
        business_name=business.name,
        direction=dialogue.direction,
        prompt=business.prompt,
        facts=tuple((question, answer) for question, answer in business.facts),
    )
    outbound = dialogue.direction == "outbound"
    conversation.say("greeting", business.outbound_greeting if outbound else business.greeting)
    return conversation
