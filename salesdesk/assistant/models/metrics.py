"""Figures of every hour, and what is told when one leaves its bounds."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import VectorField

from salesdesk.assistant.enums import (
    AlertMeasure,
    Channel,
    RunStatus,
    ToolStatus,
)
from salesdesk.assistant.metrics.definitions import CONFIDENCE_BUCKETS, LATENCY_BUCKETS
from salesdesk.businesses.models import Business


def no_latencies() -> list[float]:
    return [0.0] * LATENCY_BUCKETS


def no_confidences() -> list[float]:
    return [0.0] * CONFIDENCE_BUCKETS


class InvocationHour(models.Model):
    """The invocations of one tool in one hour, added up, so that no page reads them one by one.

    ``latencies`` and ``confidences`` are counts by bucket, see
    :mod:`salesdesk.assistant.metrics.definitions`: vectors, since Postgres adds those fast. Counts
    in them are exact up to 16 million a bucket.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    name = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    status = models.CharField(max_length=10, choices=ToolStatus)
    count = models.PositiveIntegerField()
    clarifications = models.PositiveIntegerField(default=0)
    latency_sum_ms = models.BigIntegerField(default=0)
    latencies = VectorField(dimensions=LATENCY_BUCKETS, default=no_latencies)
    confidence_count = models.PositiveIntegerField(default=0)
    confidence_sum = models.FloatField(default=0)
    confidences = VectorField(dimensions=CONFIDENCE_BUCKETS, default=no_confidences)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("business", "hour", "name", "channel", "status"), name="invocation_hour"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} at {self.hour:%Y-%m-%d %H}"


class RunHour(models.Model):
    """The turns of one model in one hour, added up as in :class:`InvocationHour`.

    ``cost`` is that of the ``priced`` turns, whose price is known; ``first_texts`` counts the
    turns that said something by how long it took until then.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    model = models.CharField(max_length=120)
    channel = models.CharField(max_length=10, choices=Channel)
    status = models.CharField(max_length=10, choices=RunStatus)
    count = models.PositiveIntegerField()
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cost = models.DecimalField(max_digits=16, decimal_places=6, default=0)
    priced = models.PositiveIntegerField(default=0)
    first_texts = VectorField(dimensions=LATENCY_BUCKETS, default=no_latencies)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("business", "hour", "model", "channel", "status"), name="run_hour"
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} at {self.hour:%Y-%m-%d %H}"


class RollupMark(models.Model):
    """How far rows are added up: all hours before ``hour``, and of those that came late the rows
    up to ``last_id``."""

    name = models.CharField(max_length=20, unique=True)
    hour = models.DateTimeField()
    last_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} before {self.hour:%Y-%m-%d %H}"


class AlertRule(models.Model):
    """Tells people when a figure of the last ``window_minutes`` crosses its threshold."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="alert_rules")
    measure = models.CharField(max_length=16, choices=AlertMeasure)
    is_below = models.BooleanField(
        "alert below the threshold",
        default=True,
        help_text="Otherwise the alert is for values above it.",
    )
    threshold = models.FloatField()
    tool = models.CharField(max_length=60, blank=True, help_text="Empty for all tools.")
    window_minutes = models.PositiveIntegerField(
        default=60, validators=(MinValueValidator(5), MaxValueValidator(7 * 24 * 60))
    )
    least_count = models.PositiveIntegerField(
        default=20, help_text="With fewer invocations in the window there is no alert."
    )
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        side = "below" if self.is_below else "above"
        return f"{self.get_measure_display()} {side} {self.threshold:g}"


class Alert(models.Model):
    """A rule's threshold is crossed, from ``raised_at`` until ``cleared_at``."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="alerts")
    value = models.FloatField()
    raised_at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("rule",), condition=Q(cleared_at=None), name="one_open_alert_a_rule"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.value:g}"
