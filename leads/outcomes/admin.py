"""Outcomes in the admin."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from leads.models import Disposition, Outcome
from salesdesk.lib.admin import RecordAdmin


@admin.register(Disposition)
class DispositionAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("label", "business", "behaviour", "note_required", "is_active", "order")
    list_filter = ("behaviour", "business")
    search_fields = ("label", "key")
    autocomplete_fields = ("business",)
    list_select_related = ("business",)


@admin.register(Outcome)
class OutcomeAdmin(RecordAdmin):
    list_display = ("disposition", "lead", "user", "business", "created_at", "undone_at")
    list_filter = ("behaviour", "business")
    search_fields = ("public_id", "lead__first_name", "lead__last_name", "user__email")
    list_select_related = ("disposition", "lead", "user", "business")
