"""What is written to customers of their appointments, and who may read a calendar from outside."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import MessageChannel, MessageState, VisitNews
from leads.models.visits import Appointment, Calendar
from salesdesk.businesses.models import Business

DAY_MINUTES = 24 * 60
USUAL_REMINDERS = (DAY_MINUTES, 120)
MOST_REMINDERS = 5
LONGEST_AHEAD = 14 * DAY_MINUTES


def usual_reminders() -> list[int]:
    return list(USUAL_REMINDERS)


def validate_reminders(minutes: Any) -> None:
    """``[1440, 120]``: minutes before the beginning, each once."""
    is_list = isinstance(minutes, list) and all(type(each) is int for each in minutes)
    if not is_list or len(set(minutes)) != len(minutes) or len(minutes) > MOST_REMINDERS:
        raise ValidationError(f"Give at most {MOST_REMINDERS} different numbers of minutes.")
    if not all(5 <= each <= LONGEST_AHEAD for each in minutes):
        raise ValidationError("A reminder is sent from five minutes to two weeks ahead.")


class VisitRules(models.Model):
    """How a business keeps in touch about appointments; without a row, as the defaults say.

    ``reminders`` are minutes before the beginning. The rep is asked ``ask_after_minutes`` after
    the end; where nobody has answered ``missed_after_hours`` later, the appointment counts as
    missed (0: it stays open).
    """

    business = models.OneToOneField(Business, on_delete=models.CASCADE, related_name="visit_rules")
    writes = models.BooleanField("write to customers", default=True)
    reminders = models.JSONField(
        default=usual_reminders, blank=True, validators=(validate_reminders,)
    )
    ask_after_minutes = models.PositiveIntegerField(
        default=15, validators=(MaxValueValidator(DAY_MINUTES),)
    )
    missed_after_hours = models.PositiveIntegerField(
        default=24, validators=(MaxValueValidator(14 * 24),)
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "visit rules"

    def __str__(self) -> str:
        return f"Appointments of {self.business}"


class VisitTemplate(models.Model):
    """A business's own words for a message; without a row, the built-in ones are sent."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="visit_templates")
    kind = models.CharField(max_length=10, choices=VisitNews)
    channel = models.CharField(max_length=6, choices=MessageChannel)
    subject = models.CharField(max_length=150, blank=True)
    text = models.TextField()
    is_active = models.BooleanField("is sent", default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("business", "kind", "channel"), name="visit_template_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_channel_display()}"


class VisitMessageQuerySet(models.QuerySet["VisitMessage"]):
    def waiting(self) -> "VisitMessageQuerySet":
        return self.filter(state=MessageState.WAITING)

    def due(self, now: datetime) -> "VisitMessageQuerySet":
        """Those to be sent by ``now``, the oldest first."""
        return self.waiting().filter(due_at__lte=now).order_by("due_at", "pk")


class VisitMessage(models.Model):
    """One message about one appointment, from the moment it is planned.

    ``about`` is when the appointment began as it was planned: of one that was moved since, the
    message is dropped. ``ahead_minutes`` tells reminders apart. ``reference`` is the public id of
    its delivery, ``why`` says in a sentence why it was not sent.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=VisitNews)
    channel = models.CharField(max_length=6, choices=MessageChannel)
    about = models.DateTimeField()
    ahead_minutes = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = VisitMessageQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("due_at", "id"), condition=Q(state="waiting"), name="visit_message_due"
            ),
            models.Index(
                fields=("reference",), condition=~Q(reference=""), name="visit_message_delivery"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("appointment", "kind", "channel", "about", "ahead_minutes"),
                name="visit_message_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.get_channel_display()}"


class CalendarFeed(models.Model):
    """A secret address at which programs read a calendar; only its digest is kept."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="feeds")
    label = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label or f"Feed of {self.calendar}"
