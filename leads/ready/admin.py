"""Ready mode in the admin: to be looked at."""

from django.contrib import admin

from leads.models import ReadyAction, ReadySession, Reservation
from salesdesk.lib.admin import RecordAdmin


@admin.register(ReadySession)
class ReadySessionAdmin(RecordAdmin):
    list_display = ("user", "business", "state", "started_at", "seen_at", "ended_at")
    list_filter = ("state", "business")
    search_fields = ("user__email", "user__name", "public_id")
    list_select_related = ("user", "business")


@admin.register(Reservation)
class ReservationAdmin(RecordAdmin):
    list_display = ("lead", "user", "business", "state", "result", "created_at")
    list_filter = ("state", "business")
    search_fields = ("user__email", "lead__first_name", "lead__last_name", "public_id")
    list_select_related = ("lead", "user", "business")


@admin.register(ReadyAction)
class ReadyActionAdmin(RecordAdmin):
    list_display = ("user", "key", "created_at")
    search_fields = ("user__email", "key")
    list_select_related = ("user",)
