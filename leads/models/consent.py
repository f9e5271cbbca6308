"""Who may not be called or written to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import (
    SuppressionSource,
)
from salesdesk.businesses.models import Business
from salesdesk.lib.phone import for_people


class Suppression(models.Model):
    """Nobody may dial this number, nor write to this address, for this business again."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="suppressions")
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=8, choices=SuppressionSource)
    conversation = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("business", "phone"), condition=~Q(phone=""), name="suppressed_phone_once"
            ),
            models.UniqueConstraint(
                fields=("business", "email"), condition=~Q(email=""), name="suppressed_email_once"
            ),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email=""), name="suppression_of_something"
            ),
        )

    def __str__(self) -> str:
        return for_people(self.phone) or self.email
