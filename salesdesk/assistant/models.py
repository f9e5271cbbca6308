"""What an agent is told to be, and all that is kept of what it did."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import VectorField

from leads.models import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.assistant.enums import (
    AgentName,
    AlertMeasure,
    Author,
    Channel,
    FactStatus,
    FieldType,
    MessageStatus,
    RunStatus,
    ToolStatus,
    Urgency,
    VersionStatus,
)
from salesdesk.assistant.metrics.definitions import CONFIDENCE_BUCKETS, LATENCY_BUCKETS
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id

# ---------------------------------------------------------------- conversations


class ThreadQuerySet(models.QuerySet["Thread"]):
    def where(self, user: Visitor, ability: Ability) -> "ThreadQuerySet":
        return self.filter(within(user, ability))

    def newest_first(self) -> "ThreadQuerySet":
        return self.order_by("-updated_at", "-pk")


class Thread(models.Model):
    """One conversation with one customer, by whatever channel, as the agent remembers it.

    ``conversation`` is the public id of the call, or the thread's own. ``state`` is what the
    agents hand to one another; ``summary`` stands for the turns that no longer fit the context.
    ``version`` counts the changes of its messages; ``answering_since`` is set while an answer is
    being written.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="threads")
    channel = models.CharField(max_length=10, choices=Channel)
    conversation = models.CharField(max_length=40, unique=True)
    customer_phone = models.CharField(max_length=20, blank=True)
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, related_name="threads", null=True, blank=True
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    agent = models.CharField(max_length=12, choices=AgentName, default=AgentName.DESK)
    state = models.JSONField(default=dict, blank=True)
    summary = models.TextField(blank=True)
    summarized_lines = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=0)
    answering_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("business", "-updated_at"), name="thread_newest"),
            models.Index(fields=("lead",), name="thread_lead"),
        )

    def __str__(self) -> str:
        return self.title or self.conversation


class Message(models.Model):
    """One written message of a thread; spoken words are utterances of the call.

    ``understanding`` belongs to a customer's message: intent, entities, sentiment (−1 to 1),
    confidence (0 to 1), whether it must be asked what is meant, and why. ``tools`` belongs to an
    agent's: what it used for it, each with ``id``, ``name``, ``arguments``, ``status`` (empty
    while it runs), ``latency_ms`` and ``output``. ``version`` is the thread's when this last
    changed, ``created_version`` when it came.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    sequence = models.PositiveIntegerField()
    author = models.CharField(max_length=8, choices=Author)
    text = models.TextField(blank=True)
    status = models.CharField(
        max_length=8, choices=MessageStatus, default=MessageStatus.DONE, editable=False
    )
    understanding = models.JSONField(default=dict, blank=True)
    citations = models.JSONField(default=list, blank=True)
    tools = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=0)
    created_version = models.PositiveIntegerField(default=0)
    run = models.ForeignKey(
        "AgentRun", on_delete=models.SET_NULL, related_name="messages", null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("sequence",)
        constraints = (
            models.UniqueConstraint(fields=("thread", "sequence"), name="message_sequence"),
        )

    def __str__(self) -> str:
        return f"{self.get_author_display()} {self.sequence}"


class Feedback(models.Model):
    """What a person thinks of an answer, kept to judge agents by."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_good = models.BooleanField()
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "feedback"
        constraints = (
            models.UniqueConstraint(fields=("message", "user"), name="feedback_once_a_user"),
        )

    def __str__(self) -> str:
        return "good" if self.is_good else "bad"


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


# ---------------------------------------------------------------- what was done


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


# ---------------------------------------------------------------- what is captured


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


# ---------------------------------------------------------------- prompts and playbooks


class PromptVersion(models.Model):
    """The prompt of one agent of a business, in one of its versions.

    ``template`` has variables in double braces, see ``salesdesk.assistant.prompts``. There is at
    most one draft and one published version for each agent. ``revision`` counts how often a draft
    was saved, so that nobody saves over what somebody else has saved meanwhile. A retired version
    that never was published is a draft that was discarded.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="prompts")
    agent = models.CharField(max_length=12, choices=AgentName)
    number = models.PositiveIntegerField()
    template = models.TextField()
    brand_voice = models.TextField(blank=True)
    compliance_rules = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="What has changed.")
    revision = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("agent", "-number")
        constraints = (
            models.UniqueConstraint(fields=("business", "agent", "number"), name="prompt_number"),
            models.UniqueConstraint(
                fields=("business", "agent"),
                condition=Q(status=VersionStatus.PUBLISHED),
                name="one_published_prompt",
            ),
            models.UniqueConstraint(
                fields=("business", "agent"),
                condition=Q(status=VersionStatus.DRAFT),
                name="one_draft_prompt",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_agent_display()}, version {self.number}"


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
