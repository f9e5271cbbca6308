"""What a web page says about itself and where it points. Its text is read elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree, html

from knowledge.web.urls import LONGEST_URL

TITLE_LENGTH = 300
VERSION_NAMES = frozenset({"docsearch:version", "doc-version", "docversion", "version"})
ROBOT_NAMES = frozenset({"robots", "salesdesk"})


@dataclass(frozen=True, slots=True)
class PageFacts:
    """``links`` are absolute, in the page's order, without those the page disowns (nofollow).

    ``may_keep`` is false where the page asks not to be kept (noindex). ``canonical`` is the
    address that the page prefers, ``version`` what it calls its version; empty if it does not say.
    """

    title: str = ""
    links: tuple[str, ...] = ()
    canonical: str = ""
    version: str = ""
    may_keep: bool = True


def read_page(body: bytes, url: str, *, robots: str = "") -> PageFacts:
    """The facts of the page that came from ``url``; ``robots`` is its X-Robots-Tag, by lines."""
    root = _parse(body)
    if root is None:
        return PageFacts()
    wishes = {*_header_wishes(robots), *_meta_wishes(root)}
    base = _base(root, url)
    may_follow = wishes.isdisjoint({"nofollow", "none"})
    return PageFacts(
        title=_title(root),
        links=tuple(dict.fromkeys(_links(root, base))) if may_follow else (),
        canonical=_canonical(root, base),
        version=_meta(root, VERSION_NAMES)[:60],
        may_keep=wishes.isdisjoint({"noindex", "none"}),
    )


def _parse(body: bytes) -> html.HtmlElement | None:
    """``None`` where there is nothing to be read."""
    encoding = "utf-8" if _is_utf8(body) else None  # what it says inside, or a guess
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding=encoding))
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _is_utf8(body: bytes) -> bool:
    """Other text hardly ever happens to be valid UTF-8, whatever its page says of itself."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _title(root: html.HtmlElement) -> str:
    for path in (".//title", ".//h1"):
        text = " ".join(" ".join(each.text_content() for each in root.findall(path)[:1]).split())
        if text:
            return text[:TITLE_LENGTH]
    return ""


def _base(root: html.HtmlElement, url: str) -> str:
    found = root.find(".//base[@href]")
    return url if found is None else _join(url, found.get("href", "")) or url


def _links(root: html.HtmlElement, base: str) -> Iterator[str]:
    for anchor in root.iter("a", "area"):
        if "nofollow" in (anchor.get("rel") or "").lower().split():
            continue
        url = _join(base, anchor.get("href") or "")
        if url:
            yield url


def _join(base: str, href: str) -> str:
    """The absolute address without its fragment; empty for what is none of the web."""
    try:
        url = urljoin(base, href.strip()).partition("#")[0]
    except ValueError:
        return ""
    is_web = href.strip() and url.startswith(("http://", "https://"))
    return url if is_web and len(url) <= LONGEST_URL else ""


def _canonical(root: html.HtmlElement, base: str) -> str:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return _join(base, link.get("href") or "")
    return ""


def _meta(root: html.HtmlElement, names: frozenset[str]) -> str:
    for meta in root.iter("meta"):
        if (meta.get("name") or "").strip().lower() in names:
            return " ".join((meta.get("content") or "").split())
    return ""


def _meta_wishes(root: html.HtmlElement) -> set[str]:
    return {
        word.strip()
        for meta in root.iter("meta")
        if (meta.get("name") or "").strip().lower() in ROBOT_NAMES
        for word in (meta.get("content") or "").lower().split(",")
    }


def _header_wishes(robots: str) -> Iterator[str]:
    """The wishes of X-Robots-Tag that are meant for all robots or for us.

    ``googlebot: noindex, nofollow`` names one robot for all that follows on its line.
    """
    for line in robots.splitlines():
        is_ours = True
        for wish in line.split(","):
            name, colon, rest = wish.partition(":")
            if colon and name.strip() != "unavailable_after":
                is_ours = name.strip() in ROBOT_NAMES
                wish = rest
            if is_ours:
                yield wish.strip()
