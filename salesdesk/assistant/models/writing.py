"""Conversations in writing."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from leads.models import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.assistant.enums import (
    AgentName,
    Author,
    Channel,
    MessageStatus,
)
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id


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
