"""How leads came in, in the admin: to be looked at, since services write it."""

from django.contrib import admin

from leads.models import (
    Arrival,
    ImportMapping,
    ImportProblem,
    InboxMessage,
    LeadImport,
    Mailbox,
    MailRule,
    WebForm,
    WebhookDelivery,
    WebhookEndpoint,
)
from salesdesk.lib.admin import RecordAdmin


@admin.register(Arrival)
class ArrivalAdmin(RecordAdmin):
    list_display = ("origin", "business", "source", "is_new")
    list_filter = ("source", "is_new", "business")
    search_fields = ("origin",)
    list_select_related = ("business",)
    raw_id_fields = ("lead",)


@admin.register(WebForm)
class WebFormAdmin(RecordAdmin):
    list_display = ("name", "business")
    list_filter = ("business",)
    search_fields = ("name",)
    list_select_related = ("business",)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(RecordAdmin):
    """Secrets are never shown."""

    list_display = ("name", "business")
    list_filter = ("business",)
    exclude = ("secret", "old_secret")
    list_select_related = ("business",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(RecordAdmin):
    list_display = ("delivery_id", "endpoint", "status", "error")
    list_filter = ("status",)
    search_fields = ("delivery_id",)
    list_select_related = ("endpoint",)


@admin.register(LeadImport)
class LeadImportAdmin(RecordAdmin):
    list_display = ("file_name", "business", "status")
    list_filter = ("status", "business")
    search_fields = ("file_name",)
    list_select_related = ("business",)


@admin.register(ImportProblem)
class ImportProblemAdmin(RecordAdmin):
    list_display = ("lead_import", "row", "message")
    list_select_related = ("lead_import",)
    raw_id_fields = ("lead_import",)


@admin.register(ImportMapping)
class ImportMappingAdmin(RecordAdmin):
    list_display = ("headers_key", "business")
    list_filter = ("business",)
    list_select_related = ("business",)


@admin.register(Mailbox)
class MailboxAdmin(RecordAdmin):
    """Passwords are never shown."""

    list_display = ("name", "business", "host", "username", "error")
    list_filter = ("business",)
    exclude = ("password",)
    list_select_related = ("business",)


@admin.register(MailRule)
class MailRuleAdmin(RecordAdmin):
    list_display = ("name", "business", "sender", "subject")
    list_filter = ("business",)
    search_fields = ("name", "sender")
    list_select_related = ("business",)


@admin.register(InboxMessage)
class InboxMessageAdmin(RecordAdmin):
    list_display = ("subject", "sender", "business", "reader", "reason")
    list_filter = ("business",)
    search_fields = ("sender", "subject")
    exclude = ("raw",)
    list_select_related = ("business",)
    raw_id_fields = ("lead",)
