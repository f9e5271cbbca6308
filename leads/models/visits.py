"""When somebody visits whom."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.fields.ranges import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from leads.enums import (
    AppointmentStatus,
    CalendarProvider,
)
from leads.models.people import Lead
from leads.regions import validate_region
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business, validate_hours
from salesdesk.lib.ids import public_id

TAKES_TIME = (AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)


class Calendar(models.Model):
    """The time of one person or crew that can be booked.

    ``hours`` like the business's, empty for the business's own; ``region`` names the holidays that
    are kept, as the ``holidays`` package writes them: a country, or country and state (``US-CA``).
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="calendars",
        null=True,
        blank=True,
    )
    hours = models.JSONField(default=dict, blank=True, validators=(validate_hours,))
    region = models.CharField(
        max_length=10, default="US", blank=True, validators=(validate_region,)
    )
    visit_minutes = models.PositiveIntegerField(default=60)
    buffer_minutes = models.PositiveIntegerField(
        default=30, help_text="Free time that is kept after each appointment."
    )
    notice_minutes = models.PositiveIntegerField(
        default=120, help_text="How long before it begins an appointment can still be booked."
    )
    days_ahead = models.PositiveIntegerField(default=60)
    provider = models.CharField(
        max_length=12, choices=CalendarProvider, default=CalendarProvider.INTERNAL
    )
    external_id = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("business", "name")

    def __str__(self) -> str:
        return self.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def where(self, user: Visitor, ability: Ability) -> "AppointmentQuerySet":
        return self.filter(within(user, ability))

    def taking_time(self) -> "AppointmentQuerySet":
        return self.filter(status__in=TAKES_TIME)

    def left_behind(self, before: datetime) -> "AppointmentQuerySet":
        """Those that an outside calendar should know of, or know better, since ``before``."""
        is_outside = Q(outside__isnull=False) | ~Q(calendar__provider=CalendarProvider.INTERNAL)
        is_old = Q(synced_at__isnull=True) | Q(synced_at__lt=F("updated_at"))
        return self.filter(is_outside, is_old, lead__isnull=False, updated_at__lt=before)

    def over_and_open(self, now: datetime) -> "AppointmentQuerySet":
        """Those of which nobody has said yet whether they took place, the oldest first."""
        return self.taking_time().filter(ends_at__lte=now).order_by("ends_at", "pk")

    def ahead_of(self, now: datetime) -> "AppointmentQuerySet":
        """Those that take place after ``now``, the next one first."""
        return self.taking_time().filter(starts_at__gt=now).order_by("starts_at", "pk")


class Appointment(models.Model):
    """An agreed time. ``blocked`` is the calendar's time it takes up, its buffer included.

    Two appointments of one calendar never take up the same time: Postgres refuses it.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="appointments")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="appointments")
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="appointments", null=True, blank=True
    )
    purpose = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked = DateTimeRangeField(editable=False)
    status = models.CharField(
        max_length=10, choices=AppointmentStatus, default=AppointmentStatus.BOOKED
    )
    address = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    conversation = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    outside = models.ForeignKey(
        Calendar,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        help_text="The calendar whose account has it as the external id.",
    )
    synced_at = models.DateTimeField(
        null=True, blank=True, help_text="Of which change the outside calendar knows."
    )
    sync_error = models.CharField(
        max_length=300, blank=True, help_text="Why the outside calendar does not have it."
    )
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the rep was asked whether it took place."
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at",)
        indexes = (
            models.Index(fields=("business", "starts_at"), name="appointment_day"),
            models.Index(fields=("lead", "starts_at"), name="appointment_lead"),
            models.Index(
                fields=("ends_at",), condition=Q(status__in=TAKES_TIME), name="appointment_open"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_later"
            ),
            # A range of one number compares like the number, with no extension to Postgres.
            ExclusionConstraint(
                name="appointment_never_double",
                expressions=[
                    (
                        Func(F("calendar_id"), F("calendar_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("blocked", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=TAKES_TIME),
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose}, {self.starts_at:%Y-%m-%d %H:%M}"
