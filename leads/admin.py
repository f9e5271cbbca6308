"""Leads and appointments in the admin."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from leads.models import Appointment, Calendar, Integration, Lead, LeadEvent, Suppression
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
    list_display = ("purpose", "business", "calendar", "lead", "starts_at", "status")
    list_filter = ("status", "business")
    search_fields = ("public_id", "lead__first_name", "lead__last_name", "lead__phone")
    list_select_related = ("business", "calendar", "lead")


@admin.register(Suppression)
class SuppressionAdmin(RecordAdmin):
    list_display = ("__str__", "business", "source", "reason", "created_at")
    list_filter = ("source", "business")
    search_fields = ("phone", "email")
    list_select_related = ("business",)


@admin.register(LeadEvent)
class LeadEventAdmin(RecordAdmin):
    list_display = ("lead", "kind", "created_at")
    list_filter = ("kind",)
    list_select_related = ("lead",)


@admin.register(Integration)
class IntegrationAdmin(RecordAdmin):
    list_display = ("business", "provider", "is_active", "checked_at", "error")
    list_filter = ("provider", "business")
    list_select_related = ("business",)
