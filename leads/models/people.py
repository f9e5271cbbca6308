"""People who may buy, and what is known of them."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from leads.company_keys import CompanyKey
from leads.enums import (
    LeadEventKind,
    LeadSource,
    LeadStage,
)
from leads.models.accounts import Account
from leads.search import LeadWords
from leads.zones import zone_for
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.ids import public_id
from salesdesk.lib.phone import for_people, to_e164

WORTH = Coalesce("value", models.Value(-1, output_field=models.DecimalField()))
"""A lead's value for sorting: one without any comes last."""


class LeadQuerySet(models.QuerySet["Lead"]):
    def where(self, user: Visitor, ability: Ability) -> "LeadQuerySet":
        """Leads of the businesses in which ``user`` has ``ability``."""
        return self.filter(within(user, ability))

    def of(self, business: Business) -> "LeadQuerySet":
        return self.filter(business=business)

    def newest_first(self) -> "LeadQuerySet":
        return self.order_by("-created_at", "-pk")


UNRANKED = -1e12
"""Below whatever points come to: the rank of a row that was written past the services."""


class Lead(models.Model):
    """A person whom the business talks to or would like to talk to.

    ``phone`` is E.164 and ``email`` lower case; either may be empty. ``facts`` hold what was
    captured in conversations, by the key of the business's capture field. ``crm_known`` is what
    stood in the CRM when it was last read: ``{record id: {field: value}}``.

    ``rank`` puts the business's leads in the order in which they deserve a call, the highest first
    (:mod:`leads.priority`), and is ``UNRANKED`` until that is known; since ``wanted_at`` a person
    should call. ``conversion`` is the predicted probability that it is won, from 0 to 1.
    ``closed_at`` and ``close_reason`` belong to the stages won and lost; ``words`` are what a
    search finds (:mod:`leads.search`).
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="leads")
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    company = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=12, choices=LeadSource)
    stage = models.CharField(max_length=12, choices=LeadStage, default=LeadStage.NEW)
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="leads",
        null=True,
        blank=True,
    )
    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, related_name="leads", null=True, blank=True
    )
    facts = models.JSONField(default=dict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    close_reason = models.CharField(max_length=300, blank=True)
    crm_id = models.CharField(max_length=64, blank=True, help_text="Its id in the CRM.")
    crm_known = models.JSONField(default=dict, blank=True, editable=False)
    rank = models.FloatField(default=UNRANKED, editable=False)
    wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        help_text="The only rep who should call, if it was promised so.",
    )
    wanted_for = models.CharField(max_length=80, blank=True, help_text="Why somebody should call.")
    conversion = models.FloatField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    words = models.GeneratedField(
        expression=LeadWords(), output_field=SearchVectorField(), db_persist=True
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("business", "phone"), name="lead_phone"),
            models.Index(fields=("business", "email"), name="lead_email"),
            models.Index(fields=("business", "-created_at"), name="lead_newest"),
            models.Index(fields=("business", "-rank", "id"), name="lead_rank"),
            models.Index(
                fields=("business", "-rank", "id"),
                include=("wanted_at",),
                condition=models.Q(wanted_at__isnull=False),
                name="lead_wanted_rank",
            ),
            models.Index(
                fields=("business", "wanted_at"),
                condition=models.Q(wanted_at__isnull=False),
                name="lead_wanted",
            ),
            models.Index(
                fields=("business", "stage", "-rank", "id"), include=("value",), name="lead_stage"
            ),
            models.Index(fields=("business", "source", "-created_at"), name="lead_source"),
            models.Index("business", WORTH.desc(), "id", name="lead_value"),
            models.Index(
                "business",
                CompanyKey("company"),
                condition=~models.Q(company=""),
                name="lead_company_key",
            ),
            models.Index(
                "business",
                KT("facts__callback_phone"),
                condition=models.Q(facts__has_key="callback_phone"),
                name="lead_other_phone",
            ),
            GinIndex(fields=("words",), name="lead_words"),
        )

    def __str__(self) -> str:
        return self.name or for_people(self.phone) or self.email or self.public_id

    def save(self, **options: Any) -> None:
        """Fills in the time zone where it is empty and number and address leave no doubt."""
        if not self.time_zone:
            self.time_zone = zone_for(self.phone, self.address)
            if self.time_zone and options.get("update_fields") is not None:
                options["update_fields"] = {*options["update_fields"], "time_zone"}
        super().save(**options)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def clean(self) -> None:
        """For the admin: number and address as they are compared."""
        self.email = self.email.strip().lower()
        try:
            self.phone = to_e164(self.phone) if self.phone else ""
        except InvalidInput as error:
            raise ValidationError({"phone": error.message}) from error


class LeadEvent(models.Model):
    """One entry of a lead's history. ``conversation`` is the public id of a call or thread."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=LeadEventKind)
    text = models.TextField()
    data = models.JSONField(default=dict, blank=True)
    conversation = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("lead", "-created_at"), name="lead_event_newest"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.created_at:%Y-%m-%d %H:%M}"
