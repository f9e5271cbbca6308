"""One's own notifications: listing, counting, reading, answering, deleting."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from salesdesk.accounts.api import who
from salesdesk.notifications import pages, services
from salesdesk.notifications.enums import Via
from salesdesk.notifications.filters import NotificationFilter
from salesdesk.notifications.models import Notification, NotificationQuerySet
from salesdesk.notifications.permissions import get_notification_for, notifications_of
from salesdesk.notifications.serializers import (
    AnswerSerializer,
    NotificationSerializer,
    ReadAllSerializer,
    UnreadSerializer,
)


@extend_schema_view(
    get=extend_schema(operation_id="notifications_list", summary="List your notifications")
)
class NotificationListView(ListAPIView[Notification]):
    """The newest first; put off ones come back by themselves."""

    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    queryset = Notification.objects.none()

    def get_queryset(self) -> NotificationQuerySet:
        return notifications_of(self.request.user)


class UnreadCountView(APIView):
    @extend_schema(
        operation_id="notifications_unread_count",
        summary="How many are unread",
        responses=UnreadSerializer,
    )
    def get(self, request: Request) -> Response:
        """Neither read nor put off, over all your businesses."""
        return Response({"unread_count": pages.unread_count(who(request))})


class ReadAllView(APIView):
    @extend_schema(
        operation_id="notifications_read_all",
        summary="Mark all read",
        request=None,
        responses=ReadAllSerializer,
    )
    def patch(self, request: Request) -> Response:
        """`marked` is how many were unread."""
        count = services.read_all(who(request), notifications_of(request.user))
        return Response({"marked": count})


class ReadView(APIView):
    @extend_schema(
        operation_id="notifications_read",
        summary="Mark one read",
        request=None,
        responses=NotificationSerializer,
    )
    def patch(self, request: Request, notification_id: str) -> Response:
        """Safe to repeat: the first `read_at` stays."""
        services.mark_read(get_notification_for(request.user, notification_id))
        return _shown(request, notification_id)


class AnswerView(APIView):
    @extend_schema(
        operation_id="notifications_answer",
        summary="Answer one",
        request=AnswerSerializer,
        responses=NotificationSerializer,
    )
    def post(self, request: Request, notification_id: str) -> Response:
        """With one of its `actions`, for everybody who was told; or with `snooze`, which puts it
        off for you. 409 when somebody else was first."""
        notification = get_notification_for(request.user, notification_id)
        given = AnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.answer(notification, given.validated_data["action"], via=Via.API)
        return _shown(request, notification_id)


class NotificationView(APIView):
    @extend_schema(
        operation_id="notifications_get",
        summary="One notification",
        responses=NotificationSerializer,
    )
    def get(self, request: Request, notification_id: str) -> Response:
        """As you have it; looking does not mark it read."""
        return _shown(request, notification_id)

    @extend_schema(operation_id="notifications_delete", summary="Delete one", responses={204: None})
    def delete(self, request: Request, notification_id: str) -> Response:
        """Your copy, for good; others keep theirs."""
        services.delete(get_notification_for(request.user, notification_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(request: Request, notification_id: str) -> Response:
    notification = get_notification_for(request.user, notification_id)
    return Response(NotificationSerializer(notification).data)
