"""``/api/v1/process_message``, ``/api/v1/conversations…`` and ``/api/v1/messages…``"""

from salesdesk.assistant.api import conversations, processing
from salesdesk.lib.api import endpoint

CONVERSATION = "conversations/<slug:conversation_id>"

urlpatterns = [
    *endpoint("process_message", processing.ProcessMessageView.as_view(), "api_process_message"),
    *endpoint("conversations", conversations.ConversationListView.as_view(), "api_conversations"),
    *endpoint(CONVERSATION, conversations.ConversationView.as_view(), "api_conversation"),
    *endpoint(f"{CONVERSATION}/end", conversations.EndConversationView.as_view(), "api_end_conv"),
    *endpoint(f"{CONVERSATION}/messages", conversations.MessageListView.as_view(), "api_messages"),
    *endpoint(
        "messages/<slug:message_id>/feedback", conversations.FeedbackView.as_view(), "api_feedback"
    ),
]
