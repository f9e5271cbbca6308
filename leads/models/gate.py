"""What the gate decides by, and the ledger of what it decided."""

import json
import re

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from leads.enums import ContactKind, GateReason, ListKind, MachineAction
from leads.models.people import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import WEEKDAYS, Business
from salesdesk.lib.ids import public_id
from salesdesk.lib.phone import for_people

MONDAY_TO_SATURDAY = WEEKDAYS[:6]
HOURS_OF_A_DAY = (MinValueValidator(0), MaxValueValidator(24))


def default_days() -> list[str]:
    return list(MONDAY_TO_SATURDAY)


def validate_days(days: list[str]) -> None:
    if not set(days) <= set(WEEKDAYS):
        raise ValidationError(f"Days are {', '.join(WEEKDAYS)}.")


MACHINE_MESSAGE = (
    "Hello {name}, this is the automated assistant of {business}. I am sorry that I missed you. "
    "Please call us back at {phone}. If you want no more calls, call that number and say so, and "
    "you are taken off our list. Goodbye."
)
MESSAGE_FIELDS = ("{business}", "{phone}", "{name}")


def validate_message(text: str) -> None:
    """Who calls and their number must be told (47 CFR 64.1200(b))."""
    unknown = set(re.findall(r"\{[^}]*\}?", text)) - set(MESSAGE_FIELDS)
    if unknown:
        known = ", ".join(MESSAGE_FIELDS)
        raise ValidationError(f"“{min(unknown)}” is no placeholder; there are {known}.")
    if "{business}" not in text or "{phone}" not in text:
        raise ValidationError("Say who calls, {business}, and the number to call, {phone}.")


class DialRules(models.Model):
    """How a business dials. The law's limits hold besides: rules can only be stricter.

    Hours are those of the called party's clock. A limit of 0 is none.
    """

    business = models.OneToOneField(Business, on_delete=models.CASCADE, related_name="dial_rules")
    is_paused = models.BooleanField(
        "pause all dialling", default=False, help_text="Nobody is called until this is taken back."
    )
    opens_at = models.PositiveSmallIntegerField(
        "first hour",
        default=8,
        validators=HOURS_OF_A_DAY,
        help_text="Of the called party’s clock. The law allows from 8 to 21; some states less.",
    )
    closes_at = models.PositiveSmallIntegerField(
        "last hour", default=21, validators=HOURS_OF_A_DAY, help_text="No call begins later."
    )
    days = ArrayField(
        models.CharField(max_length=3),
        default=default_days,
        validators=(validate_days,),
        help_text="On which calls are placed.",
    )
    calls_on_holidays = models.BooleanField("call on public holidays", default=False)
    countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        blank=True,
        help_text="Which are called, as two letters: US, CA. None given: any.",
    )
    per_day = models.PositiveSmallIntegerField(
        "attempts in 24 hours", default=3, help_text="To one number. 0: no limit of your own."
    )
    per_week = models.PositiveSmallIntegerField(
        "attempts in 7 days", default=10, help_text="To one number. 0: no limit."
    )
    rest_minutes = models.PositiveSmallIntegerField(
        "rest between attempts",
        default=10,
        help_text="Minutes from one attempt at a number to the next.",
    )
    caller_per_hour = models.PositiveSmallIntegerField(
        "calls an hour from one number",
        default=240,
        help_text="After so many your number rests, so that it is not taken for spam. 0: no limit.",
    )
    ai_needs_consent = models.BooleanField(
        "AI calls need consent",
        default=True,
        help_text="An AI voice is an artificial voice under the TCPA (FCC, February 2024).",
    )
    sms_needs_consent = models.BooleanField(
        "advertising by text message needs consent", default=True
    )
    needs_list = models.BooleanField(
        "dial only with a national do-not-call list",
        default=False,
        help_text="Calls are refused until one has been imported.",
    )
    list_days = models.PositiveSmallIntegerField(
        "longest age of a list",
        default=31,
        help_text="Days. The Telemarketing Sales Rule asks for 31 at most. 0: no limit.",
    )
    detects_machines = models.BooleanField(
        "detect answering machines",
        default=True,
        help_text="By the carrier, who charges for it. Their words give them away besides.",
    )
    on_machine = models.CharField(
        "when a machine takes the agent’s call",
        max_length=13,
        choices=MachineAction,
        default=MachineAction.HANG_UP,
    )
    machine_message = models.TextField(
        "message",
        blank=True,
        max_length=600,
        default=MACHINE_MESSAGE,
        validators=(validate_message,),
        help_text=(
            "Spoken after the beep. {business} and {phone} must be in it, {name} may be. A spoken "
            "advertisement needs the consent of the called party, and says how to end the calls."
        ),
    )
    rep_presses_key = models.BooleanField(
        "reps press a key before a lead is called",
        default=True,
        help_text="So that a lead never meets the voicemail of a rep’s own phone.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "dial rules"

    def __str__(self) -> str:
        return f"Dialling of {self.business}"

    def clean(self) -> None:
        if self.opens_at >= self.closes_at:
            raise ValidationError({"closes_at": "The last hour lies before the first."})


class DoNotCallList(models.Model):
    """A list of numbers as it stood on ``as_of``. Importing its name again replaces its numbers."""

    business = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="do_not_call_lists"
    )
    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=ListKind)
    as_of = models.DateField("state of")
    count = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("business", "name"), name="do_not_call_list_once"),
        )

    def __str__(self) -> str:
        return self.name


class DoNotCallEntry(models.Model):
    """A number on a list."""

    list = models.ForeignKey(DoNotCallList, on_delete=models.CASCADE, related_name="entries")
    phone = models.CharField(max_length=20)

    class Meta:
        verbose_name_plural = "do-not-call entries"
        constraints = (
            models.UniqueConstraint(fields=("phone", "list"), name="do_not_call_entry_once"),
        )

    def __str__(self) -> str:
        return for_people(self.phone)


class DialDecisionQuerySet(models.QuerySet["DialDecision"]):
    def where(self, user: Visitor, ability: Ability) -> "DialDecisionQuerySet":
        """Decisions of the businesses in which ``user`` has ``ability``."""
        return self.filter(within(user, ability))

    def newest_first(self) -> "DialDecisionQuerySet":
        return self.order_by("-at", "-pk")


class DialDecision(models.Model):
    """A line of the ledger: somebody may be contacted now, or not, and by which facts.

    Lines are only ever added: a trigger refuses UPDATE, DELETE and TRUNCATE. So lead and user are
    kept without a constraint, and stay named when they are gone. ``reasons`` are those against
    it, those that were overridden too.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="dial_decisions")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=5, choices=ContactKind)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    caller = models.CharField(max_length=20, blank=True)
    lead = models.ForeignKey(
        Lead,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="dial_decisions",
    )
    lead_name = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
    )
    user_name = models.CharField(max_length=200, blank=True)
    campaign = models.CharField(max_length=40, blank=True)
    allowed = models.BooleanField()
    reasons = ArrayField(models.CharField(max_length=24), default=list)
    overridden = models.BooleanField(default=False)
    override_reason = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)

    objects = DialDecisionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("business", "-at", "-id"), name="decision_newest"),
            models.Index(fields=("business", "phone", "-at"), name="decision_phone"),
            models.Index(fields=("lead", "-at"), name="decision_lead"),
        )

    def __str__(self) -> str:
        return f"{'Allowed' if self.allowed else 'Refused'}: {self.to}"

    @property
    def to(self) -> str:
        """The number or address, for people."""
        return for_people(self.phone) if self.phone else self.email

    @property
    def facts_text(self) -> str:
        """The facts for people, a line each."""
        return json.dumps(self.facts, indent=2)

    @property
    def gate_reasons(self) -> tuple[GateReason, ...]:
        return tuple(GateReason(reason) for reason in self.reasons)

    @property
    def sentences(self) -> list[str]:
        """Why not, a sentence each."""
        return [str(reason.label) for reason in self.gate_reasons]


class Attempt(models.Model):
    """An allowed decision was used: the number was dialled. One decision, one attempt."""

    decision = models.OneToOneField(DialDecision, on_delete=models.PROTECT, related_name="attempt")
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    phone = models.CharField(max_length=20)
    caller = models.CharField(max_length=20)
    kind = models.CharField(max_length=5, choices=ContactKind)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (
            models.Index(fields=("business", "phone", "-at"), name="attempt_phone"),
            models.Index(fields=("caller", "-at"), name="attempt_caller"),
        )

    def __str__(self) -> str:
        return f"{for_people(self.phone)} at {self.at:%Y-%m-%d %H:%M}"
