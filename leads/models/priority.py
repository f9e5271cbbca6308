"""What counts how much for the order in which leads are called."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from salesdesk.businesses.models import Business

POINTS = (MinValueValidator(-1000.0), MaxValueValidator(1000.0))


def usual_sources() -> dict[str, Any]:
    return {"call_in": 20, "web_form": 15, "text": 15, "email": 10, "webhook": 10, "api": 5}


def usual_stages() -> dict[str, Any]:
    return {"qualified": 15, "proposal": 20, "appointment": -30, "won": -1000, "lost": -1000}


def usual_intents() -> dict[str, Any]:
    return {"booking": 25, "price": 15, "financing": 15, "person": 10, "product_question": 5}


class PriorityWeights(models.Model):
    """A business's own weights; :mod:`leads.priority.scoring` says what each means."""

    business = models.OneToOneField(
        Business, on_delete=models.CASCADE, related_name="priority_weights"
    )
    half_life_hours = models.FloatField(
        default=24.0, validators=(MinValueValidator(0.25), MaxValueValidator(24.0 * 365))
    )
    age_points = models.FloatField(default=10.0, validators=(MinValueValidator(0.0), POINTS[1]))
    attempt_points = models.FloatField(default=-4.0, validators=POINTS)
    value_points = models.FloatField(default=5.0, validators=POINTS)
    conversion_points = models.FloatField(default=40.0, validators=POINTS)
    sources = models.JSONField(default=usual_sources, blank=True)
    stages = models.JSONField(default=usual_stages, blank=True)
    intents = models.JSONField(default=usual_intents, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    ranked_at = models.DateTimeField(
        null=True, blank=True, help_text="When all leads had been put in order by these."
    )

    class Meta:
        verbose_name_plural = "priority weights"

    def __str__(self) -> str:
        return f"Weights of {self.business}"
