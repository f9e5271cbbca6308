"""What an agent is told to be."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from salesdesk.assistant.enums import (
    AgentName,
    VersionStatus,
)
from salesdesk.businesses.models import Business


class PromptVersion(models.Model):
    """The prompt of one agent of a business, in one of its versions.

    ``template`` has variables in double braces, see :mod:`~salesdesk.assistant.prompting.prompts`.
    There is at most one draft and one published version for each agent. ``revision`` counts how
    often a draft was saved, so that nobody saves over what somebody else has saved meanwhile. A
    retired version that never was published is a draft that was discarded.
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
