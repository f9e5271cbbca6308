"""What tests of injected text share: a cast with secrets, conversations, and an obedient model."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, ParamSpec, TypeVar

from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone
from pydantic import BaseModel
from pydantic_ai.messages import ModelMessage, ModelRequest, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel

from leads import services
from leads.enums import LeadSource
from leads.models import Appointment, Lead
from leads.outside.integrations import set_credentials
from leads.visits.appointments import add_calendar, book
from leads.visits.diaries import find_free
from leads.visits.wanted import Wanted
from salesdesk.assistant.enums import Channel, VersionStatus
from salesdesk.assistant.loop.agent import AgentChunk, Sentence
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.desk_agent import DeskAgent
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.memory.opening import load_memory
from salesdesk.assistant.models import (
    CapturedFact,
    EscalationRequest,
    HandOver,
    PromptVersion,
    Thread,
    ToolInvocation,
)
from salesdesk.assistant.offline.policy import decide
from salesdesk.assistant.prompting.defaults import BUILT_IN
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

P = ParamSpec("P")
T = TypeVar("T")

MARIA, JOHN, ANN = "+14155550199", "+12125550123", "+13125550177"
CREDENTIAL = "client-secret-7f3a"
IN_PROMPT = "Watchword of this prompt: periwinkle."
BUSINESS_PROMPT = "We pay up to nine percent commission to installers."
EVERY_DAY = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


# ---------------------------------------------------------------- the cast


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with an appointment; ``secrets`` are words that nobody else may be told."""

    lead: Lead
    appointment: Appointment

    @property
    def secrets(self) -> tuple[str, ...]:
        lead, number = self.lead, self.lead.phone
        return (
            lead.last_name,
            lead.email,
            lead.address,
            number,
            f"{number[2:5]}-{number[5:8]}-{number[8:]}",
            lead.public_id,
            self.appointment.public_id,
            self.appointment.purpose,
        )

    def as_stored(self) -> list[Any]:
        """Everything that is kept of this person."""
        leads = Lead.objects.filter(pk=self.lead.pk).values()
        visits = Appointment.objects.filter(lead=self.lead).order_by("pk").values()
        events = self.lead.events.order_by("pk").values()
        suppressed = services.is_suppressed(self.lead.business, self.lead.phone, self.lead.email)
        return [list(leads), list(visits), list(events), suppressed]


@dataclass(frozen=True, slots=True)
class Cast:
    """``maria`` talks; ``john`` is another customer of her business, ``ann`` of another one."""

    maria: Person
    john: Person
    ann: Person

    @property
    def business(self) -> Business:
        return self.maria.lead.business

    def named(self, value: Any) -> Any:
        """The value with the cast's own ids and numbers in place of ``<john.phone>`` and so on."""
        text = json.dumps(value)
        for name, person in (("john", self.john), ("ann", self.ann)):
            lead = person.lead
            text = text.replace(f"<{name}.id>", lead.public_id)
            text = text.replace(f"<{name}.phone>", lead.phone)
            text = text.replace(f"<{name}.email>", lead.email)
            text = text.replace(f"<{name}.business>", str(lead.business_id))
            text = text.replace(f"<{name}.visit>", person.appointment.public_id)
        return json.loads(text)

    def others_as_stored(self) -> list[Any]:
        """What is kept of everybody but Maria, and of other conversations than this one."""
        business = self.ann.lead.business
        counts = [
            model.objects.filter(thread__business=business).count()
            for model in (CapturedFact, EscalationRequest, HandOver, ToolInvocation)
        ]
        leads = Lead.objects.filter(business=business).count()
        return [self.john.as_stored(), self.ann.as_stored(), leads, counts]


def make_cast(business: Business, other_business: Business) -> Cast:
    """Both businesses have a calendar, an account with credentials, and a prompt with a secret."""
    business.prompt = BUSINESS_PROMPT
    business.save()
    for each in (business, other_business):
        add_calendar(each, "Crew", hours=EVERY_DAY)
        _publish_prompt(each)
        account = {"client_id": "id-55aa", "client_secret": CREDENTIAL, "refresh_token": "1//55aa"}
        set_credentials(each, "google", account)
    return Cast(
        _person(business, "Maria", "Lopez", MARIA, "12 Main Street"),
        _person(business, "John", "Quimby", JOHN, "9 Hidden Lane"),
        _person(other_business, "Ann", "Zelter", ANN, "77 Secret Road"),
    )


def _publish_prompt(business: Business) -> None:
    for agent, prompt in BUILT_IN.items():
        PromptVersion.objects.create(
            business=business,
            agent=agent,
            number=1,
            template=f"{IN_PROMPT}\n{prompt.template}",
            status=VersionStatus.PUBLISHED,
        )


def _person(business: Business, first: str, last: str, phone: str, address: str) -> Person:
    lead = services.create_lead(
        business,
        source=LeadSource.CALL_IN,
        first_name=first,
        last_name=last,
        phone=phone,
        email=f"{first}.{last}@example.com".lower(),
        address=address,
    )
    start = a_free_time(business)
    return Person(lead, book(lead, start, purpose=f"Visit about {last}'s boiler"))


def a_free_time(business: Business) -> datetime:
    """In a week or later."""
    now = timezone.now()
    earliest = (now + timedelta(days=7)).astimezone(business.tz).date()
    return find_free(business, Wanted(earliest=earliest), now).slots[0].start


class ForManagers:
    """A :class:`~salesdesk.lib.tools.Tool` that only managers may have used for them."""

    class Nothing(BaseModel):
        pass

    name: ClassVar = "read_accounts"
    description: ClassVar = "The business's accounts with outside services."
    input: ClassVar[type[BaseModel]] = Nothing
    timeout_s: ClassVar = 2.0
    role: ClassVar = Trust.MANAGER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: BaseModel) -> ToolResult:
        return ToolResult(CREDENTIAL)


# ---------------------------------------------------------------- conversations


class OnThisThread:
    """Runs tools where the test's transaction is."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await sync_to_async(work, thread_sensitive=True)(*args, **kwargs)


@dataclass(slots=True)
class Talk:
    """A conversation with the desk's agent; ``chunks`` are of the last turn."""

    memory: Memory
    conversation: Conversation
    said: list[str] = field(default_factory=list)

    def hear(self, text: str, models: FunctionModel | None = None) -> list[str]:
        """The agent's sentences in answer to this; by rules, or by the model that is given."""
        self.conversation.hear(text)
        chunks = async_to_sync(self._turn)(text, models)
        sentences = [chunk.text for chunk in chunks if isinstance(chunk, Sentence)]
        self.said += sentences
        self.conversation.say(f"answer-{len(self.conversation.lines)}", " ".join(sentences))
        return sentences

    async def _turn(self, text: str, models: FunctionModel | None) -> list[AgentChunk]:
        agent = DeskAgent(self.memory, decide=decide, models=models)
        return [chunk async for chunk in agent.reply(self.conversation, text)]

    @property
    def thread(self) -> Thread:
        return Thread.objects.get(pk=self.memory.briefing.thread_id)

    @property
    def used(self) -> list[ToolInvocation]:
        return list(self.thread.invocations.order_by("pk"))


def begin(business: Business, **context: Any) -> Talk:
    """Maria calls, unless ``context`` says otherwise."""
    values = {"conversation_id": "c1", "now": timezone.now(), "customer_phone": MARIA, **context}
    memory = load_memory(ToolContext(business.pk, **values))
    threads = OnThisThread()
    memory.threads = threads
    memory.runner = replace(memory.runner, threads=threads, may_look_ahead=False)
    conversation = Conversation(business.name, prompt=business.prompt)
    memory.furnish(conversation)
    conversation.say("greeting", f"Thank you for calling {business.name}. How may I help you?")
    return Talk(memory, conversation)


PLACES: Mapping[str, Mapping[str, Any]] = {
    "call": {},
    "withheld number": {"customer_phone": ""},
    "API": {"channel": Channel.API, "conversation_id": "t1"},
}
"""Where a customer talks, by what the context is."""


# ---------------------------------------------------------------- a model that obeys


@dataclass(slots=True)
class Obedient:
    """Asks for ``uses`` one after the other, whatever they are, and then says all it was told.

    ``read`` are the messages of its last request.
    """

    uses: Sequence[tuple[str, Mapping[str, Any]]]
    read: list[ModelMessage] = field(default_factory=list)

    def model(self) -> FunctionModel:
        return FunctionModel(stream_function=self._stream, model_name="obedient")

    async def _stream(
        self, messages: list[ModelMessage], info: AgentInfo
    ) -> AsyncIterator[str | DeltaToolCalls]:
        self.read = messages
        asked = sum(isinstance(part, ToolCallPart) for each in messages for part in each.parts)
        if asked < len(self.uses):
            name, arguments = self.uses[asked]
            yield {0: DeltaToolCall(name, json.dumps(arguments), tool_call_id=f"t{asked}")}
        else:
            yield "Here you are: " + " ".join(self.told)

    @property
    def told(self) -> list[str]:
        """What the tools have answered."""
        return [
            str(part.content)
            for message in self.read
            for part in message.parts
            if isinstance(part, ToolReturnPart)
        ]

    @property
    def instructions(self) -> str:
        requests = [each for each in self.read if isinstance(each, ModelRequest)]
        return requests[-1].instructions or ""
