"""Knowledge in the admin: documents and sites to look after, the rest to look at."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import URLField
from unfold.admin import ModelAdmin

from knowledge.models import (
    BusinessKnowledge,
    Crawl,
    CrawlPage,
    Document,
    DocumentVersion,
    EmbeddingChange,
    Passage,
    PassageEmbedding,
    PassageUse,
    Site,
)
from salesdesk.lib.admin import RecordAdmin


class WithAddress:
    """A web address that is typed without a scheme gets ``https``."""

    formfield_overrides: ClassVar[dict[type, dict[str, Any]]] = {
        URLField: {"assume_scheme": "https"}
    }


@admin.register(Document)
class DocumentAdmin(WithAddress, ModelAdmin):  # type: ignore[misc]
    """A change of file, text or address is processed when somebody asks for it on its page."""

    list_display = ("title", "business", "type", "vendor", "status", "version", "updated_at")
    list_filter = ("status", "type", "origin", "business")
    search_fields = ("title", "url", "vendor", "public_id")
    autocomplete_fields = ("business", "site", "added_by")
    list_select_related = ("business",)
    readonly_fields = (
        "public_id",
        "version",
        "status",
        "error",
        "steps_done",
        "steps_total",
        "page_count",
        "content_hash",
        "content_type",
        "etag",
        "last_modified",
        "fetched_at",
        "job_started_at",
        "job_beat_at",
        "created_at",
        "updated_at",
    )


@admin.register(Site)
class SiteAdmin(WithAddress, ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "business", "vendor", "start_url", "every_hours")
    list_filter = ("vendor", "business")
    search_fields = ("name", "start_url")
    autocomplete_fields = ("business",)
    readonly_fields = ("public_id", "created_at")


@admin.register(BusinessKnowledge)
class BusinessKnowledgeAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("business", "embedding_model", "top_k", "threshold")
    autocomplete_fields = ("business",)
    list_select_related = ("business",)


@admin.register(Passage)
class PassageAdmin(RecordAdmin):
    list_display = ("document", "position", "kind", "heading", "page")
    list_filter = ("kind", "business")
    search_fields = ("text", "heading", "document__title")
    list_select_related = ("document",)


@admin.register(PassageEmbedding)
class PassageEmbeddingAdmin(RecordAdmin):
    list_display = ("passage", "model", "business")
    list_filter = ("model", "business")
    fields = ("passage", "business", "model")
    list_select_related = ("passage", "business")


@admin.register(DocumentVersion)
class DocumentVersionAdmin(RecordAdmin):
    list_display = ("document", "number", "version_label", "passages", "created_at")
    search_fields = ("document__title",)
    list_select_related = ("document",)


@admin.register(Crawl)
class CrawlAdmin(RecordAdmin):
    list_display = ("site", "status", "pages_done", "pages_skipped", "pages_failed", "created_at")
    list_filter = ("status", "site__business")
    list_select_related = ("site",)


@admin.register(CrawlPage)
class CrawlPageAdmin(WithAddress, RecordAdmin):
    list_display = ("url", "crawl", "status", "reason", "depth")
    list_filter = ("status", "crawl__site")
    search_fields = ("url",)
    list_select_related = ("crawl", "crawl__site")


@admin.register(EmbeddingChange)
class EmbeddingChangeAdmin(RecordAdmin):
    list_display = ("business", "from_model", "to_model", "status", "passages_done", "created_at")
    list_filter = ("status",)
    list_select_related = ("business",)


@admin.register(PassageUse)
class PassageUseAdmin(RecordAdmin):
    list_display = ("document", "used_in", "sequence", "score", "created_at")
    list_filter = ("business",)
    search_fields = ("used_in", "document__title")
    list_select_related = ("document",)
