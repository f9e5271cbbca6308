"""What the knowledge pages show: the reads behind views and live sockets."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Self

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone

from knowledge import audit
from knowledge.embeddings.choice import model_of
from knowledge.enums import DocumentStatus, JobStatus, Origin
from knowledge.filters import ORDER_NAMES, DocumentFilter
from knowledge.models import (
    BusinessKnowledge,
    Crawl,
    Document,
    DocumentQuerySet,
    DocumentVersion,
    EmbeddingChange,
    Passage,
    PassageEmbedding,
    PassageUse,
    Site,
)
from knowledge.permissions import (
    businesses_where,
    get_knowledge_of,
    may_manage,
    may_manage_any,
)
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.lists import FilteredList

PAGE_SIZE = 50
PASSAGES_A_PAGE = 25
MOST_USES = 20
MOST_IN_USAGE = 50
MOST_CRAWLS = 10
STALE_DAYS = 180
UNDER_WAY = (DocumentStatus.PENDING, DocumentStatus.PROCESSING)
JOBS_UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)


def visible_documents(user: Visitor) -> DocumentQuerySet:
    """Those that are not retired, each with ``passage_count``."""
    counted = (
        Passage.objects.filter(document=OuterRef("pk"))
        .order_by()
        .values("document")
        .values_list(Count("pk"))
    )
    documents = Document.objects.where(user, Ability.VIEW_KNOWLEDGE).current()
    return documents.select_related("business").annotate(passage_count=Subquery(counted))


# ---------------------------------------------------------------- the list


class DocumentList(FilteredList[Document]):
    """A page of the documents that a query string asks for; empty when the query is wrong."""

    default_sort = "-created_at"
    order_names = ORDER_NAMES


def document_list(user: Visitor, query: QueryDict) -> DocumentList:
    """What is wrong in the query is on the form of the list's filter."""
    request = SimpleNamespace(user=user)
    chosen = DocumentFilter(query, queryset=visible_documents(user), request=request)
    documents = chosen.qs if chosen.form.is_valid() else Document.objects.none()
    return DocumentList(query, chosen, Paginator(documents, PAGE_SIZE).get_page(query.get("page")))


@dataclass(frozen=True, slots=True)
class Numbers:
    documents: int
    ready: int
    under_way: int
    failed: int

    @classmethod
    def of(cls, user: Visitor) -> Self:
        """Of all documents that the user may see."""
        documents = Document.objects.where(user, Ability.VIEW_KNOWLEDGE).current()
        return cls(
            **documents.aggregate(
                documents=Count("pk"),
                ready=Count("pk", filter=Q(status=DocumentStatus.READY)),
                under_way=Count("pk", filter=Q(status__in=UNDER_WAY)),
                failed=Count("pk", filter=Q(status=DocumentStatus.FAILED)),
            )
        )


# ---------------------------------------------------------------- one document


@dataclass(frozen=True, slots=True)
class May:
    """What the user may do with the document."""

    manage: bool
    write_text: bool

    @classmethod
    def of(cls, user: Visitor, document: Document) -> Self:
        manage = may_manage(user, document.business_id)
        return cls(manage, manage and document.origin == Origin.TEXT)


def facts_of(document: Document) -> list[tuple[str, Any]]:
    """Pairs for the page's list of what is known about the document."""
    pages = document.page_count
    return [
        ("Type", document.get_type_display()),
        ("Vendor", document.vendor),
        ("Origin", document.get_origin_display()),
        ("Source", document.source),
        ("Date", document.published_on and f"{document.published_on:%B %-d, %Y}"),
        ("Version of the source", document.version_label),
        ("Pages", pages),
        ("Language", document.language),
        ("Passages", document.get_chunking_display()),
        ("Business", str(document.business)),
        ("Added by", str(document.added_by) if document.added_by else ""),
        ("Added", f"{document.created_at:%B %-d, %Y}"),
    ]


def versions_of(document: Document) -> QuerySet[DocumentVersion]:
    return document.versions.order_by("-number")


def passages_page(document: Document, number: str | None) -> "Page[Any]":
    """Passages in order, each with ``times_used``."""
    passages = document.passages.order_by("position").defer("search_english", "search_simple")
    counted = passages.annotate(times_used=Count("uses"))
    return Paginator(counted, PASSAGES_A_PAGE).get_page(number)


def page_with(document: Document, passage_id: str) -> str:
    """The number of the page of passages on which this one stands; the first if there is none."""
    wanted = document.passages.filter(public_id=passage_id).values("position")
    before = document.passages.filter(position__lt=Subquery(wanted)).count()
    return str(before // PASSAGES_A_PAGE + 1)


def uses_of(document: Document) -> QuerySet[PassageUse]:
    """The newest, each with its passage where that is still there."""
    return document.uses.select_related("passage").order_by("-created_at", "-pk")[:MOST_USES]


def header_context(document: Document) -> dict[str, Any]:
    return {"document": document, "facts": facts_of(document)}


def document_context(user: Visitor, document: Document, query: QueryDict) -> dict[str, Any]:
    """``?passage=`` opens the page of passages on which a cited one stands."""
    cited = query.get("passage", "")
    return {
        **header_context(document),
        "may": May.of(user, document),
        "page_obj": passages_page(document, query.get("page") or page_with(document, cited)),
        "versions": versions_of(document),
        "uses": uses_of(document),
        "use_count": document.uses.count(),
        "deeds": audit.deeds_about(document),
    }


# ---------------------------------------------------------------- sites


def visible_sites(user: Visitor) -> QuerySet[Site]:
    """Each with ``last_crawls`` (its newest crawl, in a list) and ``document_count``."""
    newest = Crawl.objects.filter(
        pk__in=Crawl.objects.values("site").annotate(newest=Max("pk")).values("newest")
    )
    current = Count("documents", filter=Q(documents__retired_at=None))
    return (
        Site.objects.filter(within(user, Ability.VIEW_KNOWLEDGE))
        .select_related("business")
        .prefetch_related(Prefetch("crawls", newest, to_attr="last_crawls"))
        .annotate(document_count=current)
        .order_by("name", "pk")
    )


def sites_context(user: Visitor) -> dict[str, Any]:
    return {"sites": list(visible_sites(user)), "may_manage": may_manage_any(user)}


def site_context(user: Visitor, site: Site) -> dict[str, Any]:
    crawls = list(site.crawls.select_related("started_by").order_by("-pk")[:MOST_CRAWLS])
    return {
        "site": site,
        "crawls": crawls,
        "crawl": crawls[0] if crawls else None,
        "is_under_way": bool(crawls) and crawls[0].status in JOBS_UNDER_WAY,
        "document_count": site.documents.current().count(),
        "may_manage": may_manage(user, site.business_id),
    }


# ---------------------------------------------------------------- settings


def newest_change(business: Business) -> EmbeddingChange | None:
    return EmbeddingChange.objects.filter(business=business).order_by("-pk").first()


def model_context(user: Visitor, business_id: str) -> dict[str, Any]:
    """What the business's passages are embedded with, and the last change of that."""
    business = get_knowledge_of(user, business_id)
    model = model_of(business)
    embedded = PassageEmbedding.objects.filter(business=business, model=model).count()
    return {
        "business": business,
        "model": model,
        "model_facts": [("In use", model), ("Passages embedded", f"{embedded:,}")],
        "change": newest_change(business),
    }


def settings_context(user: Visitor, business_id: str) -> dict[str, Any]:
    context = model_context(user, business_id)
    return {
        **context,
        "businesses": list(businesses_where(user, Ability.VIEW_KNOWLEDGE)),
        "may_manage": may_manage(user, context["business"].pk),
    }


def tuning_of(business: Business) -> BusinessKnowledge:
    """How the business's knowledge is searched; as it is by default where nobody has said."""
    tuned = BusinessKnowledge.objects.filter(business=business).first()
    return tuned or BusinessKnowledge(business=business)


# ---------------------------------------------------------------- usage


@dataclass(frozen=True, slots=True)
class Usage:
    """What is used, what never was, and what has not been looked after for long."""

    most_used: list[dict[str, Any]]
    never_used: QuerySet[Document]
    never_used_count: int
    stale: QuerySet[Document]
    stale_count: int


def usage_of(user: Visitor) -> Usage:
    ready = visible_documents(user).filter(status=DocumentStatus.READY)
    never = ready.filter(uses=None).order_by("created_at", "pk")
    long_ago = timezone.now() - timedelta(days=STALE_DAYS)
    stale = ready.filter(updated_at__lt=long_ago).order_by("updated_at", "pk")
    return Usage(
        most_used=list(_most_used(user)),
        never_used=never[:MOST_IN_USAGE],
        never_used_count=never.count(),
        stale=stale[:MOST_IN_USAGE],
        stale_count=stale.count(),
    )


def _most_used(user: Visitor) -> Any:
    """Passages by how often they stood behind something that was said."""
    uses = PassageUse.objects.filter(within(user, Ability.VIEW_KNOWLEDGE), passage__isnull=False)
    counted = uses.values(
        heading=F("passage__heading"),
        page=F("passage__page"),
        text=F("passage__text"),
        title=F("document__title"),
        document_public_id=F("document__public_id"),
        time_zone=F("document__business__time_zone"),
    ).annotate(
        times=Count("pk"), conversations=Count("used_in", distinct=True), last=Max("created_at")
    )
    return counted.order_by("-times", "-last")[:MOST_IN_USAGE]
