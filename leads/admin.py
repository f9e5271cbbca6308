"""Leads and appointments in the admin."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from leads.arriving import admin as arriving  # noqa: F401  # registers its own
from leads.cadences import admin as cadences  # noqa: F401  # registers its own
from leads.campaigns import admin as campaigns  # noqa: F401  # registers its own
from leads.contacts import keep_in_peace
from leads.forms import HELP, IntegrationForm
from leads.gate.forms import RulesForm
from leads.matching import admin as matching  # noqa: F401  # registers its own
from leads.messaging import admin as messaging  # noqa: F401  # registers its own
from leads.models import (
    Account,
    Appointment,
    Attempt,
    Calendar,
    Consent,
    Contact,
    Dial,
    DialDecision,
    DialRules,
    DoNotCallEntry,
    DoNotCallList,
    Integration,
    Lead,
    LeadEvent,
    Merge,
    Opportunity,
    Suppression,
)
from leads.outcomes import admin as outcomes  # noqa: F401  # registers its own
from leads.outside import integrations
from leads.ready import admin as ready  # noqa: F401  # registers its own
from leads.visits import admin as visits  # noqa: F401  # registers its own
from salesdesk.accounts.permissions import who
from salesdesk.lib.admin import RecordAdmin


@admin.register(Lead)
class LeadAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("__str__", "business", "stage", "source", "owner", "created_at")
    list_filter = ("stage", "source", "business")
    search_fields = ("first_name", "last_name", "phone", "email", "public_id")
    autocomplete_fields = ("business", "owner")
    list_select_related = ("business", "owner")
    readonly_fields = ("public_id", "created_at", "updated_at")


@admin.register(Calendar)
class CalendarAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "business", "user", "provider", "is_active")
    list_filter = ("provider", "business")
    search_fields = ("name",)
    autocomplete_fields = ("business", "user")
    list_select_related = ("business", "user")
    readonly_fields = ("public_id", "created_at")


@admin.register(Appointment)
class AppointmentAdmin(RecordAdmin):
    list_display = (
        "purpose",
        "business",
        "calendar",
        "lead",
        "starts_at",
        "status",
        "sync_error",
    )
    list_filter = ("status", "business")
    search_fields = ("public_id", "lead__first_name", "lead__last_name", "lead__phone")
    list_select_related = ("business", "calendar", "lead")


@admin.register(Suppression)
class SuppressionAdmin(RecordAdmin):
    list_display = ("__str__", "business", "source", "reason", "created_at")
    list_filter = ("source", "business")
    search_fields = ("phone", "email")
    list_select_related = ("business",)


@admin.register(DialRules)
class DialRulesAdmin(ModelAdmin):  # type: ignore[misc]
    form = RulesForm
    list_display = ("business", "is_paused", "opens_at", "closes_at", "per_day", "per_week")
    list_filter = ("is_paused",)
    list_select_related = ("business",)
    autocomplete_fields = ("business",)
    fields = ("business", *RulesForm.Meta.fields)


@admin.register(DialDecision)
class DialDecisionAdmin(RecordAdmin):
    list_display = ("__str__", "business", "kind", "allowed", "overridden", "at")
    list_filter = ("allowed", "overridden", "kind", "business")
    search_fields = ("phone", "email", "public_id")
    list_select_related = ("business",)


@admin.register(Attempt)
class AttemptAdmin(RecordAdmin):
    list_display = ("__str__", "business", "caller", "kind", "at")
    list_filter = ("kind", "business")
    search_fields = ("phone",)
    list_select_related = ("business",)


@admin.register(Dial)
class DialAdmin(RecordAdmin):
    list_display = ("__str__", "business", "kind", "origin", "status", "result", "created_at")
    list_filter = ("status", "kind", "origin", "business")
    search_fields = ("phone", "public_id", "call_id")
    list_select_related = ("business",)


@admin.register(DoNotCallList)
class DoNotCallListAdmin(RecordAdmin):
    list_display = ("name", "business", "kind", "as_of", "count", "imported_at")
    list_filter = ("kind", "business")
    list_select_related = ("business",)


@admin.register(Consent)
class ConsentAdmin(RecordAdmin):
    list_display = ("lead", "kind", "is_given", "business", "at")
    list_filter = ("kind", "is_given", "business")
    search_fields = ("lead__first_name", "lead__last_name", "lead__phone", "proof")
    list_select_related = ("business", "lead")


@admin.register(DoNotCallEntry)
class DoNotCallEntryAdmin(RecordAdmin):
    list_display = ("__str__", "list")
    search_fields = ("phone",)
    list_select_related = ("list",)


@admin.register(LeadEvent)
class LeadEventAdmin(RecordAdmin):
    list_display = ("lead", "kind", "created_at")
    list_filter = ("kind",)
    list_select_related = ("lead",)


@admin.register(Integration)
class IntegrationAdmin(ModelAdmin):  # type: ignore[misc]
    """Credentials are typed here, tried at once, and never shown again."""

    form = IntegrationForm
    list_display = ("business", "provider", "is_active", "checked_at", "error")
    list_filter = ("provider", "business")
    list_select_related = ("business",)
    autocomplete_fields = ("business",)
    readonly_fields = ("checked_at", "error")
    actions = ("try_connection",)
    fieldsets = (
        (None, {"fields": ("business", "provider", "is_active", "checked_at", "error")}),
        (
            "Credentials",
            {
                "fields": tuple(HELP),
                "description": "Never shown. Left empty, they stay as they are.",
            },
        ),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Integration | None = None
    ) -> Sequence[str]:
        return (*self.readonly_fields, *(("business", "provider") if obj else ()))

    def save_model(
        self, request: HttpRequest, obj: Integration, form: IntegrationForm, change: bool
    ) -> None:
        """Raises nothing: what does not work outside is stored and told."""
        is_active = obj.is_active
        if any(form.credentials.values()):
            stored = integrations.set_credentials(obj.business, obj.provider, form.credentials)
            obj.pk = stored.pk
            obj.refresh_from_db()
            self._try(request, obj)
        obj.is_active = is_active
        obj.save(update_fields=["is_active"])

    def delete_model(self, request: HttpRequest, obj: Integration) -> None:
        integrations.remove(obj)

    @admin.action(description="Test connection", permissions=["change"])
    def try_connection(self, request: HttpRequest, queryset: QuerySet[Integration]) -> None:
        for integration in queryset.select_related("business"):
            self._try(request, integration)

    def _try(self, request: HttpRequest, integration: Integration) -> None:
        tried = integrations.test_connection(integration)
        level = messages.ERROR if tried.error else messages.SUCCESS
        self.message_user(request, f"{tried}: {tried.error or 'it works.'}", level)


@admin.register(Account)
class AccountAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "business", "domain", "phone")
    list_filter = ("business",)
    search_fields = ("name", "domain", "phone")
    autocomplete_fields = ("business",)
    list_select_related = ("business",)
    readonly_fields = ("public_id", "created_at", "updated_at")

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        """A company that must be left in peace is so by its new name too."""
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            keep_in_peace(obj, form.initial["name"], who(request))


@admin.register(Contact)
class ContactAdmin(RecordAdmin):
    list_display = ("__str__", "business", "lead", "account", "role", "is_lead")
    list_filter = ("is_lead", "business")
    search_fields = ("name", "phone", "email")
    list_select_related = ("business", "lead", "account")


@admin.register(Opportunity)
class OpportunityAdmin(RecordAdmin):
    list_display = ("topic", "business", "lead", "amount", "status", "found_by", "created_at")
    list_filter = ("status", "found_by", "business")
    search_fields = ("topic", "public_id", "conversation")
    list_select_related = ("business", "lead")


@admin.register(Merge)
class MergeAdmin(RecordAdmin):
    list_display = ("__str__", "business", "by", "created_at", "undone_at")
    list_filter = ("business",)
    search_fields = ("public_id", "absorbed_id", "absorbed_name")
    list_select_related = ("business", "kept", "by")
