"""The assistant in the admin: what it is told to be, and what it did."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from salesdesk.assistant import models
from salesdesk.lib.admin import RecordAdmin


@admin.register(models.Thread)
class ThreadAdmin(RecordAdmin):
    list_display = ("__str__", "business", "channel", "agent", "updated_at")
    list_filter = ("channel", "agent", "business")
    search_fields = ("public_id", "conversation")
    list_select_related = ("business",)


@admin.register(models.Message)
class MessageAdmin(RecordAdmin):
    list_display = ("thread", "sequence", "author", "created_at")
    list_filter = ("author",)
    list_select_related = ("thread",)


@admin.register(models.Feedback)
class FeedbackAdmin(RecordAdmin):
    list_display = ("message", "user", "is_good", "created_at")
    list_filter = ("is_good",)
    list_select_related = ("message", "user")


@admin.register(models.HandOver)
class HandOverAdmin(RecordAdmin):
    list_display = ("thread", "from_agent", "to_agent", "created_at")
    list_select_related = ("thread",)


@admin.register(models.EscalationRequest)
class EscalationRequestAdmin(RecordAdmin):
    list_display = ("reason", "business", "urgency", "department", "created_at", "settled_at")
    list_filter = ("urgency", "business")
    list_select_related = ("business",)


@admin.register(models.AgentRun)
class AgentRunAdmin(RecordAdmin):
    list_display = ("agent", "business", "model", "status", "duration_ms", "cost", "created_at")
    list_filter = ("status", "agent", "channel", "business")
    list_select_related = ("business",)


@admin.register(models.ToolInvocation)
class ToolInvocationAdmin(RecordAdmin):
    list_display = ("name", "business", "status", "confidence", "latency_ms", "created_at")
    list_filter = ("status", "channel", "business")
    search_fields = ("=conversation", "=name")
    list_select_related = ("business",)
    show_full_result_count = False


@admin.register(models.InvocationHour)
class InvocationHourAdmin(RecordAdmin):
    list_display = ("name", "business", "hour", "status", "count")
    list_filter = ("status", "business")
    list_select_related = ("business",)


@admin.register(models.RunHour)
class RunHourAdmin(RecordAdmin):
    list_display = ("model", "business", "hour", "status", "count")
    list_filter = ("status", "business")
    list_select_related = ("business",)


@admin.register(models.RollupMark)
class RollupMarkAdmin(RecordAdmin):
    list_display = ("name", "hour", "last_id")


@admin.register(models.AlertRule)
class AlertRuleAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("__str__", "business", "tool", "window_minutes", "is_active")
    list_filter = ("measure", "business")
    autocomplete_fields = ("business",)
    list_select_related = ("business",)
    readonly_fields = ("created_at",)


@admin.register(models.Alert)
class AlertAdmin(RecordAdmin):
    list_display = ("rule", "value", "raised_at", "cleared_at")
    list_select_related = ("rule",)


@admin.register(models.CaptureField)
class CaptureFieldAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("label", "business", "type", "is_required", "reads_back", "position")
    list_filter = ("type", "business")
    search_fields = ("label", "key")
    autocomplete_fields = ("business",)
    list_select_related = ("business",)


@admin.register(models.CapturedFact)
class CapturedFactAdmin(RecordAdmin):
    list_display = ("field", "thread", "status", "confidence", "updated_at")
    list_filter = ("status",)
    list_select_related = ("field", "thread")


@admin.register(models.PromptVersion)
class PromptVersionAdmin(RecordAdmin):
    list_display = ("__str__", "business", "status", "note", "published_at")
    list_filter = ("status", "agent", "business")
    list_select_related = ("business",)


class StageInline(TabularInline):  # type: ignore[misc]
    model = models.Stage
    extra = 0


class ObjectionInline(TabularInline):  # type: ignore[misc]
    model = models.Objection
    extra = 0


@admin.register(models.Playbook)
class PlaybookAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "business", "is_active", "updated_at")
    list_filter = ("business",)
    search_fields = ("name",)
    autocomplete_fields = ("business",)
    list_select_related = ("business",)
    readonly_fields = ("public_id", "created_at", "updated_at")
    inlines = (StageInline, ObjectionInline)


@admin.register(models.Stage)
class StageAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "playbook", "position", "goal")
    list_select_related = ("playbook",)


@admin.register(models.Objection)
class ObjectionAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "playbook", "position")
    list_select_related = ("playbook",)
