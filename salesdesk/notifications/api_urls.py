"""``/api/v1/notifications…``"""

from salesdesk.lib.api import endpoint
from salesdesk.notifications.api import notifications as api
from salesdesk.notifications.api.preferences import PreferencesView

ALL = "notifications"
ONE = f"{ALL}/<slug:notification_id>"

urlpatterns = [
    *endpoint(ALL, api.NotificationListView.as_view(), "api_notifications"),
    *endpoint(f"{ALL}/unread-count", api.UnreadCountView.as_view(), "api_unread_count"),
    *endpoint(f"{ALL}/read-all", api.ReadAllView.as_view(), "api_read_all"),
    *endpoint(f"{ALL}/preferences", PreferencesView.as_view(), "api_preferences"),
    *endpoint(ONE, api.NotificationView.as_view(), "api_notification"),
    *endpoint(f"{ONE}/read", api.ReadView.as_view(), "api_read_notification"),
    *endpoint(f"{ONE}/answer", api.AnswerView.as_view(), "api_answer_notification"),
]
