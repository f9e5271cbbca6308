"""Who may not be called or written to, and who agreed to what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import (
    ConsentKind,
    SuppressionSource,
)
from leads.models.people import Lead
from salesdesk.businesses.models import Business
from salesdesk.lib.phone import for_people


class Suppression(models.Model):
    """Nobody may contact this number, address, person or company for this business again.

    ``company`` is its name as :func:`leads.gate.places.company_key` writes it. A lead counts with
    every number and address that it has.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="suppressions")
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    company = models.CharField(max_length=120, blank=True)
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="suppressions", null=True, blank=True
    )
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
            models.UniqueConstraint(
                fields=("business", "company"),
                condition=~Q(company=""),
                name="suppressed_company_once",
            ),
            models.UniqueConstraint(
                fields=("business", "lead"),
                condition=Q(lead__isnull=False),
                name="suppressed_lead_once",
            ),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email="") | ~Q(company="") | Q(lead__isnull=False),
                name="suppression_of_something",
            ),
        )

    def __str__(self) -> str:
        return for_people(self.phone) or self.email or self.company or str(self.lead)


class Consent(models.Model):
    """Somebody agreed to something, or agrees to it no longer; the latest of a kind counts.

    ``wording`` is what they agreed to, word for word; ``proof`` says how that can be shown: the
    address of the form, the id of the call, the name of the file.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="consents")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=10, choices=ConsentKind)
    is_given = models.BooleanField("given", help_text="Not given: withdrawn.")
    wording = models.TextField(blank=True)
    proof = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("lead", "kind", "-at"), name="consent_latest"),)

    def __str__(self) -> str:
        state = "given" if self.is_given else "withdrawn"
        return f"{self.get_kind_display()}: {state}"
