"""The words for what the agent does."""

from django.db import models


class Channel(models.TextChoices):
    """Where a conversation takes place."""

    PHONE = "phone", "Phone"
    CHAT = "chat", "Chat page"
    API = "api", "API"
    REHEARSAL = "rehearsal", "Rehearsal"


class AgentName(models.TextChoices):
    """The specialised agents; ``DESK`` greets, answers and hands over to the others."""

    DESK = "desk", "Desk"
    LEAD = "lead", "Lead"
    CALENDAR = "calendar", "Calendar"
    CRM = "crm", "CRM"
    OBJECTIONS = "objections", "Objections"


class RunStatus(models.TextChoices):
    OK = "ok", "Answered"
    FELL_BACK = "fell_back", "Answered by the fallback"
    FAILED = "failed", "Failed"
    TIMED_OUT = "timed_out", "Took too long"
    CANCELED = "canceled", "Interrupted"


class ToolStatus(models.TextChoices):
    OK = "ok", "Done"
    REFUSED = "refused", "Refused"
    INVALID = "invalid", "Arguments did not fit"
    FAILED = "failed", "Failed"
    TIMED_OUT = "timed_out", "Took too long"
    LATE = "late", "Came too late"


class FactStatus(models.TextChoices):
    HEARD = "heard", "Heard"
    READ_BACK = "read_back", "Read back"
    CONFIRMED = "confirmed", "Confirmed"


class FieldType(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    MONEY = "money", "Amount of money"
    YES_NO = "yes_no", "Yes or no"
    DATE = "date", "Date"
    EMAIL = "email", "E-mail address"
    PHONE = "phone", "Phone number"
    ADDRESS = "address", "Postal address"
    CHOICE = "choice", "One of several"


class VersionStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class Author(models.TextChoices):
    """Who wrote a message of a thread."""

    CUSTOMER = "customer", "Customer"
    AGENT = "agent", "Agent"


class MessageStatus(models.TextChoices):
    """How far an agent's message is; a customer's is done when it is stored."""

    WRITING = "writing", "Being written"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


class Urgency(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"


class AlertMeasure(models.TextChoices):
    """What an alert rule watches, over its window."""

    SUCCESS_RATE = "success_rate", "Success rate"
    ERROR_RATE = "error_rate", "Error rate"
    LATENCY_P95 = "latency_p95", "Latency, 95th percentile (ms)"
    CONFIDENCE = "confidence", "Average confidence"
    CLARIFICATIONS = "clarifications", "Share of clarification requests"
    SCORE = "score", "Score"
