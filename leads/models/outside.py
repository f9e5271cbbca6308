"""Accounts with outside services."""

from django.db import models
from django.utils import timezone

from leads.enums import (
    CalendarProvider,
    CrmProvider,
)
from salesdesk.businesses.models import Business


class Integration(models.Model):
    """A business's account with an outside service.

    ``credentials`` are JSON as :func:`salesdesk.lib.secrets.encrypt` leaves it, and never shown.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="integrations")
    provider = models.CharField(
        max_length=12,
        choices=[
            (CrmProvider.SALESFORCE.value, "Salesforce"),
            (CalendarProvider.GOOGLE.value, "Google Calendar"),
        ],
    )
    credentials = models.TextField(blank=True, editable=False)
    options = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField("active", default=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("business", "provider"), name="integration_once_a_business"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_provider_display()} of {self.business}"
