"""What may be told, how, and how far a delivery has got."""

from django.db import models


class NotificationKind(models.TextChoices):
    CALL_ESCALATED = "call_escalated", "Call escalated"
    QA_ALERT = "qa_alert", "Quality alert"
    SENTIMENT_ALERT = "sentiment_alert", "Sentiment alert"
    COMPLIANCE_ISSUE = "compliance_issue", "Compliance issue"
    SYSTEM_UPDATE = "system_update", "System update"
    NEW_LEAD = "new_lead", "New lead"
    LEAD_REPLIED = "lead_replied", "A lead replied"
    CALLBACK_DUE = "callback_due", "Callback due"
    APPOINTMENT = "appointment", "Appointment"
    BREACH = "breach", "Target missed"
    IMPORT_FINISHED = "import_finished", "Import finished"
    CAMPAIGN = "campaign", "Campaign"


class Urgency(models.TextChoices):
    NORMAL = "normal", "Normal"
    HIGH = "high", "Urgent"


class Channel(models.TextChoices):
    """Where people are told besides the app, whose list has everything."""

    EMAIL = "email", "E-mail"
    SLACK = "slack", "Slack"
    SMS = "sms", "SMS"


class Via(models.TextChoices):
    """Where a notification was answered."""

    APP = "app", "the app"
    LINK = "link", "a link"
    SLACK = "slack", "Slack"
    API = "api", "the API"


class Purpose(models.TextChoices):
    NOTIFICATION = "notification", "Notification"
    CUSTOMER = "customer", "Message to a customer"
    TEST = "test", "Test"


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Not needed any more"


SNOOZE = "snooze"
"""The action that everybody has: it puts a notification off for oneself. A notice that lists it
among its own actions is answered by it like by any other."""
