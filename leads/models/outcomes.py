"""How conversations with leads came out."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from leads.enums import Behaviour
from leads.models.people import Lead
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id

MOST_RETRY_MINUTES = 90 * 24 * 60
UNDO_WITHIN = timedelta(minutes=1)


class Disposition(models.Model):
    """A word that reps of a business choose from when a conversation is over.

    ``retry_minutes`` say after how long the lead is due again; without them a lead that is to be
    tried again is left to its cadence.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="dispositions")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=60)
    behaviour = models.CharField(max_length=12, choices=Behaviour)
    note_required = models.BooleanField(default=False)
    retry_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=(MaxValueValidator(MOST_RETRY_MINUTES),)
    )
    order = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("order", "pk")
        constraints = (
            models.UniqueConstraint(fields=("business", "key"), name="disposition_key_once"),
        )

    def __str__(self) -> str:
        return self.label


class Outcome(models.Model):
    """That a conversation with a lead, or a try, came out so.

    ``behaviour`` is the disposition's at that time. ``user`` is empty for what a program noted.
    ``before`` is what :func:`leads.outcomes.services.undo_outcome` brings back.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="outcomes")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="outcomes")
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="+")
    behaviour = models.CharField(max_length=12, choices=Behaviour)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    note = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    callback_at = models.DateTimeField(null=True, blank=True)
    callback_mine = models.BooleanField(default=False)
    conversation = models.CharField(max_length=40, blank=True)
    is_automatic = models.BooleanField(default=False)
    before = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("business", "-created_at"), name="outcome_newest"),
            models.Index(fields=("lead", "-created_at"), name="outcome_of_lead"),
            models.Index(fields=("user", "-created_at"), name="outcome_of_rep"),
        )

    def __str__(self) -> str:
        return f"{self.disposition} at {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def may_be_undone(self) -> bool:
        return self.undone_at is None and timezone.now() < self.created_at + UNDO_WITHIN
