"""What was done to many leads at once."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from leads.enums import BulkAction, BulkStatus, LeadStage
from leads.models.cadences import Cadence
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    def told(self) -> "BulkChangeQuerySet":
        """With what is shown of them: not the leads, who may be very many."""
        return self.select_related("business", "by").defer("keys")


class BulkChange(models.Model):
    """Something that is done to all leads that a filter let through when it was asked for.

    ``keys`` are those leads, in their order; the first ``position`` have been looked at, which is
    written together with what became of each. ``refused`` are sentences with counts. ``beat_at``
    is the last sign of life of who works on it, ``claims`` how often it was taken up since it last
    came any further. Without ``owner`` or ``cadence`` the one that was meant has been deleted.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="bulk_changes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    query = models.TextField(blank=True)
    action = models.CharField(max_length=12, choices=BulkAction)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    stage = models.CharField(max_length=12, choices=LeadStage, blank=True)
    cadence = models.ForeignKey(
        Cadence, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    reason = models.CharField(max_length=300, blank=True)
    keys = ArrayField(models.BigIntegerField(), editable=False)
    total = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=8, choices=BulkStatus, default=BulkStatus.WAITING)
    error = models.CharField(max_length=300, blank=True)
    claims = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("business", "-created_at"), name="bulk_change_newest"),)

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.total} leads"

    @property
    def is_over(self) -> bool:
        return self.status in (BulkStatus.DONE, BulkStatus.STOPPED)

    @property
    def left(self) -> int:
        """How many have not been looked at."""
        return self.total - self.position
