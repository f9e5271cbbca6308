"""Messages in the admin: to be looked at."""

from django.contrib import admin

from leads.models import LeadMessage
from salesdesk.lib.admin import RecordAdmin


@admin.register(LeadMessage)
class LeadMessageAdmin(RecordAdmin):
    list_display = ("created_at", "business", "lead", "direction", "channel", "status", "by")
    list_filter = ("direction", "channel", "meaning", "status", "business")
    search_fields = ("address", "public_id", "sid", "reference")
    list_select_related = ("business", "lead", "by")
