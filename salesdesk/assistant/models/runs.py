"""What the agents did: their turns, tools, hand-overs and requests for a person."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.assistant.enums import (
    AgentName,
    Channel,
    RunStatus,
    ToolStatus,
    Urgency,
)
from salesdesk.assistant.models.writing import Thread
from salesdesk.businesses.models import Business


class HandOver(models.Model):
    """One agent gave a conversation to another. ``knew`` is the state at that moment."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="hand_overs")
    from_agent = models.CharField(max_length=12, choices=AgentName)
    to_agent = models.CharField(max_length=12, choices=AgentName)
    reason = models.CharField(max_length=300, blank=True)
    knew = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.from_agent} → {self.to_agent}"


class EscalationRequest(models.Model):
    """The agent, or the customer through it, wants a person."""

    business = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="escalation_requests"
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="escalation_requests", null=True, blank=True
    )
    reason = models.CharField(max_length=300)
    urgency = models.CharField(max_length=6, choices=Urgency, default=Urgency.NORMAL)
    department = models.CharField(max_length=80, blank=True)
    callback_phone = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("business", "-created_at"), name="escalation_newest"),)

    def __str__(self) -> str:
        return self.reason


class AgentRun(models.Model):
    """One turn of an agent. ``attempts`` lists each model that was tried, and how it went.

    Times are milliseconds; ``overhead_ms`` is the loop's own, without models and tools. ``cost``
    is in US dollars, empty where no price is known.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="agent_runs")
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="runs", null=True, blank=True
    )
    channel = models.CharField(max_length=10, choices=Channel)
    agent = models.CharField(max_length=12, choices=AgentName)
    model = models.CharField(max_length=120)
    prompt_version = models.ForeignKey(
        "PromptVersion", on_delete=models.SET_NULL, related_name="runs", null=True, blank=True
    )
    status = models.CharField(max_length=10, choices=RunStatus)
    attempts = models.JSONField(default=list, blank=True)
    error = models.TextField(blank=True)
    first_text_ms = models.PositiveIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField()
    overhead_ms = models.FloatField(default=0)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(fields=("business", "-created_at"), name="agent_run_newest"),
            models.Index(fields=("thread", "created_at"), name="agent_run_thread"),
            models.Index(fields=("created_at",), name="agent_run_time"),
        )

    def __str__(self) -> str:
        return f"{self.agent} with {self.model}"


class ToolInvocationQuerySet(models.QuerySet["ToolInvocation"]):
    def where(self, user: Visitor, ability: Ability) -> "ToolInvocationQuerySet":
        return self.filter(within(user, ability))

    def newest_first(self) -> "ToolInvocationQuerySet":
        return self.order_by("-created_at", "-pk")


class ToolInvocation(models.Model):
    """A tool was used. ``confidence`` is how sure its result is (0 to 1), where it says so.

    ``reason`` is why the agent used it; ``is_clarification``: it asked the customer what is meant.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(
        Thread, on_delete=models.SET_NULL, related_name="invocations", null=True, blank=True
    )
    run = models.ForeignKey(
        AgentRun, on_delete=models.SET_NULL, related_name="invocations", null=True, blank=True
    )
    conversation = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    agent = models.CharField(max_length=12, choices=AgentName, default=AgentName.DESK)
    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict, blank=True)
    output = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=ToolStatus)
    confidence = models.FloatField(
        null=True, blank=True, validators=(MinValueValidator(0.0), MaxValueValidator(1.0))
    )
    latency_ms = models.PositiveIntegerField()
    error = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    is_clarification = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ToolInvocationQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("business", "-created_at"), name="invocation_newest"),
            models.Index(fields=("business", "name", "-created_at"), name="invocation_tool"),
            models.Index(fields=("business", "status", "-created_at"), name="invocation_status"),
            models.Index(fields=("created_at",), name="invocation_time"),
            models.Index(fields=("conversation",), name="invocation_conversation"),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.status}"
