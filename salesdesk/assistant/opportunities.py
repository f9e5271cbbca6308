"""Opportunities of conversations that are over, proposed to whoever looks after the lead."""

from collections.abc import Sequence

from asgiref.sync import async_to_sync
from django.utils import timezone

from leads.enums import OpportunityFinder
from leads.models import Lead, Opportunity
from leads.pipeline.services import propose
from salesdesk.assistant.analysis.opportunities import Line, look_for_opportunities
from salesdesk.assistant.enums import Author, Channel
from salesdesk.assistant.models import Thread


def propose_from(lead: Lead, conversation: str, lines: Sequence[Line]) -> list[Opportunity]:
    """Propose what the conversation with the lead shows; told again, the same stay as they are."""
    if not any(line.is_customer for line in lines):
        return []
    today = timezone.now().astimezone(lead.business.tz).date()
    told = async_to_sync(look_for_opportunities)(lines, today)
    finder = OpportunityFinder.MODEL if told.by_model else OpportunityFinder.RULES
    return [
        propose(
            lead,
            topic=found.topic,
            quote=found.quote,
            amount=found.amount,
            conversation=conversation,
            found_by=finder,
            confidence=found.confidence,
        )
        for found in told.found
    ]


def propose_from_thread(thread: Thread) -> list[Opportunity]:
    """Of a conversation in writing that has ended, if it is known with whom it was."""
    if thread.lead is None or thread.channel == Channel.REHEARSAL:
        return []
    messages = thread.messages.exclude(text="").order_by("sequence")
    rows = messages.values_list("author", "text")
    lines = [Line(author == Author.CUSTOMER, text) for author, text in rows]
    return propose_from(thread.lead, thread.conversation, lines)
