"""What a rep sees of the last conversation before the call."""

from django.db.models import Q
from django.utils.dateformat import format as date_format

from calls.enums import Speaker
from calls.models import Call
from leads.models import Lead
from leads.ready.brief import Section

MOST_LINES = 6


def last_talk(lead: Lead) -> Section | None:
    """The end of the last call with the lead's number in which anything was said."""
    if not lead.phone:
        return None
    with_lead = Q(from_number=lead.phone) | Q(to_number=lead.phone)
    calls = Call.objects.filter(with_lead, business=lead.business_id, utterances__isnull=False)
    call = calls.newest_first().first()
    if call is None:
        return None
    spoken = call.utterances.exclude(speaker=Speaker.SYSTEM).order_by("-sequence")[:MOST_LINES]
    lines = [(each.get_speaker_display(), each.text) for each in reversed(spoken)]
    day = date_format(call.started_at.astimezone(lead.business.tz), "M j")
    return Section(f"Last call, {day}", lines, icon="quote") if lines else None
