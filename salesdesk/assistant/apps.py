from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "salesdesk.assistant"
    verbose_name = "Assistant"
