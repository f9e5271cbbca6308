from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "salesdesk.notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from salesdesk.notifications import receivers  # noqa: F401  # connects its handlers
