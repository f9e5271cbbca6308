"""Conversations so far, their messages, and what people think of the answers."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from salesdesk.accounts.api import who
from salesdesk.assistant.api.base import checked
from salesdesk.assistant.api.filters import ConversationFilter, MessageFilter
from salesdesk.assistant.api.serializers import (
    ConversationSerializer,
    ConversationWithMessagesSerializer,
    FeedbackSerializer,
    GiveFeedbackSerializer,
    MessageSerializer,
)
from salesdesk.assistant.models import Message, Thread
from salesdesk.assistant.permissions import (
    get_message_for,
    get_thread_for,
    require_using,
    visible_threads,
)
from salesdesk.assistant.writing import threads
from salesdesk.lib.errors import Conflict


@extend_schema_view(
    get=extend_schema(operation_id="conversations_list", summary="List conversations")
)
class ConversationListView(ListAPIView[Thread]):
    """Your own, the newest first; for managers and admins, all of their businesses."""

    serializer_class = ConversationSerializer
    filterset_class = ConversationFilter
    queryset = Thread.objects.none()

    def get_queryset(self) -> QuerySet[Thread]:
        require_using(self.request.user)
        threads_seen = visible_threads(self.request.user).newest_first()
        return threads_seen.select_related("business", "lead", "started_by")


class ConversationView(APIView):
    @extend_schema(
        operation_id="conversations_get",
        summary="One conversation",
        responses=ConversationWithMessagesSerializer,
    )
    def get(self, request: Request, conversation_id: str) -> Response:
        """With its newest hundred messages."""
        thread = get_thread_for(request.user, conversation_id)
        return Response(ConversationWithMessagesSerializer(thread).data)


class EndConversationView(APIView):
    @extend_schema(
        operation_id="conversations_end",
        summary="End a conversation",
        request=None,
        responses=ConversationSerializer,
    )
    def post(self, request: Request, conversation_id: str) -> Response:
        """Nothing can be written in it afterwards. 409 when it has ended already."""
        thread = get_thread_for(request.user, conversation_id, to_write=True)
        if not threads.end_thread(thread):
            raise Conflict("This conversation has ended already.")
        return Response(ConversationSerializer(thread).data)


@extend_schema_view(
    get=extend_schema(operation_id="conversations_messages", summary="Messages of a conversation")
)
class MessageListView(ListAPIView[Message]):
    """In the order in which they were written; with `after`, those that came later."""

    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        thread = get_thread_for(self.request.user, self.kwargs["conversation_id"])
        return thread.messages.prefetch_related("feedback__user")


class FeedbackView(APIView):
    @extend_schema(
        operation_id="messages_feedback",
        summary="Judge an answer",
        request=GiveFeedbackSerializer,
        responses=FeedbackSerializer,
        examples=[
            OpenApiExample(
                "Thumbs down",
                value={"is_good": False, "comment": "The price is from last year."},
                request_only=True,
            )
        ],
    )
    def put(self, request: Request, message_id: str) -> Response:
        """Yours, in place of what you thought of it before. 409 for what is no finished answer."""
        message = get_message_for(request.user, message_id)
        values = checked(GiveFeedbackSerializer, request.data)
        feedback = threads.give_feedback(message, user=who(request), **values)
        return Response(FeedbackSerializer(feedback).data)
