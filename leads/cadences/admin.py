"""Cadences, clocks and weights in the admin; what services write is only looked at."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from leads.models import (
    ArrivalRules,
    Cadence,
    CadenceStep,
    Enrollment,
    PriorityWeights,
    SpeedClock,
    Touch,
)
from salesdesk.lib.admin import RecordAdmin


class StepInline(TabularInline):  # type: ignore[misc]
    model = CadenceStep
    extra = 0
    fields = ("position", "wait_minutes", "channel", "condition", "subject", "text")


@admin.register(Cadence)
class CadenceAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "business", "is_default", "keeps_hours", "region")
    list_filter = ("is_default", "business")
    search_fields = ("name", "public_id")
    autocomplete_fields = ("business",)
    list_select_related = ("business",)
    readonly_fields = ("public_id", "created_at")
    inlines = (StepInline,)


@admin.register(CadenceStep)
class CadenceStepAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("cadence", "position", "channel", "wait_minutes", "condition")
    list_filter = ("channel",)
    search_fields = ("cadence__name", "text")
    autocomplete_fields = ("cadence",)
    list_select_related = ("cadence",)


@admin.register(Enrollment)
class EnrollmentAdmin(RecordAdmin):
    list_display = ("lead", "cadence", "status", "stop_reason", "started_at", "ended_at")
    list_filter = ("status", "stop_reason", "business")
    search_fields = ("public_id", "lead__public_id", "lead__last_name")
    list_select_related = ("lead", "cadence")
    raw_id_fields = ("business", "lead", "cadence", "by")


@admin.register(Touch)
class TouchAdmin(RecordAdmin):
    list_display = ("lead", "channel", "due_at", "status", "result", "claims")
    list_filter = ("status", "channel", "result", "business")
    search_fields = ("public_id", "lead__public_id", "lead__last_name")
    list_select_related = ("lead",)
    raw_id_fields = ("business", "enrollment", "lead", "step")


@admin.register(PriorityWeights)
class PriorityWeightsAdmin(RecordAdmin):
    list_display = ("business", "half_life_hours", "changed_at", "ranked_at")
    list_select_related = ("business",)


@admin.register(ArrivalRules)
class ArrivalRulesAdmin(RecordAdmin):
    list_display = ("business", "target_minutes", "escalate_minutes", "tells_reps", "enrolls")
    list_select_related = ("business",)


@admin.register(SpeedClock)
class SpeedClockAdmin(RecordAdmin):
    list_display = ("lead", "source", "arrived_at", "due_at", "first_contact_at", "contact_how")
    list_filter = ("source", "contact_how", "business")
    search_fields = ("lead__public_id", "lead__last_name")
    list_select_related = ("lead",)
    raw_id_fields = ("business", "lead", "contact_by")
