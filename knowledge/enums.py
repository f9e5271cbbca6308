"""The words that knowledge is stored with."""

from django.db import models


class Origin(models.TextChoices):
    UPLOAD = "upload", "Uploaded file"
    TEXT = "text", "Written here"
    URL = "url", "Web page"
    SITE = "site", "Page of a documentation site"


class DocumentStatus(models.TextChoices):
    PENDING = "pending", "Waiting"
    PROCESSING = "processing", "Being processed"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class DocumentType(models.TextChoices):
    PRODUCT = "product", "Product"
    WARRANTY = "warranty", "Warranty"
    FINANCING = "financing", "Financing"
    PRICE_LIST = "price_list", "Price list"
    PROCEDURE = "procedure", "Procedure"
    OBJECTION = "objection", "Objection"
    POLICY = "policy", "Policy"
    FAQ = "faq", "Questions and answers"
    API_REFERENCE = "api_reference", "API reference"
    GUIDE = "guide", "Guide"
    TUTORIAL = "tutorial", "Tutorial"
    CHANGELOG = "changelog", "Changelog"
    OTHER = "other", "Other"


class Chunking(models.TextChoices):
    PARAGRAPH = "paragraph", "By paragraph"
    SENTENCE = "sentence", "By sentence"
    SEMANTIC = "semantic", "By meaning"


class PassageKind(models.TextChoices):
    TEXT = "text", "Text"
    LIST = "list", "List"
    TABLE = "table", "Table"


class JobStatus(models.TextChoices):
    """A crawl, or a change of the embedding model."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


class PageStatus(models.TextChoices):
    """What became of a page in one reading of its site."""

    WAITING = "waiting", "Waiting"
    STORED = "stored", "New or changed"
    UNCHANGED = "unchanged", "Unchanged"
    SKIPPED = "skipped", "Passed over"
    FAILED = "failed", "Failed"
    GONE = "gone", "Gone"


class Vendor(models.TextChoices):
    """Documentation sites that are known by name; anything else is a site of one's own."""

    OPENAI = "openai", "OpenAI"
    TWILIO = "twilio", "Twilio"
    RINGCENTRAL = "ringcentral", "RingCentral"
    HUBSPOT = "hubspot", "HubSpot"
    GOOGLE_CLOUD = "google_cloud", "Google Cloud"
    CUSTOM = "custom", "Another site"
