"""``/api/v1/process_message``, ``conversations…``, ``messages…``, ``metrics…`` and the tool log."""

from salesdesk.assistant.api import conversations, metrics, processing
from salesdesk.lib.api import endpoint

CONVERSATION = "conversations/<slug:conversation_id>"

urlpatterns = [
    *endpoint("process_message", processing.ProcessMessageView.as_view(), "api_process_message"),
    *endpoint("conversations", conversations.ConversationListView.as_view(), "api_conversations"),
    *endpoint(CONVERSATION, conversations.ConversationView.as_view(), "api_conversation"),
    *endpoint(f"{CONVERSATION}/end", conversations.EndConversationView.as_view(), "api_end_conv"),
    *endpoint(f"{CONVERSATION}/messages", conversations.MessageListView.as_view(), "api_messages"),
    *endpoint("metrics", metrics.MetricsView.as_view(), "api_metrics"),
    *endpoint("metrics/historical", metrics.HistoricalMetricsView.as_view(), "api_historical"),
    *endpoint("tool-invocations", metrics.ToolLogView.as_view(), "api_tool_invocations"),
    *endpoint(
        "messages/<slug:message_id>/feedback", conversations.FeedbackView.as_view(), "api_feedback"
    ),
]
