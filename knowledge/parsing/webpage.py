"""The content of a web page, without what surrounds it, and what it says about itself."""

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from knowledge.parsing.dates import believable, read_date
from knowledge.parsing.text import one_line

_NO_CONTENT = (
    *("script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button"),
    *("iframe", "svg", "object", "dialog"),
)
_ROLES = ("navigation", "banner", "contentinfo", "search")
_HIDDEN = "//*[@hidden or @aria-hidden='true' or {}]".format(
    " or ".join(f"@role='{role}'" for role in _ROLES)
)
_MAIN = ("//main", "//*[@role='main']", "//article")
_LEAST_MAIN = 200
_DATES = (
    "//meta[@property='article:modified_time']/@content",
    "//meta[@property='article:published_time']/@content",
    "//meta[@name='date' or @name='last-modified' or @name='dcterms.modified']/@content",
    "//time/@datetime",
)
_SITE_NAME = re.compile(r"\s+[|–—·]\s+[^|–—·]+$")


def read_page(text: str) -> tuple[str, dict[str, object]]:
    """HTML of the content alone, and metadata; empty HTML when there is none."""
    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=_parser())
    except etree.ParserError:
        return "", {}
    metadata = _metadata(tree)
    for element in tree.xpath(_HIDDEN):
        _drop(element)
    etree.strip_elements(tree, etree.Comment, *_NO_CONTENT, with_tail=False)
    content = _content(tree)
    for header in content.xpath(".//header[not(.//h1) and not(ancestor::article)]"):
        _drop(header)
    return lxml_html.tostring(content, encoding="unicode"), metadata


def _parser() -> Any:
    return lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _content(tree: Any) -> Any:
    for path in _MAIN:
        for element in tree.xpath(path):
            if len(element.text_content().strip()) >= _LEAST_MAIN:
                return element
    body = tree.find("body")
    return tree if body is None else body


def _metadata(tree: Any) -> dict[str, object]:
    metadata: dict[str, object] = {}
    title = one_line(tree.findtext(".//title") or "")
    if title:
        metadata["title"] = _SITE_NAME.sub("", title)
    language = tree.get("lang", "")[:2].lower()
    if re.fullmatch(r"[a-z]{2}", language):
        metadata["language"] = language
    values = (value for path in _DATES for value in tree.xpath(path))
    if date := believable(*map(read_date, values)):
        metadata["date"] = date
    return metadata
