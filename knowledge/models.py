"""Documents, the passages they are cut into, and where both come from."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from pgvector.django import VectorField

from knowledge.enums import (
    Chunking,
    DocumentStatus,
    DocumentType,
    JobStatus,
    Origin,
    PageStatus,
    PassageKind,
    Vendor,
)
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id


class Site(models.Model):
    """A documentation site that is read, and read again when it may have changed."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="sites")
    vendor = models.CharField(max_length=20, choices=Vendor, default=Vendor.CUSTOM)
    name = models.CharField(max_length=120)
    start_url = models.URLField(max_length=1000)
    path_prefixes = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    max_depth = models.PositiveSmallIntegerField(default=3)
    max_pages = models.PositiveIntegerField(default=200)
    every_hours = models.PositiveIntegerField(
        default=0, help_text="Read again after so many hours; 0: only when asked."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("business", "start_url"), name="site_start_unique"),
        )

    def __str__(self) -> str:
        return self.name


class Crawl(models.Model):
    """One reading of a site, with its progress. At most one of a site is under way."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="crawls")
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    pages_found = models.PositiveIntegerField(default=0)
    pages_done = models.PositiveIntegerField(default=0)
    pages_skipped = models.PositiveIntegerField(default=0)
    pages_failed = models.PositiveIntegerField(default=0)
    pages_retired = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list, blank=True)
    error = models.TextField(blank=True)
    is_partial = models.BooleanField(
        default=False,
        help_text="There is more than was read; nothing was retired for not being met.",
    )
    robots = models.TextField(blank=True, editable=False, help_text="The site's robots.txt.")
    cancel_requested = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="Last sign of life.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("site",),
                condition=Q(status__in=(JobStatus.WAITING, JobStatus.RUNNING)),
                name="crawl_one_under_way",
            ),
        )

    def __str__(self) -> str:
        return f"{self.site}, {self.get_status_display()}"


class CrawlPage(models.Model):
    """A page that one reading of a site has met, in which another worker may go on.

    ``links`` are kept until the next reading has ended: a page that has not changed comes without
    them. ``document`` is the document that the page stands for.
    """

    crawl = models.ForeignKey(Crawl, on_delete=models.CASCADE, related_name="pages")
    url = models.URLField(max_length=1000)
    identity = models.CharField(max_length=1000, editable=False)
    depth = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=PageStatus, default=PageStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    links = models.JSONField(default=list, blank=True)
    document = models.ForeignKey(
        "Document", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("crawl", "depth", "pk")
        constraints = (
            models.UniqueConstraint(fields=("crawl", "identity"), name="crawlpage_unique"),
        )
        indexes = (
            models.Index(fields=("crawl", "status", "depth"), name="crawlpage_crawl_status"),
        )

    def __str__(self) -> str:
        return self.url


class DocumentQuerySet(models.QuerySet["Document"]):
    def where(self, user: Visitor, ability: Ability) -> "DocumentQuerySet":
        return self.filter(within(user, ability))

    def current(self) -> "DocumentQuerySet":
        """Not deleted and not retired by its site."""
        return self.filter(retired_at=None)


class Document(models.Model):
    """Something the agent may speak from.

    ``version`` is the version whose passages are searched (0: none yet). A changed document is
    cut anew beside the old passages, which are replaced in one transaction.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="documents")
    origin = models.CharField(max_length=10, choices=Origin)
    title = models.CharField(max_length=300)
    type = models.CharField(max_length=20, choices=DocumentType, default=DocumentType.OTHER)
    vendor = models.CharField(max_length=120, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    language = models.CharField(max_length=10, default="en")
    source = models.CharField(max_length=300, blank=True, help_text="Where it comes from.")
    url = models.URLField(max_length=1000, blank=True)
    published_on = models.DateField(null=True, blank=True)
    version_label = models.CharField(
        max_length=60, blank=True, help_text="What the source itself calls this version."
    )
    file = models.FileField(upload_to="knowledge/%Y/%m/", blank=True)
    text = models.TextField(blank=True, help_text="For what is written here.")
    content_type = models.CharField(max_length=120, blank=True)
    chunking = models.CharField(max_length=10, choices=Chunking, default=Chunking.PARAGRAPH)

    status = models.CharField(max_length=10, choices=DocumentStatus, default=DocumentStatus.PENDING)
    error = models.TextField(blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0, editable=False)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How often it was taken up since it was queued."
    )
    job_started_at = models.DateTimeField(null=True, blank=True)
    job_beat_at = models.DateTimeField(null=True, blank=True)

    site = models.ForeignKey(
        Site, on_delete=models.CASCADE, null=True, blank=True, related_name="documents"
    )
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("business", "-created_at"), name="document_business_created"),
            models.Index(fields=("business", "status"), name="document_business_status"),
            models.Index(fields=("business", "type"), name="document_business_type"),
            models.Index(fields=("site", "url"), name="document_site_url"),
            GinIndex(fields=("tags",), name="document_tags"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("business", "site", "url"),
                condition=Q(retired_at=None) & ~Q(url=""),
                nulls_distinct=False,
                name="document_url_unique",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_searchable(self) -> bool:
        return self.version > 0 and self.retired_at is None


class DocumentVersion(models.Model):
    """What a document was at one time: kept as a record, its passages only while they serve."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    version_label = models.CharField(max_length=60, blank=True)
    passages = models.PositiveIntegerField()
    characters = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("document", "-number")
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="documentversion_unique"),
        )

    def __str__(self) -> str:
        return f"version {self.number}"


class Passage(models.Model):
    """A piece of a document that can be found, spoken from and cited.

    Passages of a document that is retired or deleted are removed with it, so that all there are
    may be searched. ``heading`` is the path of headings above it, joined by “ › ”.
    """

    SEPARATOR: ClassVar[str] = " › "

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="passages")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages")
    version = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=PassageKind, default=PassageKind.TEXT)
    text = models.TextField()
    heading = models.CharField(max_length=600, blank=True)
    page = models.PositiveIntegerField(null=True, blank=True)
    tokens = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    search_english = models.GeneratedField(
        expression=SearchVector("heading", weight="A", config="english")
        + SearchVector("text", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    search_simple = models.GeneratedField(
        expression=SearchVector("heading", weight="A", config="simple")
        + SearchVector("text", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ("document", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("document", "version", "position"), name="passage_position_unique"
            ),
        )
        indexes = (
            models.Index(fields=("business", "document"), name="passage_business_document"),
            GinIndex(fields=("search_english",), name="passage_search_english"),
            GinIndex(fields=("search_simple",), name="passage_search_simple"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} #{self.position}"


class PassageEmbedding(models.Model):
    """A passage as one model sees it. ``business`` stands here too, so that an index can hold it.

    The vector has no fixed size: each model has its own, and a partial index of its own.
    """

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="embeddings")
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=80)
    embedding = VectorField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("passage", "model"), name="embedding_unique"),
        )
        indexes = (models.Index(fields=("business", "model"), name="embedding_business_model"),)

    def __str__(self) -> str:
        return self.model


class EmbeddingChange(models.Model):
    """A business's move from one embedding model to another; the old one serves until the end."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    from_model = models.CharField(max_length=80)
    to_model = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    passages_done = models.PositiveIntegerField(default=0)
    passages_total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("business",),
                condition=Q(status__in=(JobStatus.WAITING, JobStatus.RUNNING)),
                name="embeddingchange_one_under_way",
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_model} → {self.to_model}"


class BusinessKnowledge(models.Model):
    """How a business's knowledge is searched; made when it is first needed."""

    business = models.OneToOneField(Business, on_delete=models.CASCADE, related_name="knowledge")
    embedding_model = models.CharField(
        max_length=80, blank=True, help_text="Empty: what this installation is set up for."
    )
    top_k = models.PositiveSmallIntegerField(default=5)
    threshold = models.FloatField(
        null=True, blank=True, help_text="0 to 1; below it nothing is found. Empty: the default."
    )
    starter_files = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        editable=False,
        help_text="The sample documents that were loaded once; who deletes one is rid of it.",
    )

    class Meta:
        verbose_name_plural = "business knowledge"

    def __str__(self) -> str:
        return f"knowledge of {self.business}"


class PassageUse(models.Model):
    """A passage stood behind something that was said or asked.

    ``used_in`` is the public id of the call (or other conversation); the document and heading are
    kept, since passages are replaced while calls remain.
    """

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="+")
    passage = models.ForeignKey(Passage, on_delete=models.SET_NULL, null=True, related_name="uses")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="uses")
    used_in = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    score = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("document", "-created_at"), name="passageuse_document"),
            models.Index(fields=("used_in",), name="passageuse_used_in"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} in {self.used_in}"
