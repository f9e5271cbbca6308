"""A prompt as it would be filled in: with a recent conversation, or with a made-up customer."""

from datetime import datetime

from django.utils import timezone

from leads.models import Lead
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.enums import AgentName, Author, Channel, FactStatus, FieldType
from salesdesk.assistant.loop.conversation import Conversation, Line, Role
from salesdesk.assistant.loop.state import Fact, FieldSpec, State
from salesdesk.assistant.models import Thread
from salesdesk.assistant.playbooks import following as playbooks
from salesdesk.assistant.prompting.building import data_of
from salesdesk.assistant.prompting.templates import Prompt, PromptData
from salesdesk.businesses.models import Business
from salesdesk.lib.phone import for_people

MADE_UP_LINES = (
    (Role.AGENT, "Thank you for calling. How can I help you today?"),
    (Role.CALLER, "Hi, this is Dana Whitfield. I am thinking about solar panels."),
    (Role.AGENT, "I am glad to help. What made you think of it?"),
    (Role.CALLER, "Our power bill. But I am afraid it is too expensive."),
)
MADE_UP_CUSTOMER = (
    "Name: Dana Whitfield\nPhone: (415) 555-0142\nE-mail: dana@whitfield.example\nStage: New"
)
MADE_UP_SUMMARY = "Customer: called last week about the price of a heat pump."
MADE_UP_KNOWLEDGE = "Price list: the written quote after the free visit counts."
MADE_UP_VALUES = {
    FieldType.NUMBER: 12,
    FieldType.MONEY: 200,
    FieldType.YES_NO: True,
    FieldType.EMAIL: "dana@whitfield.example",
    FieldType.PHONE: "+14155550142",
}
MOST_MESSAGES = 100


def made_up_data(business: Business, agent: AgentName, prompt: Prompt) -> PromptData:
    conversation = _conversation(business, State(agent=agent, facts=_made_up_facts(business)))
    conversation.lines = [Line(role, text) for role, text in MADE_UP_LINES]
    conversation.guidance = ["Mention that we can come on Saturday."]
    return data_of(
        prompt,
        conversation,
        customer=MADE_UP_CUSTOMER,
        summary=MADE_UP_SUMMARY,
        knowledge=MADE_UP_KNOWLEDGE,
    )


def data_of_thread(thread: Thread, agent: AgentName, prompt: Prompt) -> PromptData:
    """As the next turn of this conversation would have it, were it this agent's."""
    state = State.from_json(thread.state)
    state.agent, state.facts = agent, capture.load_facts(thread)
    conversation = _conversation(thread.business, state)
    conversation.lines = _lines_of(thread)
    return data_of(
        prompt,
        conversation,
        channel=Channel(thread.channel),
        customer=_customer_of(thread.lead, thread.customer_phone),
        summary=thread.summary,
    )


def _conversation(business: Business, state: State) -> Conversation:
    return Conversation(
        business_name=business.name,
        prompt=business.prompt,
        fields=capture.fields_of(business),
        playbook=playbooks.spec_for(business),
        state=state,
        now=_local_now(business),
    )


def _local_now(business: Business) -> datetime:
    return timezone.now().astimezone(business.tz)


def _made_up_facts(business: Business) -> dict[str, Fact]:
    """A made-up answer to the first half of what the business wants to know."""
    specs = capture.fields_of(business)
    return {spec.key: _made_up_fact(spec) for spec in specs[: (len(specs) + 1) // 2]}


def _made_up_fact(spec: FieldSpec) -> Fact:
    choice = spec.choices[0] if spec.choices else "as the customer said it"
    value = MADE_UP_VALUES.get(FieldType(spec.type), choice)
    return Fact(value, status=FactStatus.READ_BACK if spec.reads_back else FactStatus.HEARD)


def _lines_of(thread: Thread) -> list[Line]:
    newest = thread.messages.order_by("-sequence").values_list("author", "text")[:MOST_MESSAGES]
    return [
        Line(Role.CALLER if author == Author.CUSTOMER else Role.AGENT, text)
        for author, text in reversed(newest)
    ]


def _customer_of(lead: Lead | None, phone: str) -> str:
    if lead is None:
        return f"Phone: {for_people(phone)}" if phone else ""
    known = {"Name": lead.name, "E-mail": lead.email, "Stage": lead.get_stage_display()}
    return "\n".join(f"{name}: {value}" for name, value in known.items() if value)
