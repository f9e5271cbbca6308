"""How leads came in: forms, webhooks, files, mailboxes, and the record of each arrival."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import (
    DeliveryStatus,
    ImportStatus,
    LeadSource,
    MailSecurity,
    MailStatus,
)
from leads.models.people import Lead
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id

LONGEST_ORIGIN = 200
OLD_SECRET_LIVES = timedelta(hours=24)
"""So long a webhook's secret still counts after a new one was made."""


class Arrival(models.Model):
    """Somebody came in, once: ``origin`` says from where, and is taken only once.

    ``values`` are what was told, tidied; ``raw`` what it was made of, if that is kept here.
    ``lead`` is empty when the lead has been deleted since.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="arrivals")
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, related_name="arrivals", null=True, blank=True
    )
    source = models.CharField(max_length=12, choices=LeadSource)
    origin = models.CharField(max_length=LONGEST_ORIGIN)
    is_new = models.BooleanField()
    values = models.JSONField(default=dict, blank=True)
    raw = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("business", "origin"), name="arrival_taken_once"),
        )
        indexes = (
            models.Index(fields=("business", "-created_at"), name="arrival_newest"),
            models.Index(
                fields=("origin",), opclasses=("varchar_pattern_ops",), name="arrival_origin"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_source_display()} at {self.created_at:%Y-%m-%d %H:%M}"


class WebForm(models.Model):
    """A form on somebody's site. ``public_id`` is the key that stands in the page.

    ``fields`` are ``[{"key", "label", "required"}, …]`` in their order; ``origins`` the sites that
    may show it, as ``https://host``; none: any site. ``consent_version`` goes up with each change
    of ``consent_text``.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="web_forms")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=120, blank=True)
    intro = models.CharField(max_length=500, blank=True)
    button = models.CharField(max_length=40, default="Send")
    fields = models.JSONField(default=list)
    consent_text = models.TextField(blank=True)
    consent_kinds = models.JSONField(default=list, blank=True)
    consent_version = models.PositiveIntegerField(default=1)
    consent_required = models.BooleanField(default=False)
    thanks_title = models.CharField(max_length=120, default="Thank you")
    thanks_text = models.CharField(max_length=500, default="We will call you shortly.")
    thanks_url = models.URLField(blank=True)
    origins = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    spam_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class WebhookEndpoint(models.Model):
    """Where another program sends leads. Secrets are as :func:`salesdesk.lib.secrets.encrypt`
    leaves them; ``mapping`` is ``{field: path into the JSON}``.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=80)
    mapping = models.JSONField(default=dict)
    secret = models.TextField(editable=False)
    old_secret = models.TextField(blank=True, editable=False)
    rotated_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def old_secret_counts(self, now: datetime) -> bool:
        is_fresh = self.rotated_at is not None and now - self.rotated_at < OLD_SECRET_LIVES
        return bool(self.old_secret) and is_fresh


class WebhookDelivery(models.Model):
    """One request to an endpoint; what was not signed by its secret is kept without its body."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    status = models.CharField(max_length=8, choices=DeliveryStatus)
    error = models.CharField(max_length=300, blank=True)
    signature = models.CharField(max_length=64, blank=True)
    delivery_id = models.CharField(max_length=120, blank=True)
    body = models.TextField(blank=True)
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint", "signature"),
                condition=~Q(signature=""),
                name="webhook_signature_once",
            ),
        )
        indexes = (models.Index(fields=("endpoint", "-received_at"), name="delivery_newest"),)

    def __str__(self) -> str:
        return f"{self.get_status_display()} at {self.received_at:%Y-%m-%d %H:%M}"


class LeadImport(models.Model):
    """A file of leads. ``mapping`` is ``{column from 0: field}``; ``position`` counts the rows that
    are done, and is written together with what became of them.

    ``checked`` is what the dry run found, ``beat_at`` the last sign of life of who works on it.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=200)
    file_name = models.CharField(max_length=200)
    encoding = models.CharField(max_length=40, blank=True)
    delimiter = models.CharField(max_length=4, blank=True)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    starts_work = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED)
    rows_total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    undone_count = models.PositiveIntegerField(default=0)
    checked = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=300, blank=True)
    cancel_requested = models.BooleanField(default=False)
    beat_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("business", "-created_at"), name="import_newest"),)

    def __str__(self) -> str:
        return self.file_name

    @property
    def origin(self) -> str:
        """What the origins of its rows begin with."""
        return f"import:{self.public_id}:"

    @property
    def is_under_way(self) -> bool:
        return self.status in (ImportStatus.CHECKING, ImportStatus.RUNNING, ImportStatus.UNDOING)


class ImportProblem(models.Model):
    """A row that could not be taken. ``row`` counts from 1, as the lines after the header."""

    lead_import = models.ForeignKey(LeadImport, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    message = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("lead_import", "row"), name="import_problem_once"),
        )

    def __str__(self) -> str:
        return f"Row {self.row}: {self.message}"


class ImportMapping(models.Model):
    """How a business last read files with these headers."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    headers_key = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("business", "headers_key"), name="import_mapping_once"),
        )

    def __str__(self) -> str:
        return self.headers_key


class Mailbox(models.Model):
    """A mailbox that is watched. ``password`` is encrypted; ``last_uid`` (RFC 3501, within
    ``uid_validity``) is the last message that is stored here.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="mailboxes")
    name = models.CharField(max_length=80)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(
        default=993, validators=(MinValueValidator(1), MaxValueValidator(65535))
    )
    security = models.CharField(max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    username = models.CharField(max_length=255)
    password = models.TextField(editable=False)
    folder = models.CharField(max_length=255, default="INBOX")
    takes_existing = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    uid_validity = models.BigIntegerField(null=True, blank=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    beat_at = models.DateTimeField(null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name", "pk")
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.name


class MailRule(models.Model):
    """How messages of a sender are read: ``patterns`` are ``{field: {"label" or "regex": text}}``.

    ``sender`` is an address, or a domain as ``@portal.com``; ``subject`` words that must stand in
    the subject.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="mail_rules")
    name = models.CharField(max_length=80)
    sender = models.CharField(max_length=255)
    subject = models.CharField(max_length=120, blank=True)
    patterns = models.JSONField(default=dict)
    order = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name


class InboxMessage(models.Model):
    """A message as it came (``raw``, RFC 5322), and what became of it.

    ``raw`` is cut where the message is larger than we keep. ``values`` are what was read out of it;
    ``reader`` says by which rule, or that the assistant or a person did.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="inbox")
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.SET_NULL, related_name="messages", null=True
    )
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()
    is_cut = models.BooleanField(default=False)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=MailStatus, default=MailStatus.STORED)
    reader = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    values = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, related_name="mail", null=True, blank=True
    )
    stored_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("mailbox", "uid_validity", "uid"), name="mail_taken_once"
            ),
        )
        indexes = (
            models.Index(fields=("business", "status", "-stored_at"), name="mail_newest"),
            models.Index(fields=("mailbox", "digest"), name="mail_digest"),
        )

    def __str__(self) -> str:
        return self.subject or self.public_id
