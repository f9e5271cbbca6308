from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "salesdesk.assistant"
    verbose_name = "Assistant"

    def ready(self) -> None:
        from salesdesk.assistant import receivers  # noqa: F401  # connects its handlers
