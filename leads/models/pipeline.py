"""What may be sold to whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import OpportunityFinder, OpportunityStatus
from leads.models.people import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def where(self, user: Visitor, ability: Ability) -> "OpportunityQuerySet":
        """Opportunities of the businesses in which ``user`` has ``ability``."""
        return self.filter(within(user, ability))

    def proposed(self) -> "OpportunityQuerySet":
        return self.filter(status=OpportunityStatus.PROPOSED)


class Opportunity(models.Model):
    """Something that a lead may buy, proposed with the words that speak for it.

    ``conversation`` is the public id of the call or thread in which ``quote`` was said; ``topic``
    tells the opportunities of one conversation apart. ``by`` is who accepted or dismissed it.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="opportunities")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="opportunities")
    topic = models.CharField(max_length=80)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    quote = models.TextField(blank=True)
    conversation = models.CharField(max_length=40, blank=True)
    found_by = models.CharField(max_length=6, choices=OpportunityFinder)
    confidence = models.FloatField(default=0.0, help_text="From 0 to 1.")
    status = models.CharField(
        max_length=10, choices=OpportunityStatus, default=OpportunityStatus.PROPOSED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "opportunities"
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(
                fields=("business", "-created_at"),
                condition=Q(status=OpportunityStatus.PROPOSED),
                name="opportunity_proposed",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("lead", "conversation", "topic"),
                condition=~Q(conversation=""),
                name="opportunity_once_a_conversation",
            ),
        )

    def __str__(self) -> str:
        return self.topic
