from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connects the rooms' handlers of news."""
        from leads.cadences import receivers as cadences  # noqa: F401
        from leads.campaigns import receivers as campaigns  # noqa: F401
        from leads.dialing import receivers as dialing  # noqa: F401
        from leads.messaging import receivers as messaging  # noqa: F401
        from leads.pipeline import receivers as pipeline  # noqa: F401
        from leads.priority import receivers as priority  # noqa: F401
        from leads.ready import receivers as ready  # noqa: F401
        from leads.speed import receivers as speed  # noqa: F401
        from leads.visits import receivers as visits  # noqa: F401
