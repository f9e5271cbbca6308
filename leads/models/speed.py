"""How fast leads are answered, and who is told when one arrives."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from leads.enums import ContactHow, LeadSource
from leads.models.people import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business

MOST_MINUTES = 7 * 24 * 60
MINUTES = (MinValueValidator(1), MaxValueValidator(MOST_MINUTES))


class ArrivalRules(models.Model):
    """What a business promises to leads that arrive.

    ``target_minutes`` is how soon they are to be reached, ``targets`` those of single sources
    (``{"web_form": 5}``).
    """

    business = models.OneToOneField(
        Business, on_delete=models.CASCADE, related_name="arrival_rules"
    )
    target_minutes = models.PositiveIntegerField(
        "first contact within, in minutes", default=15, validators=MINUTES
    )
    targets = models.JSONField(default=dict, blank=True)
    escalate_minutes = models.PositiveIntegerField(
        "managers are told after, in minutes",
        default=5,
        validators=MINUTES,
        help_text="When nobody has taken a lead by then.",
    )
    snooze_minutes = models.PositiveIntegerField(
        "snooze puts off by, in minutes", default=30, validators=MINUTES
    )
    tells_reps = models.BooleanField("tell reps of new leads", default=True)
    enrolls = models.BooleanField("put new leads into the cadence", default=True)

    class Meta:
        verbose_name_plural = "arrival rules"

    def __str__(self) -> str:
        return f"Arrival rules of {self.business}"

    def target_of(self, source: str) -> int:
        """Minutes."""
        return int(self.targets.get(source, self.target_minutes))


class SpeedClockQuerySet(models.QuerySet["SpeedClock"]):
    def where(self, user: Visitor, ability: Ability) -> "SpeedClockQuerySet":
        return self.filter(within(user, ability))

    def running(self) -> "SpeedClockQuerySet":
        return self.filter(first_contact_at=None, closed_at=None)

    def newly_late(self, now: datetime) -> "SpeedClockQuerySet":
        """Running past their target, with nobody told yet."""
        return self.running().filter(breached_at=None, due_at__lte=now)


class SpeedClock(models.Model):
    """From the arrival of a lead to the first contact with it; one runs at a time.

    ``first_attempt_at`` is when somebody first tried. ``breached_at`` is when the target was found
    missed, ``closed_at`` when nobody will be contacted any more (lost, opted out).
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="speed_clocks")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="speed_clocks")
    source = models.CharField(max_length=12, choices=LeadSource)
    arrived_at = models.DateTimeField()
    target_minutes = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    first_contact_at = models.DateTimeField(null=True, blank=True)
    contact_how = models.CharField(max_length=8, choices=ContactHow, blank=True)
    contact_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    breached_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SpeedClockQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("business", "arrived_at"), name="speed_arrivals"),
            models.Index(
                fields=("due_at",),
                condition=Q(first_contact_at=None, closed_at=None, breached_at=None),
                name="speed_to_breach",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("lead",),
                condition=Q(first_contact_at=None, closed_at=None),
                name="speed_one_runs",
            ),
        )

    def __str__(self) -> str:
        return f"Clock of {self.lead}"
