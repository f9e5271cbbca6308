"""The facts that a business wants to know, and those that it got to know."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from salesdesk.assistant.enums import (
    FactStatus,
    FieldType,
)
from salesdesk.assistant.models.writing import Thread
from salesdesk.businesses.models import Business


def validate_choices(choices: Any) -> None:
    if not isinstance(choices, list) or not all(isinstance(each, str) and each for each in choices):
        raise ValidationError("Choices are a list of words, like [“gas”, “electric”].")


class CaptureField(models.Model):
    """One fact that the business wants to know of each lead.

    ``lead_field`` names the lead's own field that takes it, besides its ``facts``.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="capture_fields")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=8, choices=FieldType, default=FieldType.TEXT)
    choices = models.JSONField(default=list, blank=True, validators=(validate_choices,))
    smallest = models.FloatField(null=True, blank=True)
    largest = models.FloatField(null=True, blank=True)
    question = models.CharField(max_length=200, help_text="How the agent asks for it.")
    is_required = models.BooleanField("required", default=False)
    reads_back = models.BooleanField("read back and confirm", default=False)
    lead_field = models.CharField(max_length=20, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("business", "key"), name="capture_field_key"),
        )

    def __str__(self) -> str:
        return self.label


class CapturedFact(models.Model):
    """What a customer said to one field. ``said`` are their words, ``value`` what they mean."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="captured")
    field = models.ForeignKey(CaptureField, on_delete=models.CASCADE, related_name="captured")
    value = models.JSONField()
    said = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=FactStatus, default=FactStatus.HEARD)
    confidence = models.FloatField(default=1.0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("thread", "field"), name="captured_once_a_thread"),
        )

    def __str__(self) -> str:
        return f"{self.field}: {self.status}"
