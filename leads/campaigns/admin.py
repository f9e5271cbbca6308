"""Campaigns and trainings in the admin: to be looked at, since services write them."""

from django.contrib import admin

from leads.models import Campaign, CampaignAttempt, CampaignMember, ConversionModel
from salesdesk.lib.admin import RecordAdmin


@admin.register(Campaign)
class CampaignAdmin(RecordAdmin):
    list_display = ("name", "business", "status", "started_at", "ended_at", "stop_reason")
    list_filter = ("status", "business")
    search_fields = ("name", "public_id")
    list_select_related = ("business",)


@admin.register(CampaignMember)
class CampaignMemberAdmin(RecordAdmin):
    list_display = ("lead", "campaign", "status", "attempts", "result", "due_at")
    list_filter = ("status", "result")
    search_fields = ("lead__first_name", "lead__last_name", "lead__phone", "campaign__public_id")
    list_select_related = ("lead", "campaign")
    raw_id_fields = ("lead", "campaign", "dial")


@admin.register(ConversionModel)
class ConversionModelAdmin(RecordAdmin):
    list_display = ("business", "result", "closed", "won", "brier", "base_brier", "trained_at")
    list_filter = ("result", "business")
    list_select_related = ("business",)


@admin.register(CampaignAttempt)
class CampaignAttemptAdmin(RecordAdmin):
    list_display = ("campaign", "result", "was_abandoned", "opted_out", "at")
    list_filter = ("result", "was_abandoned", "opted_out")
    search_fields = ("campaign__public_id", "phone")
    list_select_related = ("campaign",)
    raw_id_fields = ("campaign", "member", "dial")
