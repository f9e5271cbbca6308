"""Documentation sites that are known by name, and what an address tells about a page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from knowledge.enums import DocumentType, Vendor

Rule = tuple[re.Pattern[str], DocumentType]


def _rules(*pairs: tuple[str, DocumentType]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), type_) for pattern, type_ in pairs)


@dataclass(frozen=True, slots=True)
class Preset:
    """A vendor's documentation.

    ``hosts``: where addresses of it may stand (also below them). ``rules`` are tried in order on
    an address's path, before those that hold everywhere.
    """

    vendor: Vendor
    start_url: str
    path_prefixes: tuple[str, ...]
    hosts: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    max_depth: int = 4
    max_pages: int = 500


PRESETS = {
    preset.vendor: preset
    for preset in (
        Preset(
            vendor=Vendor.OPENAI,
            start_url="https://developers.openai.com/api/docs",
            path_prefixes=("/api",),
            hosts=("openai.com",),
            rules=_rules(
                (r"^/api/docs/(changelog|deprecations)", DocumentType.CHANGELOG),
                (r"^/(api/reference|docs/api-reference)", DocumentType.API_REFERENCE),
                (r"^/(cookbook|api/docs/(quickstart|tutorials))", DocumentType.TUTORIAL),
                (r"^/(api/docs|docs)/(guides|models|pricing)", DocumentType.GUIDE),
            ),
        ),
        Preset(
            vendor=Vendor.TWILIO,
            start_url="https://www.twilio.com/docs",
            path_prefixes=("/docs",),
            hosts=("twilio.com",),
            rules=_rules(
                (r"^/(en-us/)?changelog|/docs/.*release-notes", DocumentType.CHANGELOG),
                (r"/(tutorials?|quickstarts?)(/|$)", DocumentType.TUTORIAL),
                (r"/docs/[^/]+/(api|twiml)(/|$)", DocumentType.API_REFERENCE),
                (r"-(resource|api)$", DocumentType.API_REFERENCE),
            ),
        ),
        Preset(
            vendor=Vendor.RINGCENTRAL,
            start_url="https://developers.ringcentral.com/guide",
            path_prefixes=("/guide", "/api-reference", "/changelog"),
            hosts=("ringcentral.com",),
            rules=_rules(
                (r"^/guide/.*(quick-?start|getting-started)", DocumentType.TUTORIAL),
                (r"^/guide", DocumentType.GUIDE),
            ),
        ),
        Preset(
            vendor=Vendor.HUBSPOT,
            start_url="https://developers.hubspot.com/docs",
            path_prefixes=("/docs", "/changelog"),
            hosts=("hubspot.com",),
            rules=_rules(
                (r"^/docs/(api-reference|reference/api|api)(/|$)", DocumentType.API_REFERENCE),
                (r"^/docs/(getting-started|.*/tutorials?)(/|$)", DocumentType.TUTORIAL),
                (r"^/docs/guides(/|$)", DocumentType.GUIDE),
            ),
        ),
        Preset(
            vendor=Vendor.GOOGLE_CLOUD,
            start_url="https://docs.cloud.google.com/docs",
            path_prefixes=(),
            hosts=("cloud.google.com",),
            rules=_rules(
                (r"/docs/(reference|apis)(/|$)|/rest(/|$)", DocumentType.API_REFERENCE),
                (r"/(quickstarts?|tutorials?|codelabs?|samples)(/|$|-)", DocumentType.TUTORIAL),
                (r"/release-notes", DocumentType.CHANGELOG),
                (r"/docs(/|$)", DocumentType.GUIDE),
            ),
        ),
    )
}

EVERYWHERE = _rules(
    (r"change-?log|release-?notes|whats-?new|/releases?(/|$)", DocumentType.CHANGELOG),
    (r"(^|[/_-])(faqs?|questions)([/._-]|$)", DocumentType.FAQ),
    (
        r"tutorial|quick-?start|getting-?started|codelab|cookbook|walk-?through",
        DocumentType.TUTORIAL,
    ),
    (r"(^|[/_-])(api|apis|reference|rest|sdk)([/._-]|$)", DocumentType.API_REFERENCE),
    (r"warrant", DocumentType.WARRANTY),
    (r"financ|/loans?(/|$)|/leas(e|ing)(/|$)", DocumentType.FINANCING),
    (r"pric(es?|ing)", DocumentType.PRICE_LIST),
    (
        r"(^|[/_-])(guides?|docs?|how-?to|handbook|manual|learn|concepts?)([/._-]|$)",
        DocumentType.GUIDE,
    ),
)
IN_TITLES = _rules(
    (r"\b(changelog|release notes|what'?s new)\b", DocumentType.CHANGELOG),
    (r"\b(faq|frequently asked questions)\b", DocumentType.FAQ),
    (r"\b(api reference|rest api|reference)\b", DocumentType.API_REFERENCE),
    (r"\b(tutorial|quick ?start|getting started)\b", DocumentType.TUTORIAL),
    (r"\b(guide|how to|overview)\b", DocumentType.GUIDE),
)

IN_PATHS = re.compile(
    r"(?<=[/_-])(v\d{1,4}(?:\.\d{1,4}){0,2}(?:(?:alpha|beta|p\d)\d*)*"  # v2, v1.3, v1beta1
    r"|\d{4}-\d{2}(?:-\d{2})?"  # 2010-04-01, 2026-03
    r"|\d{1,4}\.(?:\d{1,4}|x)(?:\.(?:\d{1,4}|x))?)(?=[/._-]|$)",  # 4.2, 5.x
    re.IGNORECASE,
)
IN_TITLE = re.compile(r"\b(v\d{1,4}(?:\.\d{1,4}){0,2}|\d{4}-\d{2}-\d{2})\b", re.IGNORECASE)
CALENDAR = re.compile(r"/(blog|news|events?|calendar|posts?)/", re.IGNORECASE)


def vendor_of(url: str) -> Vendor:
    """The vendor whose documentation the address belongs to, or ``CUSTOM``."""
    host = (urlsplit(url).hostname or "").lower()
    for preset in PRESETS.values():
        if any(host == each or host.endswith(f".{each}") for each in preset.hosts):
            return preset.vendor
    return Vendor.CUSTOM


def type_of(url: str, title: str = "", vendor: str = Vendor.CUSTOM) -> DocumentType:
    """What kind of document stands at the address: the vendor's rules, common ones, the title."""
    preset = PRESETS.get(Vendor(vendor))
    path = urlsplit(url).path
    return (
        _first(preset.rules if preset else (), path)
        or _first(EVERYWHERE, path)
        or _first(IN_TITLES, title)
        or DocumentType.OTHER
    )


def _first(rules: Iterable[Rule], text: str) -> DocumentType | None:
    return next((type_ for pattern, type_ in rules if pattern.search(text)), None)


def version_of(url: str, title: str = "", said: str = "") -> str:
    """The version of what the page describes, as it is written there; empty if it has none.

    What the page says of itself counts most, then its address (the last one in it), its title.
    """
    if said:
        return said[:60]
    path = urlsplit(url).path
    in_path = [] if CALENDAR.search(path) else IN_PATHS.findall(path)
    if in_path:
        return str(in_path[-1])
    in_title = IN_TITLE.search(title)
    return in_title.group(0) if in_title else ""
