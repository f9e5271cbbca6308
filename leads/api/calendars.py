"""Calendars, and the secret addresses at which programs read them."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.base import checked
from leads.models import Calendar, CalendarFeed, VisitMessage
from leads.permissions import get_appointment_for
from leads.visits import feeds
from leads.visits.permissions import businesses_where, get_calendar_for, get_feed_for
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.serializers import BusinessNameSerializer, PersonSerializer


class CalendarSerializer(serializers.ModelSerializer[Calendar]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()
    user = PersonSerializer(allow_null=True)

    class Meta:
        model = Calendar
        fields = (
            "id",
            "business",
            "name",
            "user",
            "hours",
            "region",
            "visit_minutes",
            "buffer_minutes",
            "notice_minutes",
            "days_ahead",
            "provider",
            "is_active",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "hours": {"help_text": "By day, like `[“08:00”, “18:00”]`; empty: the business's."},
        }


class FeedSerializer(serializers.ModelSerializer[CalendarFeed]):
    class Meta:
        model = CalendarFeed
        fields = ("id", "label", "created_at", "read_at")


@extend_schema_serializer(component_name="NewCalendarFeed")
class NewFeedSerializer(FeedSerializer):
    address = serializers.URLField(help_text="Told this once: who has it reads the calendar.")

    class Meta(FeedSerializer.Meta):
        fields = (*FeedSerializer.Meta.fields, "address")  # type: ignore[assignment]


@extend_schema_serializer(component_name="CalendarFeedCreation")
class FeedLabelSerializer(serializers.Serializer[Any]):
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=60, required=False, default="", allow_blank=True
    )


class VisitMessageSerializer(serializers.ModelSerializer[VisitMessage]):
    class Meta:
        model = VisitMessage
        fields = ("kind", "channel", "ahead_minutes", "due_at", "state", "sent_at", "why")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "ahead_minutes": {"help_text": "Of a reminder: how long before the beginning."},
            "why": {"help_text": "Why it was not sent."},
        }


@extend_schema_view(get=extend_schema(operation_id="calendars_list", summary="List calendars"))
class CalendarListView(ListAPIView[Calendar]):
    """The calendars of your businesses."""

    serializer_class = CalendarSerializer
    filter_backends = ()
    queryset = Calendar.objects.none()

    def get_queryset(self) -> QuerySet[Calendar]:
        businesses = businesses_where(self.request.user, Ability.VIEW_LEADS).order_by()
        known = Calendar.objects.filter(business__in=businesses)
        return known.select_related("business", "user").order_by("name", "pk")


class FeedListView(APIView):
    @extend_schema(
        operation_id="calendar_feeds_list",
        summary="List a calendar's feeds",
        responses=FeedSerializer(many=True),
    )
    def get(self, request: Request, calendar_id: str) -> Response:
        """Those that are not revoked. For managers."""
        calendar = get_calendar_for(request.user, calendar_id)
        live = calendar.feeds.filter(revoked_at=None).order_by("pk")
        return Response(FeedSerializer(live, many=True).data)

    @extend_schema(
        operation_id="calendar_feeds_create",
        summary="Make a feed",
        request=FeedLabelSerializer,
        responses={201: NewFeedSerializer},
    )
    def post(self, request: Request, calendar_id: str) -> Response:
        """A secret address at which calendar programs read the calendar (iCalendar)."""
        calendar = get_calendar_for(request.user, calendar_id)
        label = checked(FeedLabelSerializer, request.data)["label"]
        feed, address = feeds.open_feed(calendar, label=label, by=who(request))
        told = {**FeedSerializer(feed).data, "address": address}
        return Response(told, status=status.HTTP_201_CREATED)


class FeedView(APIView):
    @extend_schema(
        operation_id="calendar_feeds_revoke", summary="Revoke a feed", responses={204: None}
    )
    def delete(self, request: Request, calendar_id: str, feed_id: str) -> Response:
        """Nobody reads the calendar there any more. Revoking twice changes nothing."""
        key = int(feed_id) if feed_id.isdecimal() and len(feed_id) < 19 else 0
        feeds.revoke_feed(get_feed_for(request.user, calendar_id, key))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(
    get=extend_schema(operation_id="appointments_messages", summary="Messages to the customer")
)
class VisitMessagesView(ListAPIView[VisitMessage]):
    """Confirmations and reminders of one appointment, and what became of them."""

    serializer_class = VisitMessageSerializer
    filter_backends = ()
    queryset = VisitMessage.objects.none()

    def get_queryset(self) -> QuerySet[VisitMessage]:
        visit = get_appointment_for(self.request.user, self.kwargs["appointment_id"])
        return visit.messages.order_by("due_at", "pk")
