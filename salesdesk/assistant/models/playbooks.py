"""How a business wants its conversations to go."""

from django.db import models
from django.utils import timezone

from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id


class Playbook(models.Model):
    """How a business sells: stages in their order, and answers to objections."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="playbooks")
    name = models.CharField(max_length=80)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A part of the conversation. ``questions`` and ``lines`` are lists of sentences."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    goal = models.CharField(max_length=300)
    questions = models.JSONField(default=list, blank=True)
    lines = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class Objection(models.Model):
    """What customers hold against buying. ``signs`` are words by which it is recognised."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="objections")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=80)
    signs = models.JSONField(default=list, blank=True)
    answer = models.TextField()

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name
