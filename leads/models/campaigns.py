"""Lists of leads that the agent calls, and how far it is with each."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import CampaignStatus, DialResult, MemberStatus
from leads.models.dialing import Dial
from leads.models.people import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import WEEKDAYS, Business, PhoneNumber
from salesdesk.lib.ids import public_id

OPEN = (CampaignStatus.RUNNING, CampaignStatus.PAUSED)
RETRIED = (DialResult.NO_ANSWER, DialResult.BUSY, DialResult.VOICEMAIL, DialResult.FAILED)
"""The results after which a lead may be called again."""
MOST_RETRIES = 9
LONGEST_WAIT_MINUTES = 14 * 24 * 60
FASTEST, SLOWEST = 10.0, 0.01
"""Calls per second."""
MOST_AT_ONCE = 200


def usual_days() -> list[str]:
    return list(WEEKDAYS[:5])


def usual_retries() -> dict[str, dict[str, int]]:
    return {
        DialResult.NO_ANSWER.value: {"times": 2, "wait_minutes": 240},
        DialResult.BUSY.value: {"times": 2, "wait_minutes": 30},
        DialResult.VOICEMAIL.value: {"times": 1, "wait_minutes": 1440},
        DialResult.FAILED.value: {"times": 1, "wait_minutes": 60},
    }


def validate_days(days: Any) -> None:
    if not isinstance(days, list) or not days or not set(days) <= set(WEEKDAYS):
        raise ValidationError(f"Days are a list of {', '.join(WEEKDAYS)}.")


def validate_retries(retries: Any) -> None:
    """``{"busy": {"times": 2, "wait_minutes": 30}, …}``; a result that is left out is final."""
    if not isinstance(retries, dict) or not set(retries) <= set(RETRIED):
        raise ValidationError(f"Results after which is tried again: {', '.join(RETRIED)}.")
    if not all(_is_retry(rule) for rule in retries.values()):
        raise ValidationError(
            f"Give times (0 to {MOST_RETRIES}) and wait_minutes (1 to {LONGEST_WAIT_MINUTES})."
        )


def _is_retry(rule: Any) -> bool:
    if not isinstance(rule, dict) or set(rule) != {"times", "wait_minutes"}:
        return False
    times, wait = rule["times"], rule["wait_minutes"]
    if not isinstance(times, int) or not isinstance(wait, int):
        return False
    return 0 <= times <= MOST_RETRIES and 1 <= wait <= LONGEST_WAIT_MINUTES


def validate_lead_filter(given: Any) -> None:
    """``{"stage": ["new"], …}``: a query of the list of leads; its form says what is good."""
    good = isinstance(given, dict) and all(
        isinstance(values, list) and all(isinstance(value, str) for value in values)
        for values in given.values()
    )
    if not good:
        raise ValidationError("A filter is an object of lists of strings.")


def _percent(default: int, help_text: str) -> Any:
    checks = (MinValueValidator(0), MaxValueValidator(100))
    return models.PositiveSmallIntegerField(default=default, validators=checks, help_text=help_text)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def where(self, user: Visitor, ability: Ability) -> "CampaignQuerySet":
        """Campaigns of the businesses in which ``user`` has ``ability``."""
        return self.filter(within(user, ability))

    def running(self) -> "CampaignQuerySet":
        return self.filter(status=CampaignStatus.RUNNING, business__is_active=True)


class Campaign(models.Model):
    """The agent calls all leads of a filter, at a pace, within hours, and again by rules.

    ``lead_filter`` is the query of the list of leads, ``{name: [values]}``. ``opens`` and
    ``closes`` are told by the clocks of the leads. ``stop_reason`` says why it was paused by its
    stop rules; these look at the attempts that ended since ``resumed_at``.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="campaigns")
    name = models.CharField(max_length=80)
    status = models.CharField(
        max_length=10, choices=CampaignStatus, default=CampaignStatus.DRAFT, editable=False
    )
    lead_filter = models.JSONField(default=dict, blank=True, validators=(validate_lead_filter,))
    purpose = models.CharField(max_length=300, help_text="Why the agent calls, in a sentence.")
    greeting = models.TextField(
        blank=True,
        max_length=600,
        help_text="The agent's first words; the business's own for calls out where it is empty.",
    )
    caller = models.ForeignKey(
        PhoneNumber,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        help_text="The number that is called from; the business's first one where it is empty.",
    )
    calls_per_second = models.FloatField(
        default=0.2, validators=(MinValueValidator(SLOWEST), MaxValueValidator(FASTEST))
    )
    at_once = models.PositiveSmallIntegerField(
        default=5, validators=(MinValueValidator(1), MaxValueValidator(MOST_AT_ONCE))
    )
    days = models.JSONField(default=usual_days, validators=(validate_days,))
    opens = models.TimeField(default=time(9))
    closes = models.TimeField(default=time(18))
    retries = models.JSONField(default=usual_retries, blank=True, validators=(validate_retries,))
    watched_results = models.PositiveSmallIntegerField(
        default=50,
        validators=(MinValueValidator(10), MaxValueValidator(1000)),
        help_text="How many of the latest attempts the stop rules look at.",
    )
    least_results = models.PositiveSmallIntegerField(
        default=20,
        validators=(MinValueValidator(5), MaxValueValidator(1000)),
        help_text="Before so many attempts have ended, nothing is judged.",
    )
    most_failed = _percent(30, "Of all attempts: the carrier refused, or the line broke.")
    most_abandoned = _percent(25, "Of the answered calls: hung up within ten seconds.")
    most_opted_out = _percent(10, "Of the answered calls: wants no more calls.")
    stop_reason = models.CharField(max_length=300, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    resumed_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("business", "-created_at"), name="campaign_newest"),
            models.Index(
                fields=("id",), name="campaign_running", condition=Q(status=CampaignStatus.RUNNING)
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        problems: dict[str, str] = {}
        if self.opens >= self.closes:
            problems["closes"] = "The window ends before it begins."
        if self.least_results > self.watched_results:
            problems["least_results"] = "No more than the stop rules look at."
        if self.caller is not None and self.caller.business_id != self.business_id:
            problems["caller"] = "The calling number is not one of this business."
        if problems:
            raise ValidationError(problems)

    @property
    def hours(self) -> Mapping[str, tuple[str, str]]:
        """By day, like a business's hours: the window by the clock of a lead."""
        span = (f"{self.opens:%H:%M}", f"{self.closes:%H:%M}")
        return dict.fromkeys(self.days, span)

    @property
    def days_in_words(self) -> str:
        """``Mon–Fri``; days that do not follow one another as ``Mon, Wed``."""
        chosen = [day for day in WEEKDAYS if day in self.days]
        first, last = WEEKDAYS.index(chosen[0]), WEEKDAYS.index(chosen[-1])
        if len(chosen) > 2 and last - first + 1 == len(chosen):
            return f"{chosen[0].capitalize()}–{chosen[-1].capitalize()}"
        return ", ".join(day.capitalize() for day in chosen)

    @property
    def is_open(self) -> bool:
        """Whether leads of it are still to be called, now or later."""
        return self.status in OPEN


class CampaignMember(models.Model):
    """A lead that was in the filter when the campaign began.

    ``dial`` is the newest one, ``attempts`` how often the number was dialled. What has ended says
    so in ``result`` and ``note``.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="members")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="campaign_members")
    status = models.CharField(
        max_length=10, choices=MemberStatus, default=MemberStatus.WAITING, editable=False
    )
    due_at = models.DateTimeField(default=timezone.now)
    place = models.PositiveIntegerField(default=0, help_text="In which order leads are called.")
    attempts = models.PositiveSmallIntegerField(default=0)
    dial = models.ForeignKey(
        Dial, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    result = models.CharField(max_length=10, choices=DialResult, blank=True)
    note = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "lead"), name="campaign_lead_once"),
        )
        indexes = (
            models.Index(
                fields=("campaign", "due_at", "place"),
                name="member_due",
                condition=Q(status=MemberStatus.WAITING),
            ),
            models.Index(
                fields=("campaign",),
                name="member_dialling",
                condition=Q(status=MemberStatus.DIALLING),
            ),
            models.Index(fields=("campaign", "status"), name="member_status"),
            models.Index(fields=("dial",), name="member_dial"),
        )

    def __str__(self) -> str:
        return f"{self.lead} in {self.campaign}"


class CampaignAttempt(models.Model):
    """One dial of a campaign that came to something, once; the stop rules look at these."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="attempts")
    member = models.ForeignKey(CampaignMember, on_delete=models.CASCADE, related_name="results")
    dial = models.OneToOneField(Dial, on_delete=models.CASCADE, related_name="campaign_attempt")
    phone = models.CharField(max_length=20)
    result = models.CharField(max_length=10, choices=DialResult)
    was_abandoned = models.BooleanField(default=False)
    opted_out = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(fields=("campaign", "-at", "-id"), name="campaign_attempt_newest"),
            models.Index(fields=("phone", "-at"), name="campaign_attempt_phone"),
        )

    def __str__(self) -> str:
        return f"{self.get_result_display()} at {self.at:%Y-%m-%d %H:%M}"
