"""Calls in the admin: records, to be looked at only.

Calls change through their services only, and notes on the page of their call.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from calls.models import Bridge, Call, CallEvent, CallNote, Leg, MediaStream, Utterance
from salesdesk.lib.admin import RecordAdmin


class RecordInline(TabularInline):  # type: ignore[misc]
    extra = 0
    can_delete = False
    tab = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(self.fields)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UtteranceInline(RecordInline):
    model = Utterance
    fields = ("sequence", "speaker", "text", "start_ms", "interrupted", "confidence")
    ordering = ("sequence",)
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Utterance]:
        utterances: QuerySet[Utterance] = super().get_queryset(request)
        return utterances.defer("search")


class LegInline(RecordInline):
    model = Leg
    fields = ("role", "number", "sid", "status", "answered_at", "ended_at")


class MediaStreamInline(RecordInline):
    model = MediaStream
    fields = ("sid", "claimed_at", "started_at", "ended_at", "end_reason")


class CallEventInline(RecordInline):
    model = CallEvent
    fields = ("created_at", "kind", "user", "detail")


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
    )
    list_filter = ("status", "direction", "engine", "end_reason", "business")
    list_select_related = ("business",)
    search_fields = ("public_id", "sid", "from_number", "to_number")
    date_hierarchy = "started_at"
    inlines = (UtteranceInline, CallEventInline, LegInline, MediaStreamInline)
    fieldsets = (
        (None, {"fields": ("public_id", "business", "direction", "status", "engine")}),
        ("Numbers", {"fields": ("from_number", "to_number", "sid", "placed_by")}),
        ("Times", {"fields": ("started_at", "answered_at", "ended_at", "duration_seconds")}),
        ("End", {"fields": ("end_reason", "error")}),
        ("More", {"fields": ("agent_paused", "transcript_version", "metadata")}),
    )


@admin.register(Utterance)
class UtteranceAdmin(RecordAdmin):
    list_display = ("call", "sequence", "speaker", "text", "start_ms", "interrupted")
    list_filter = ("speaker", "interrupted", "call__business")
    list_select_related = ("call",)
    search_fields = ("call__public_id", "text")
    exclude = ("search",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Utterance]:
        utterances: QuerySet[Utterance] = super().get_queryset(request)
        return utterances.defer("search")


@admin.register(CallEvent)
class CallEventAdmin(RecordAdmin):
    list_display = ("created_at", "call", "kind", "user")
    list_filter = ("kind", "call__business")
    list_select_related = ("call", "user")
    search_fields = ("call__public_id", "kind")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Leg)
class LegAdmin(RecordAdmin):
    list_display = ("sid", "call", "role", "number", "status", "created_at")
    list_filter = ("role", "status")
    list_select_related = ("call",)
    search_fields = ("call__public_id", "sid", "number")


@admin.register(MediaStream)
class MediaStreamAdmin(RecordAdmin):
    list_display = ("call", "sid", "created_at", "claimed_at", "ended_at", "end_reason")
    list_filter = ("end_reason",)
    list_select_related = ("call",)
    search_fields = ("call__public_id", "sid")
    exclude = ("token_hash",)


@admin.register(CallNote)
class CallNoteAdmin(RecordAdmin):
    list_display = ("call", "author", "category", "created_at")
    list_filter = ("category", "call__business")
    list_select_related = ("call", "author")
    search_fields = ("call__public_id", "text", "author__name", "author__email")


@admin.register(Bridge)
class BridgeAdmin(RecordAdmin):
    list_display = ("public_id", "dial", "rep_number", "status", "created_at", "ended_at")
    list_filter = ("status",)
    search_fields = ("public_id", "rep_sid", "rep_number")
    list_select_related = ("dial",)
