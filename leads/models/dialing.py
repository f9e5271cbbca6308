"""Dials that somebody wants, and what became of them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import DialKind, DialOrigin, DialResult, DialStatus
from leads.models.gate import DialDecision
from leads.models.people import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id
from salesdesk.lib.phone import for_people

ON_THE_LINE = (DialStatus.PLACED, DialStatus.ANSWERED)
"""The phone rings, or somebody talks."""
OVER = (DialStatus.BLOCKED, DialStatus.ENDED, DialStatus.FAILED, DialStatus.CANCELED)


class DialQuerySet(models.QuerySet["Dial"]):
    def where(self, user: Visitor, ability: Ability) -> "DialQuerySet":
        """Dials of the businesses in which ``user`` has ``ability``."""
        return self.filter(within(user, ability))

    def waiting(self) -> "DialQuerySet":
        """Queued, and nobody is about to place them."""
        return self.filter(status=DialStatus.QUEUED, claimed_at=None)

    def due(self, now: datetime) -> "DialQuerySet":
        """Those waiting whose time has come, the longest wait first."""
        return self.waiting().filter(not_before__lte=now).order_by("not_before", "pk")

    def on_the_line(self) -> "DialQuerySet":
        return self.filter(status__in=ON_THE_LINE)


class Dial(models.Model):
    """A call that is to be placed, once, when its time has come and the gate allows it.

    ``origin_id`` is the id of what wanted it (touch, campaign, reservation …); ``call_id`` the
    public id of the call that it became. ``lead`` is empty where a person dialled a number that
    is nobody's.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="dials")
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="dials", null=True, blank=True
    )
    phone = models.CharField(max_length=20)
    kind = models.CharField(max_length=5, choices=DialKind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="dials",
        null=True,
        blank=True,
    )
    origin = models.CharField(max_length=10, choices=DialOrigin)
    origin_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=DialStatus, default=DialStatus.QUEUED)
    result = models.CharField(max_length=10, choices=DialResult, blank=True)
    error = models.CharField(max_length=300, blank=True)
    decision = models.ForeignKey(
        DialDecision, on_delete=models.PROTECT, related_name="dials", null=True, blank=True
    )
    call_id = models.CharField(max_length=20, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    placed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DialQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("not_before", "id"),
                name="dial_due",
                condition=Q(status=DialStatus.QUEUED, claimed_at__isnull=True),
            ),
            models.Index(
                fields=("claimed_at",),
                name="dial_claimed",
                condition=Q(status=DialStatus.QUEUED, claimed_at__isnull=False),
            ),
            models.Index(
                fields=("business", "phone"),
                name="dial_under_way",
                condition=Q(status__in=(DialStatus.QUEUED, *ON_THE_LINE)),
            ),
            models.Index(fields=("call_id",), name="dial_call", condition=~Q(call_id="")),
            models.Index(fields=("business", "origin", "origin_id"), name="dial_origin"),
            models.Index(fields=("lead", "-created_at"), name="dial_lead"),
        )

    def __str__(self) -> str:
        return f"Dial of {for_people(self.phone)}"

    @property
    def is_over(self) -> bool:
        return self.status in OVER
