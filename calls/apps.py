from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = "Calls"

    def ready(self) -> None:
        """Connects the handlers of news."""
        from calls import receivers  # noqa: F401
        from calls.dialling import receivers as dialling  # noqa: F401
