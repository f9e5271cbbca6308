"""Calls, their transcripts and their history."""

from typing import cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.api.base import shown_call
from calls.api.filters import CallFilter, UtteranceFilter
from calls.models import Call, CallEvent, CallQuerySet, Utterance
from calls.permissions import get_call_for
from calls.serializers import CallEventSerializer, CallSerializer, UtteranceSerializer
from salesdesk.accounts.enums import Ability


@extend_schema_view(get=extend_schema(operation_id="calls_list", summary="List calls"))
class CallListView(ListAPIView[Call]):
    """The calls of your businesses, the newest first unless sorted otherwise."""

    serializer_class = CallSerializer
    filterset_class = CallFilter
    queryset = Call.objects.select_related("business", "placed_by")

    def get_queryset(self) -> CallQuerySet:
        calls = cast(CallQuerySet, super().get_queryset())
        return calls.where(self.request.user, Ability.VIEW_CALLS)


class CallView(APIView):
    @extend_schema(operation_id="calls_get", summary="One call", responses=CallSerializer)
    def get(self, request: Request, call_id: str) -> Response:
        """Status, numbers, times, and how it ended."""
        return Response(CallSerializer(get_call_for(request.user, call_id)).data)


@extend_schema_view(get=extend_schema(operation_id="calls_interactions", summary="The transcript"))
class InteractionListView(ListAPIView[Utterance]):
    """What was said, in order.

    While the call runs, ask with `after` set to the highest `version` seen: what comes back is
    new, or replaces the utterance of the same `sequence`. Nothing is lost or doubled that way.
    """

    serializer_class = UtteranceSerializer
    filterset_class = UtteranceFilter
    queryset = Utterance.objects.none()

    def get_queryset(self) -> QuerySet[Utterance]:
        return shown_call(self).utterances.defer("search").in_order()


@extend_schema_view(get=extend_schema(operation_id="calls_events", summary="The history"))
class EventListView(ListAPIView[CallEvent]):
    """What happened to the call, in order: status changes, commands of managers, errors."""

    serializer_class = CallEventSerializer
    filter_backends = ()
    queryset = CallEvent.objects.none()

    def get_queryset(self) -> QuerySet[CallEvent]:
        return shown_call(self).events.select_related("user").order_by("created_at", "pk")
