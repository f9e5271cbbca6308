"""Requests for a person: put down at once, passed on by whoever listens."""

from django.db import transaction

from salesdesk.assistant.enums import Urgency
from salesdesk.assistant.models import EscalationRequest, Thread
from salesdesk.assistant.signals import escalation_requested, send_after_commit
from salesdesk.lib.phone import to_e164

LONGEST_REASON = 300
LONGEST_DEPARTMENT = 80


def request_person(
    thread: Thread,
    reason: str,
    *,
    urgency: Urgency = Urgency.NORMAL,
    department: str = "",
    callback_phone: str = "",
) -> EscalationRequest:
    """Put down that a person is wanted; a second time for the same reason gives the same request.

    Without ``callback_phone`` it is the number that the customer calls from. Raises
    :class:`~salesdesk.lib.errors.InvalidInput` for one that cannot be. Sends
    ``escalation_requested`` once.
    """
    phone = to_e164(callback_phone) if callback_phone.strip() else thread.customer_phone
    reason = " ".join(reason.split())[:LONGEST_REASON]
    with transaction.atomic():
        Thread.objects.select_for_update().get(pk=thread.pk)
        earlier = thread.escalation_requests.filter(settled_at=None)
        for request in earlier:
            if _bare(request.reason) == _bare(reason):
                return request
        request = EscalationRequest.objects.create(
            business_id=thread.business_id,
            thread=thread,
            reason=reason,
            urgency=urgency,
            department=" ".join(department.split())[:LONGEST_DEPARTMENT],
            callback_phone=phone,
        )
        send_after_commit(
            escalation_requested,
            business_id=thread.business_id,
            conversation=thread.conversation,
            request_id=request.pk,
        )
    return request


def _bare(reason: str) -> str:
    return "".join(sign for sign in reason.casefold() if sign.isalnum())
