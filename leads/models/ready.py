"""Reps who are ready to call, and the leads that are kept for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import HELD, ReservationState, SessionState
from leads.models.outcomes import Outcome
from leads.models.people import Lead
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id


class ReadySession(models.Model):
    """A stretch of time in which a rep works through the queue of a business.

    ``seen_at`` is when the rep's page was last heard of, ``waiting_since`` when the rep last
    became free. ``why`` says in a sentence why the session is paused or over, if not by the rep.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ready_sessions"
    )
    state = models.CharField(max_length=8, choices=SessionState, default=SessionState.READY)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "business"),
                condition=~Q(state=SessionState.ENDED),
                name="ready_session_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "waiting_since"),
                name="ready_session_waiting",
                condition=Q(state=SessionState.READY),
            ),
            models.Index(fields=("user", "-started_at"), name="ready_session_of_rep"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_state_display()}"


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def held(self) -> "ReservationQuerySet":
        return self.filter(state__in=HELD)


class Reservation(models.Model):
    """A lead that is kept for one rep: Postgres keeps it from a second one.

    ``expires_at`` is until when it is offered, or the outcome is waited for; empty while they
    talk. ``answered_at`` and ``ended_at`` are those of the connection with the lead, ``result``
    how the dial came out.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    session = models.ForeignKey(ReadySession, on_delete=models.CASCADE, related_name="reservations")
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reservations"
    )
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="reservations")
    state = models.CharField(
        max_length=8, choices=ReservationState, default=ReservationState.OFFERED
    )
    wanted_for = models.CharField(max_length=80, blank=True)
    outcome = models.OneToOneField(
        Outcome, on_delete=models.SET_NULL, related_name="reservation", null=True
    )
    conversation = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    result = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("lead",), condition=Q(state__in=HELD), name="lead_reserved_once"
            ),
            models.UniqueConstraint(
                fields=("session",), condition=Q(state__in=HELD), name="one_lead_at_a_time"
            ),
        )
        indexes = (
            models.Index(fields=("user", "-created_at"), name="reservation_of_rep"),
            models.Index(
                fields=("expires_at",), name="reservation_expiring", condition=Q(state__in=HELD)
            ),
        )

    def __str__(self) -> str:
        return f"{self.lead} for {self.user}"

    @property
    def is_held(self) -> bool:
        return self.state in HELD


class ReadyAction(models.Model):
    """That what a page asked for under this key was done. A page that is unsure asks again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="ready_action_once"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.key}"
