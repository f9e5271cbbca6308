"""The words for leads and appointments."""

from django.db import models


class LeadSource(models.TextChoices):
    CALL_IN = "call_in", "They called"
    CALL_OUT = "call_out", "We called"
    TEXT = "text", "Text message"
    WEB_FORM = "web_form", "Web form"
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"
    IMPORT = "import", "Import"
    API = "api", "API"
    CRM = "crm", "CRM"
    MANUAL = "manual", "Entered by hand"


class LeadStage(models.TextChoices):
    NEW = "new", "New"
    CONTACTED = "contacted", "Contacted"
    QUALIFIED = "qualified", "Qualified"
    APPOINTMENT = "appointment", "Appointment"
    PROPOSAL = "proposal", "Proposal"
    WON = "won", "Won"
    LOST = "lost", "Lost"


class LeadEventKind(models.TextChoices):
    CREATED = "created", "Created"
    CHANGED = "changed", "Changed"
    NOTE = "note", "Note"
    CONVERSATION = "conversation", "Conversation"
    APPOINTMENT = "appointment", "Appointment"
    SUPPRESSED = "suppressed", "Do not call"
    CRM = "crm", "CRM"


class SuppressionSource(models.TextChoices):
    CALLER = "caller", "Said in a conversation"
    STAFF = "staff", "Entered by staff"
    API = "api", "API"
    IMPORT = "import", "Import"


class AppointmentStatus(models.TextChoices):
    """``BOOKED`` and ``CONFIRMED`` take up their time."""

    BOOKED = "booked", "Booked"
    CONFIRMED = "confirmed", "Confirmed"
    DONE = "done", "Done"
    MISSED = "missed", "Missed"
    CANCELED = "canceled", "Canceled"


class CalendarProvider(models.TextChoices):
    INTERNAL = "internal", "salesdesk"
    GOOGLE = "google", "Google Calendar"
    SALESFORCE = "salesforce", "Salesforce events"


class CrmProvider(models.TextChoices):
    INTERNAL = "internal", "salesdesk"
    SALESFORCE = "salesforce", "Salesforce"
