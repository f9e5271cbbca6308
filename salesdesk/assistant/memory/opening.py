"""Opening a conversation: everything that an agent must know, read from Postgres once."""

from dataclasses import replace

from leads.models import Lead
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.enums import AgentName, Channel
from salesdesk.assistant.loop.state import State
from salesdesk.assistant.memory.briefing import Briefing
from salesdesk.assistant.memory.keeping import Memory, memory_threads, utc_now
from salesdesk.assistant.models import Thread
from salesdesk.assistant.playbooks import following as playbooks
from salesdesk.assistant.prompting.fencing import one_line
from salesdesk.assistant.prompting.versions import prompt_for
from salesdesk.assistant.tools.running import Threads, ToolRunner
from salesdesk.assistant.writing import threads
from salesdesk.businesses.models import Business
from salesdesk.lib.phone import for_people
from salesdesk.lib.tools import ToolContext, Trust


async def open_memory(
    business_id: int,
    *,
    conversation_id: str,
    channel: str = Channel.PHONE,
    trust: Trust = Trust.CALLER,
    customer_phone: str = "",
    user_id: int | None = None,
    searching: Threads | None = None,
) -> Memory:
    """The memory of a conversation, made if need be; ``searching`` is for :class:`ToolRunner`."""
    context = ToolContext(
        business_id,
        conversation_id,
        utc_now(),
        trust=trust,
        channel=channel,
        customer_phone=customer_phone,
        user_id=user_id,
    )
    return await memory_threads.run(load_memory, context, searching)


def load_memory(context: ToolContext, searching: Threads | None = None) -> Memory:
    """The same, for who is in a thread already."""
    business = Business.objects.get(pk=context.business_id)
    thread = threads.open_thread(
        business,
        channel=Channel(context.channel),
        conversation=context.conversation_id,
        customer_phone=context.customer_phone,
    )
    phone = context.customer_phone or thread.customer_phone
    context = replace(context, thread_id=thread.pk, customer_phone=phone)
    briefing = Briefing(
        context,
        time_zone=business.time_zone,
        prompts={agent: prompt_for(business, agent) for agent in AgentName},
        customer=about_customer(_lead_of(thread, phone), phone),
        summary=thread.summary,
        summarized_lines=thread.summarized_lines,
        has_documents=business.passages.exists(),
    )
    runner = ToolRunner(context, searching=searching, may_look_ahead=briefing.has_documents)
    state = State.from_json(thread.state)
    state.facts = capture.load_facts(thread)
    return Memory(
        briefing,
        runner,
        facts_of=capture.facts_of,
        fields=capture.fields_of(business),
        playbook=playbooks.spec_for(business),
        state=state,
    )


def _lead_of(thread: Thread, phone: str) -> Lead | None:
    if thread.lead is not None or not phone:
        return thread.lead
    return Lead.objects.filter(business_id=thread.business_id, phone=phone).first()


def about_customer(lead: Lead | None, phone: str) -> str:
    """Who this is, in words for a model; nothing where nothing is known."""
    if lead is None:
        return f"Calls from {for_people(phone)}. Not known yet." if phone else ""
    known = {
        "Name": lead.name,
        "Phone": for_people(lead.phone) if lead.phone else "",
        "E-mail": lead.email,
        "Address": lead.address,
        "Stage": lead.get_stage_display(),
    }
    return "\n".join(f"{name}: {one_line(value)}" for name, value in known.items() if value)
