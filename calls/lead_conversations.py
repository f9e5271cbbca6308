"""What a lead's page shows of calls."""

from collections.abc import Collection

from django.db.models import Q
from django.urls import reverse

from calls.models import Call
from calls.templatetags.calls import clock
from leads.conversations import MOST, Conversation
from leads.models import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor


def calls_of(user: Visitor, lead: Lead, ids: Collection[str]) -> list[Conversation]:
    """A source of :mod:`leads.conversations`: calls with the lead's number, and those with ids."""
    visible = Call.objects.where(user, Ability.VIEW_CALLS).filter(business=lead.business_id)
    theirs = Q(public_id__in=ids)
    if lead.phone:
        theirs |= Q(from_number=lead.phone) | Q(to_number=lead.phone)
    return [_told(call) for call in visible.filter(theirs).newest_first()[:MOST]]


def _told(call: Call) -> Conversation:
    lasted = f", {clock(call.duration_seconds)}" if call.duration_seconds else ""
    return Conversation(
        id=call.public_id,
        at=call.started_at,
        title="They called" if call.is_inbound else "We called",
        detail=f"{call.get_status_display()}{lasted}",
        url=reverse("calls:detail", args=[call.public_id]),
        icon="phone-incoming" if call.is_inbound else "phone-outgoing",
    )
