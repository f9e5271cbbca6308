"""What was written to a lead and what it wrote; and writing to it."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.base import IDEMPOTENCY_KEY, checked
from leads.enums import MessageChannel
from leads.messaging.sending import write
from leads.messaging.serializers import LeadMessageSerializer, NewMessageSerializer
from leads.models import LeadMessage
from leads.permissions import get_lead_for
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.lib.idempotency import once


class MessageListView(ListAPIView[LeadMessage]):
    """Text messages both ways and e-mails to the lead, the newest first."""

    serializer_class = LeadMessageSerializer
    filter_backends = ()
    queryset = LeadMessage.objects.none()

    def get_queryset(self) -> QuerySet[LeadMessage]:
        lead = get_lead_for(self.request.user, self.kwargs["lead_id"])
        return lead.messages.select_related("by").newest_first()

    @extend_schema(operation_id="leads_messages", summary="Messages with a lead")
    def get(self, request: Request, lead_id: str) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="leads_messages_send",
        summary="Write to a lead",
        parameters=[IDEMPOTENCY_KEY],
        request=NewMessageSerializer,
        responses={201: LeadMessageSerializer},
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """The gate is asked first: 409 `message_refused`, with its sentences, when it refuses.

        An answer within a week of what they wrote needs no consent and no hours; all else is
        advertising: an e-mail then carries a link to unsubscribe and the business's postal address,
        without which it is refused; the first SMS to a number says how to opt out.
        """
        return once(request, lambda: self._send(request, lead_id))

    def _send(self, request: Request, lead_id: str) -> Response:
        lead = get_lead_for(request.user, lead_id, Ability.WORK_LEADS)
        values = checked(NewMessageSerializer, request.data)
        channel = MessageChannel(values["channel"])
        sent = write(lead, channel, values["text"], subject=values["subject"], by=who(request))
        return Response(LeadMessageSerializer(sent).data, status=status.HTTP_201_CREATED)
