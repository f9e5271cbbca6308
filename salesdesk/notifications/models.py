"""Notices, each person's copy of them, how people want to be told, and what was sent to whom."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business, validate_time_zone
from salesdesk.lib.ids import public_id
from salesdesk.notifications.enums import (
    SNOOZE,
    Channel,
    DeliveryStatus,
    NotificationKind,
    Purpose,
    Urgency,
    Via,
)

LONGEST_TITLE = 200
LONGEST_BODY = 2000
LONGEST_ERROR = 300


class Notice(models.Model):
    """One piece of news, told to several people; the first of them to answer it settles it.

    ``actions`` is ``[{"key": "take", "label": "Take"}, …]``. ``url`` is a path of this site.
    ``escalate_to`` says who is told when nobody has answered until ``escalate_at``:
    ``{"ability": "…"}`` or ``{"users": [key, …]}``.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NotificationKind)
    title = models.CharField(max_length=LONGEST_TITLE)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.NORMAL)
    actions = models.JSONField(default=list, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answer = models.CharField(max_length=40, blank=True)
    answered_via = models.CharField(max_length=10, choices=Via, blank=True)

    escalate_at = models.DateTimeField(null=True, blank=True)
    escalate_to = models.JSONField(default=dict, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("business", "-created_at"), name="notifications_notice_newest"),
            models.Index(
                fields=("escalate_at",),
                name="notifications_notice_late",
                condition=Q(answered_at=None, escalated_at=None, escalate_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return bool(self.actions) and self.answered_at is None

    @property
    def has_own_snooze(self) -> bool:
        """Whether putting it off is an answer for all here, and not for oneself."""
        return any(each["key"] == SNOOZE for each in self.actions)

    @property
    def answer_label(self) -> str:
        """The answer in the words of its button."""
        labels = {each["key"]: each["label"] for each in self.actions}
        return str(labels.get(self.answer, self.answer))


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> "NotificationQuerySet":
        """The user's own, of the businesses that they (still) belong to."""
        mine = self.filter(user=user)
        if user.is_superuser:
            return mine
        return mine.filter(notice__business__in=user.memberships.values("business"))

    def unread(self) -> "NotificationQuerySet":
        """Neither read nor put off."""
        return self.filter(read_at=None, snoozed_until=None)

    def newest_first(self) -> "NotificationQuerySet":
        return self.order_by("-told_at", "-pk")

    def with_notices(self) -> "NotificationQuerySet":
        return self.select_related("notice__business", "notice__answered_by", "user")


class Notification(models.Model):
    """A notice as one person has it: read or not, put off or not. Deleted, it is gone."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="notifications")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    told_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("notice", "user"), name="notification_once_a_user"),
        )
        indexes = (
            models.Index(fields=("user", "-told_at", "-id"), name="notifications_copy_newest"),
            models.Index(
                fields=("user",),
                name="notifications_copy_unread",
                condition=Q(read_at=None, snoozed_until=None),
            ),
            models.Index(
                fields=("snoozed_until",),
                name="notifications_copy_snoozed",
                condition=Q(snoozed_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.notice)

    @property
    def is_unread(self) -> bool:
        return self.read_at is None and self.snoozed_until is None


class Preference(models.Model):
    """Where a person wants to be told of one kind of news, besides the app."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    kind = models.CharField(max_length=20, choices=NotificationKind)
    channels = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "kind"), name="preference_once_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {', '.join(self.channels) or 'the app only'}"


class Reachability(models.Model):
    """When and at which number a person may be reached. Quiet hours are of ``time_zone``.

    An empty ``time_zone`` is that of the business whose news it is. Without both ends there are
    no quiet hours; an end before the beginning is of the next day.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reachability"
    )
    phone = models.CharField(max_length=20, blank=True, help_text="E.164, for SMS.")
    time_zone = models.CharField(max_length=64, blank=True, validators=(validate_time_zone,))
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    urgent_breaks_through = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "reachabilities"

    def __str__(self) -> str:
        return f"How to reach {self.user}"


class SlackAccount(models.Model):
    """A business's Slack app. ``credentials`` are JSON, encrypted, and never shown.

    Either a bot token, with which messages go to ``channel`` or to each person by their e-mail
    address (``is_direct``), or the URL of an incoming webhook.
    """

    business = models.OneToOneField(
        Business, on_delete=models.CASCADE, related_name="slack_account"
    )
    credentials = models.TextField(editable=False)
    channel = models.CharField(max_length=80, blank=True)
    is_direct = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=LONGEST_ERROR, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Slack of {self.business}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """To be sent now, and what a worker that died has left in the middle."""
        under_way = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)
        return self.filter(status__in=under_way, next_try__lte=now)

    def claim(self, key: int, now: datetime, **changes: Any) -> bool:
        """Take it for sending; whether it was still to be had."""
        waiting = self.filter(pk=key, status=DeliveryStatus.WAITING, next_try__lte=now)
        return bool(waiting.update(status=DeliveryStatus.SENDING, **changes))


class Delivery(models.Model):
    """Something sent, or to be sent, to one address over one channel.

    ``next_try``: when it is tried (again); while it is being sent, when it counts as cut off.
    ``reference`` is the provider's own name of it. ``key`` keeps a caller that asks twice from
    sending twice. ``attachments`` of an e-mail are ``[{"name": …, "type": …, "text": …}]``, its
    ``headers`` those besides the usual ones. ``sender`` is the business's number that an SMS goes
    out from; the first one unless given.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="deliveries")
    purpose = models.CharField(max_length=12, choices=Purpose)
    channel = models.CharField(max_length=10, choices=Channel)
    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=LONGEST_TITLE, blank=True)
    text = models.TextField(blank=True)
    attachments = models.JSONField(default=list, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    sender = models.CharField(max_length=20, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=100, null=True, blank=True)

    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=LONGEST_ERROR, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(fields=("business", "key"), name="notifications_delivery_key"),
        )
        indexes = (
            models.Index(fields=("business", "-created_at"), name="notifications_delivery_newest"),
            models.Index(fields=("user", "-created_at"), name="notifications_delivery_user"),
            models.Index(
                fields=("next_try",),
                name="notifications_delivery_due",
                condition=Q(status__in=("waiting", "sending")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_status_display()}"

    @property
    def is_held(self) -> bool:
        """Whether it waits for the end of quiet hours."""
        is_later = self.next_try > self.created_at
        return self.status == DeliveryStatus.WAITING and not self.attempts and is_later
