"""When and how a lead is tried again: cadences, who is in one, and each single touch."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import (
    EnrollmentStatus,
    StepCondition,
    StopReason,
    TouchChannel,
    TouchResult,
    TouchStatus,
)
from leads.models.people import Lead
from leads.regions import validate_region
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id

LONGEST_WAIT_MINUTES = 60 * 24 * 60
"""Sixty days."""
OPEN = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
TO_CARRY_OUT = (TouchStatus.PLANNED, TouchStatus.CLAIMED)
UNSETTLED = (*TO_CARRY_OUT, TouchStatus.PAUSED, TouchStatus.WAITING)


class CadenceQuerySet(models.QuerySet["Cadence"]):
    def where(self, user: Visitor, ability: Ability) -> "CadenceQuerySet":
        return self.filter(within(user, ability))


class Cadence(models.Model):
    """A series of attempts to reach a lead.

    ``keeps_hours``: only in the business's opening hours, by its clock; without, only by day where
    the lead lives. ``region`` names the holidays on which nobody is disturbed, as calendars do.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="cadences")
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(
        "for new leads", default=False, help_text="New leads are put into it when they arrive."
    )
    keeps_hours = models.BooleanField("keeps opening hours", default=True)
    region = models.CharField(
        "holidays of", max_length=10, default="US", blank=True, validators=(validate_region,)
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CadenceQuerySet.as_manager()

    class Meta:
        ordering = ("business", "name")
        constraints = (
            models.UniqueConstraint(fields=("business", "name"), name="cadence_named_once"),
            models.UniqueConstraint(
                fields=("business",), condition=Q(is_default=True), name="cadence_one_default"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CadenceStep(models.Model):
    """One attempt, ``wait_minutes`` after the one before was over (the first: after the start).

    ``text`` and ``subject`` are templates of messages (:mod:`leads.cadences.wording`).
    """

    cadence = models.ForeignKey(Cadence, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    wait_minutes = models.PositiveIntegerField(
        validators=(MaxValueValidator(LONGEST_WAIT_MINUTES),)
    )
    channel = models.CharField(max_length=8, choices=TouchChannel)
    condition = models.CharField(
        max_length=12, choices=StepCondition, default=StepCondition.NOT_REACHED
    )
    subject = models.CharField(max_length=150, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("cadence", "position", "pk")

    def __str__(self) -> str:
        return f"{self.get_channel_display()} after {self.wait_minutes} minutes"


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def where(self, user: Visitor, ability: Ability) -> "EnrollmentQuerySet":
        return self.filter(within(user, ability))

    def unfinished(self) -> "EnrollmentQuerySet":
        return self.filter(status__in=OPEN)


class Enrollment(models.Model):
    """A lead in a cadence; in one at a time. ``position`` is that of the step taken last."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="enrollments")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="enrollments")
    cadence = models.ForeignKey(Cadence, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(
        max_length=8, choices=EnrollmentStatus, default=EnrollmentStatus.ACTIVE
    )
    stop_reason = models.CharField(max_length=12, choices=StopReason, blank=True)
    position = models.SmallIntegerField(default=-1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who stopped or paused it.",
    )
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("lead", "-started_at"), name="enrollment_of_lead"),)
        constraints = (
            models.UniqueConstraint(
                fields=("lead",), condition=Q(status__in=OPEN), name="enrollment_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.lead} in {self.cadence}"


class TouchQuerySet(models.QuerySet["Touch"]):
    def due(self, now: datetime) -> "TouchQuerySet":
        """Those to be carried out, and those whose worker did not come back in time."""
        return self.filter(status__in=TO_CARRY_OUT, next_at__lte=now)

    def given_up(self, now: datetime) -> "TouchQuerySet":
        """Those of whose result nothing was heard in time."""
        return self.filter(status=TouchStatus.WAITING, next_at__lte=now)


class Touch(models.Model):
    """One attempt to reach a lead, planned or past.

    ``next_at`` is when something is next to be done about it: for a planned touch when it is due,
    for a claimed one when its worker's lease ends, for a waiting one when its result is no longer
    waited for. ``claims`` counts who took it up, so that a worker that lost its lease cannot
    settle it. ``began_at`` stands before something leaves the house: a message whose worker died
    then is not sent a second time.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="touches")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="touches")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="touches")
    step = models.ForeignKey(
        CadenceStep, on_delete=models.SET_NULL, null=True, blank=True, related_name="touches"
    )
    position = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=TouchChannel)
    due_at = models.DateTimeField()
    next_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=TouchStatus, default=TouchStatus.PLANNED)
    claims = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=10, choices=TouchResult, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = TouchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "touches"
        indexes = (
            models.Index(
                fields=("next_at", "id"), condition=Q(status__in=TO_CARRY_OUT), name="touch_due"
            ),
            models.Index(
                fields=("next_at",), condition=Q(status=TouchStatus.WAITING), name="touch_waiting"
            ),
            models.Index(fields=("lead", "due_at"), name="touch_of_lead"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("enrollment",),
                condition=Q(status__in=UNSETTLED),
                name="touch_one_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.due_at:%Y-%m-%d %H:%M}"
