"""What the API says about knowledge, and what it takes."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from knowledge.enums import Chunking, DocumentType, Vendor
from knowledge.forms import LONGEST_QUERY
from knowledge.metadata import LONGEST_TAG, MOST_TAGS
from knowledge.models import Crawl, Document, DocumentVersion, Passage, Site
from knowledge.services import LONGEST_TEXT
from knowledge.upkeep import MOST_PASSAGES
from salesdesk.accounts.serializers import BusinessNameSerializer, PersonSerializer

BUSINESS_HELP = "Id of a business; may be left out by who belongs to one only."

# ---------------------------------------------------------------- what is told


class DocumentSerializer(serializers.ModelSerializer[Document]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()
    added_by = PersonSerializer(allow_null=True)
    progress = serializers.SerializerMethodField()
    site = serializers.SerializerMethodField(help_text="Id of the site that it was read from.")

    class Meta:
        model = Document
        fields = (
            "id",
            "business",
            "origin",
            "title",
            "type",
            "vendor",
            "tags",
            "language",
            "source",
            "url",
            "published_on",
            "version_label",
            "content_type",
            "chunking",
            "status",
            "error",
            "progress",
            "version",
            "page_count",
            "site",
            "retired_at",
            "added_by",
            "created_at",
            "updated_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "error": {"help_text": "Why it could not be processed, for people."},
            "version": {"help_text": "The version that is searched; 0: none yet."},
            "version_label": {"help_text": "What the source itself calls this version."},
            "page_count": {"help_text": "Where the format has pages."},
            "retired_at": {"help_text": "When its site had it no more."},
        }

    def get_progress(self, document: Document) -> int:
        """Percent of the processing that is done; 100 when it is ready."""
        if document.status == "ready":
            return 100
        return min(99, document.steps_done * 100 // max(document.steps_total, 1))

    def get_site(self, document: Document) -> str | None:
        return document.site.public_id if document.site else None


class DocumentVersionSerializer(serializers.ModelSerializer[DocumentVersion]):
    class Meta:
        model = DocumentVersion
        fields = ("number", "version_label", "passages", "characters", "created_at")


class DocumentDetailSerializer(DocumentSerializer):
    """One document, with what was written here and its versions."""

    versions = DocumentVersionSerializer(many=True)

    class Meta(DocumentSerializer.Meta):
        fields = (*DocumentSerializer.Meta.fields, "text", "versions")  # type: ignore[assignment]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            **DocumentSerializer.Meta.extra_kwargs,
            "text": {"help_text": "Of what was written here; empty for all others."},
        }


class PassageSerializer(serializers.ModelSerializer[Passage]):
    id = serializers.CharField(source="public_id")
    times_used = serializers.IntegerField(help_text="How often something was said from it.")

    class Meta:
        model = Passage
        fields = ("id", "position", "kind", "text", "heading", "page", "tokens", "times_used")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "heading": {"help_text": "The path of headings above it, joined by “ › ”."},
        }


class ScoresSerializer(serializers.Serializer[Any]):
    vector = serializers.FloatField(allow_null=True, help_text="Cosine similarity, -1 to 1.")
    words = serializers.FloatField(allow_null=True, help_text="Rank of the full-text search.")
    fused = serializers.FloatField(help_text="Sum of reciprocal ranks.")
    rerank = serializers.FloatField(allow_null=True, help_text="0 to 1: how well it answers.")


class FoundSerializer(serializers.Serializer[Any]):
    passage_id = serializers.CharField()
    document_id = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.CharField()
    heading = serializers.ListField(child=serializers.CharField())
    page = serializers.IntegerField(allow_null=True)
    url = serializers.CharField()
    version = serializers.IntegerField()
    version_label = serializers.CharField()
    type = serializers.CharField()
    vendor = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    scores = ScoresSerializer()


class CitationSerializer(serializers.Serializer[Any]):
    """A sentence of the answer and where it comes from."""

    sentence = serializers.CharField()
    passage_id = serializers.CharField()
    document_id = serializers.CharField()
    title = serializers.CharField()
    heading = serializers.ListField(child=serializers.CharField())
    page = serializers.IntegerField(allow_null=True)
    url = serializers.CharField()
    version = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer[Any]):
    """What the agent would say."""

    is_answerable = serializers.BooleanField()
    spoken = serializers.ListField(child=serializers.CharField(), help_text="A sentence each.")
    citations = CitationSerializer(many=True)
    context = serializers.CharField(  # type: ignore[assignment]
        help_text="What a language model would be given."
    )


class ResultsSerializer(serializers.Serializer[Any]):
    query = serializers.CharField()
    results = FoundSerializer(many=True)
    answer = AnswerSerializer(allow_null=True, help_text="Only when it was asked for.")


class CrawlSerializer(serializers.ModelSerializer[Crawl]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Crawl
        fields = (
            "id",
            "status",
            "pages_found",
            "pages_done",
            "pages_skipped",
            "pages_failed",
            "pages_retired",
            "errors",
            "error",
            "created_at",
            "started_at",
            "ended_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "pages_skipped": {"help_text": "Unchanged, or not to be read."},
            "errors": {"help_text": "The address of each page that failed, and why."},
        }


class SyncSerializer(serializers.ModelSerializer[Site]):
    """A documentation site and its last reading."""

    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()
    crawl = serializers.SerializerMethodField(help_text="The last reading; empty before the first.")

    class Meta:
        model = Site
        fields = (
            "id",
            "business",
            "vendor",
            "name",
            "start_url",
            "path_prefixes",
            "max_depth",
            "max_pages",
            "every_hours",
            "crawl",
        )

    @extend_schema_field(CrawlSerializer(allow_null=True))
    def get_crawl(self, site: Site) -> Any:
        known: list[Crawl] | None = getattr(site, "last_crawls", None)
        last = site.crawls.order_by("-pk").first() if known is None else next(iter(known), None)
        return CrawlSerializer(last).data if last else None


# ---------------------------------------------------------------- what is taken


class TagsField(serializers.ListField):
    child = serializers.CharField(max_length=LONGEST_TAG)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_TAGS, **options)


class AboutSerializer(serializers.Serializer[Any]):
    """What a document is filed under; what is left out is taken from its content."""

    business = serializers.CharField(default="", help_text=BUSINESS_HELP)
    type = serializers.ChoiceField(DocumentType.choices, default="", allow_blank=True)
    vendor = serializers.CharField(max_length=120, default="", allow_blank=True)
    tags = TagsField(default=list)
    chunking = serializers.ChoiceField(Chunking.choices, default=Chunking.PARAGRAPH)


@extend_schema_serializer(component_name="NewDocument")
class CreateSerializer(AboutSerializer):
    """Either `text`, or the `url` of a page."""

    title = serializers.CharField(max_length=300, default="", allow_blank=True)
    text = serializers.CharField(max_length=LONGEST_TEXT, default="", allow_blank=True)
    url = serializers.CharField(max_length=1000, default="", allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=300, default="", allow_blank=True
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if bool(values["text"]) == bool(values["url"]):
            raise serializers.ValidationError({"text": "Give either a text or a URL."})
        if values["text"] and not values["title"]:
            raise serializers.ValidationError({"title": "What is written needs a title."})
        return values


@extend_schema_serializer(component_name="Upload")
class UploadSerializer(AboutSerializer):
    file = serializers.FileField(help_text="PDF, DOCX, TXT, MD or HTML; 25 MB at most.")
    title = serializers.CharField(max_length=300, default="", allow_blank=True)


@extend_schema_serializer(component_name="DocumentChange")
class ChangeSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    title = serializers.CharField(max_length=300, required=False)
    type = serializers.ChoiceField(DocumentType.choices, required=False)
    vendor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    tags = TagsField(required=False)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=300, required=False, allow_blank=True
    )
    published_on = serializers.DateField(required=False, allow_null=True)
    version_label = serializers.CharField(max_length=60, required=False, allow_blank=True)
    chunking = serializers.ChoiceField(Chunking.choices, required=False)
    text = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, help_text="Only of what was written here."
    )


@extend_schema_serializer(component_name="KnowledgeQuery")
class QuerySerializer(serializers.Serializer[Any]):
    query = serializers.CharField(max_length=LONGEST_QUERY)
    business = serializers.CharField(default="", help_text=BUSINESS_HELP)
    top_k = serializers.IntegerField(min_value=1, max_value=MOST_PASSAGES, required=False)
    threshold = serializers.FloatField(min_value=0, max_value=1, required=False)
    type = serializers.ChoiceField(DocumentType.choices, default="", allow_blank=True)
    vendor = serializers.CharField(max_length=120, default="", allow_blank=True)
    tags = TagsField(default=list, help_text="All of them must hold.")
    document = serializers.CharField(default="", help_text="Only in the document with this id.")
    answer = serializers.BooleanField(
        default=False, help_text="Tell what the agent would say, too."
    )


@extend_schema_serializer(component_name="StartSync")
class StartSyncSerializer(serializers.Serializer[Any]):
    """Either a `vendor` that is known by name, or the `url` of a site of your own."""

    vendor = serializers.ChoiceField(
        [choice for choice in Vendor.choices if choice[0] != Vendor.CUSTOM],
        default="",
        allow_blank=True,
    )
    url = serializers.CharField(max_length=1000, default="", allow_blank=True)
    business = serializers.CharField(default="", help_text=BUSINESS_HELP)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if bool(values["vendor"]) == bool(values["url"]):
            raise serializers.ValidationError({"vendor": "Give either a vendor or a URL."})
        return values
