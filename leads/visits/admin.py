"""Messages about appointments and calendars' feeds in the admin."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from leads.models import CalendarFeed, VisitMessage, VisitRules, VisitTemplate
from salesdesk.lib.admin import RecordAdmin


@admin.register(VisitMessage)
class VisitMessageAdmin(RecordAdmin):
    list_display = ("appointment", "kind", "channel", "due_at", "state", "why")
    list_filter = ("state", "kind", "channel")
    search_fields = ("appointment__public_id", "reference")
    list_select_related = ("appointment",)


@admin.register(VisitRules)
class VisitRulesAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    list_display = ("business", "writes", "reminders", "ask_after_minutes", "missed_after_hours")
    list_select_related = ("business",)
    autocomplete_fields = ("business",)


@admin.register(VisitTemplate)
class VisitTemplateAdmin(RecordAdmin):
    """Its words are checked on the settings page, so that is where they are written."""

    list_display = ("business", "kind", "channel", "is_active", "updated_at")
    list_filter = ("kind", "channel", "business")
    list_select_related = ("business",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(RecordAdmin):
    list_display = ("calendar", "label", "by", "created_at", "read_at", "revoked_at")
    list_select_related = ("calendar", "by")
    exclude = ("digest",)
