"""What was done to many leads, in the admin: to be looked at, since services write it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from leads.models import BulkChange
from salesdesk.lib.admin import RecordAdmin


@admin.register(BulkChange)
class BulkChangeAdmin(RecordAdmin):
    list_display = ("__str__", "business", "by", "status", "changed", "created_at")
    list_filter = ("status", "action", "business")
    search_fields = ("public_id", "by__email", "by__name")
    exclude = ("keys",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkChange]:
        return super().get_queryset(request).told()  # type: ignore[no-any-return]
