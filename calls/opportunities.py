"""What a call shows that may be sold."""

from calls.enums import Speaker
from calls.models import Call
from leads.models import Lead, Opportunity
from leads.services import find_lead
from salesdesk.assistant.analysis.opportunities import Line
from salesdesk.assistant.models import Thread
from salesdesk.assistant.opportunities import propose_from


def propose_from_call(call: Call) -> list[Opportunity]:
    """Of a call that has ended, if it is known with whom it was."""
    lead = _lead_of(call)
    if lead is None:
        return []
    spoken = call.utterances.exclude(speaker=Speaker.SYSTEM).order_by("sequence")
    rows = spoken.values_list("speaker", "text")
    lines = [Line(speaker == Speaker.CALLER, text) for speaker, text in rows]
    return propose_from(lead, call.public_id, lines)


def _lead_of(call: Call) -> Lead | None:
    """The lead of the agent's conversation, or whose number it was."""
    if call.business is None:
        return None
    threads = Thread.objects.select_related("lead__business")
    thread = threads.filter(conversation=call.public_id, business=call.business).first()
    if thread is not None and thread.lead is not None:
        return thread.lead
    return find_lead(call.business, phone=call.customer_number)
