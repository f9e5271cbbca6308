"""Leads that were two and are one."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from leads.models.people import Lead
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id

UNDONE_WITHIN = timedelta(days=30)


class Merge(models.Model):
    """One lead became part of another; what was done is kept, so that it can be taken back.

    ``absorbed`` is the row of the lead that is no more, ``before`` the changed columns of the one
    that was kept and ``after`` what they became, all as JSON by column. ``moved`` lists what came
    over: ``{"app.model": {"field": [keys]}}``; ``dropped`` are rows that could not, whole.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="merges")
    kept = models.ForeignKey(Lead, on_delete=models.SET_NULL, related_name="merges", null=True)
    absorbed_id = models.CharField(max_length=20, help_text="Its public id.")
    absorbed_name = models.CharField(max_length=200)
    absorbed = models.JSONField(encoder=DjangoJSONEncoder)
    before = models.JSONField(encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)
    moved = models.JSONField(default=dict)
    dropped = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("absorbed_id",), name="merge_absorbed"),)

    def __str__(self) -> str:
        return f"{self.absorbed_name} into {self.kept}"

    @property
    def undone_until(self) -> datetime:
        return self.created_at + UNDONE_WITHIN

    @property
    def may_be_undone(self) -> bool:
        is_recent = timezone.now() < self.undone_until
        return is_recent and self.undone_at is None and self.kept_id is not None
