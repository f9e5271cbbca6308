"""Words and signs of knowledge, as pages show them."""

from collections.abc import Iterable

from django import template

from knowledge.enums import Origin
from knowledge.models import Crawl, Passage
from knowledge.search.pipeline import Answer
from knowledge.types import Citation, Found

register = template.Library()

ORIGIN_ICONS = {
    Origin.UPLOAD: "file-text",
    Origin.TEXT: "pencil",
    Origin.URL: "link",
    Origin.SITE: "globe",
}


@register.filter
def origin_icon(origin: str) -> str:
    return ORIGIN_ICONS[Origin(origin)]


@register.filter
def heading_path(headings: Iterable[str]) -> str:
    """The path of headings above a passage, as it is stored."""
    return Passage.SEPARATOR.join(headings)


@register.filter
def table_rows(text: str) -> list[list[str]]:
    """The rows and cells of a passage that is a table."""
    return [[cell.strip() for cell in line.split(" | ")] for line in text.splitlines() if line]


@register.filter
def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


@register.filter
def figure(score: float | None) -> str:
    """A score with three places; a dash where there is none."""
    return "–" if score is None else f"{score:.3f}"


@register.filter
def pages_settled(crawl: Crawl) -> int:
    """How many of a site's pages need nothing more."""
    return int(crawl.pages_done + crawl.pages_skipped + crawl.pages_failed)


@register.filter
def place_in_document(place: Found | Citation) -> str:
    """The headings below the title, and the page."""
    headings = [heading for heading in place.heading if heading != place.title]
    page = [f"page {place.page}"] if place.page else []
    return " · ".join([*([heading_path(headings)] if headings else []), *page])


@register.filter
def cited_sentences(answer: Answer) -> list[tuple[str, Citation]]:
    """Each sentence that the agent would say, with its source."""
    return list(zip(answer.spoken, answer.citations, strict=True))


@register.filter
def intent_name(intent: str) -> str:
    return intent.replace("_", " ")
