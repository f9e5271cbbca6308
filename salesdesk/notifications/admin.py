"""Notifications in the admin: to be looked at. Channels are set up on their own page."""

from django.contrib import admin

from salesdesk.lib.admin import RecordAdmin
from salesdesk.notifications.models import (
    Delivery,
    Notice,
    Notification,
    Preference,
    Reachability,
    SlackAccount,
)


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    list_display = ("title", "kind", "business", "urgency", "answered_by", "created_at")
    list_filter = ("kind", "urgency", "business")
    search_fields = ("title", "subject_id")
    list_select_related = ("business", "answered_by")


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    list_display = ("notice", "user", "told_at", "read_at", "snoozed_until")
    search_fields = ("notice__title", "user__email")
    list_select_related = ("notice", "user")


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    list_display = ("created_at", "business", "channel", "purpose", "status", "attempts", "error")
    list_filter = ("status", "channel", "purpose", "business")
    search_fields = ("to", "public_id", "reference")
    list_select_related = ("business",)


@admin.register(Preference)
class PreferenceAdmin(RecordAdmin):
    list_display = ("user", "kind", "channels")
    list_filter = ("kind",)
    list_select_related = ("user",)


@admin.register(Reachability)
class ReachabilityAdmin(RecordAdmin):
    list_display = ("user", "time_zone", "quiet_from", "quiet_until", "urgent_breaks_through")
    list_select_related = ("user",)


@admin.register(SlackAccount)
class SlackAccountAdmin(RecordAdmin):
    """Never with its credentials: the field cannot be edited, and so is not shown."""

    list_display = ("business", "channel", "is_direct", "checked_at", "error")
    exclude = ("credentials",)
    list_select_related = ("business",)
