"""Calls in the admin, to be looked at: what happens to them goes through the services."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from calls.models import Call, CallEvent, CallNote, Leg, MediaStream, Utterance


class RecordAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Nothing is added, changed or deleted here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Call)
class CallAdmin(RecordAdmin):
    list_display = (
        "public_id",
        "business",
        "direction",
        "status",
        "from_number",
        "to_number",
        "started_at",
        "duration_seconds",
        "end_reason",
    )
    list_filter = ("status", "direction", "end_reason", "engine", "business")
    list_select_related = ("business",)
    search_fields = ("public_id", "sid", "from_number", "to_number")
    fieldsets = (
        (None, {"fields": ("public_id", "business", "direction", "status", "placed_by")}),
        ("Numbers", {"fields": ("from_number", "to_number", "sid")}),
        ("Times", {"fields": ("started_at", "answered_at", "ended_at", "duration_seconds")}),
        ("How it went", {"fields": ("engine", "agent_paused", "end_reason", "error", "metadata")}),
    )


@admin.register(Leg)
class LegAdmin(RecordAdmin):
    list_display = ("sid", "call", "role", "number", "status", "created_at", "ended_at")
    list_filter = ("role", "status")
    list_select_related = ("call",)
    search_fields = ("sid", "number", "call__public_id")


@admin.register(MediaStream)
class MediaStreamAdmin(RecordAdmin):
    list_display = ("sid", "call", "created_at", "started_at", "ended_at", "end_reason")
    list_filter = ("end_reason",)
    list_select_related = ("call",)
    search_fields = ("sid", "call__public_id")
    exclude = ("token_hash",)


@admin.register(Utterance)
class UtteranceAdmin(RecordAdmin):
    list_display = ("call", "sequence", "speaker", "text", "interrupted", "created_at")
    list_filter = ("speaker", "interrupted")
    list_select_related = ("call",)
    search_fields = ("call__public_id",)
    ordering = ("-pk",)
    exclude = ("search",)


@admin.register(CallEvent)
class CallEventAdmin(RecordAdmin):
    list_display = ("call", "kind", "user", "created_at")
    list_filter = ("kind",)
    list_select_related = ("call", "user")
    search_fields = ("call__public_id", "kind")
    ordering = ("-pk",)


@admin.register(CallNote)
class CallNoteAdmin(RecordAdmin):
    list_display = ("call", "category", "author", "created_at", "updated_at")
    list_filter = ("category",)
    list_select_related = ("call", "author")
    search_fields = ("call__public_id", "author__email", "tags")
