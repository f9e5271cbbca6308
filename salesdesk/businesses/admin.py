"""Businesses in the admin."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from salesdesk.accounts.admin import MembershipInline
from salesdesk.businesses.models import Business, PhoneNumber


class PhoneNumberInline(TabularInline):  # type: ignore[misc]
    model = PhoneNumber
    extra = 0


class BusinessMembershipInline(MembershipInline):
    autocomplete_fields = ("user",)


@admin.register(Business)
class BusinessAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "trade", "engine_name", "time_zone", "is_active")
    list_filter = ("is_active", "trade", "engine")
    search_fields = ("name", "numbers__number")
    readonly_fields = ("public_id", "created_at", "updated_at")
    inlines = (PhoneNumberInline, BusinessMembershipInline)
    fieldsets = (
        (None, {"fields": ("name", "trade", "is_active", "time_zone", "language", "hours")}),
        ("Its post", {"fields": ("postal_address",)}),
        (
            "What the agent says",
            {"fields": ("greeting", "outbound_greeting", "prompt", "facts", "vocabulary")},
        ),
        (
            "How calls run",
            {
                "fields": (
                    "engine",
                    "voice",
                    "temperature",
                    "response_delay_ms",
                    "no_input_seconds",
                    "longest_call_seconds",
                )
            },
        ),
        ("Record", {"fields": ("public_id", "created_at", "updated_at")}),
    )


@admin.register(PhoneNumber)
class PhoneNumberAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("number", "business", "label", "is_active")
    list_filter = ("is_active", "business")
    search_fields = ("number", "label", "business__name")
    autocomplete_fields = ("business",)
    list_select_related = ("business",)
