"""Sitemaps: the list of pages that a site gives of itself (sitemaps.org)."""

import zlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from knowledge.web.addresses import WebError
from knowledge.web.fetch import ANY_TYPE, Fetcher
from knowledge.web.urls import Scope

FILES_AT_MOST = 50
PAGES_AT_MOST = 50_000
GZIP = b"\x1f\x8b"

BeforeEach = Callable[[str], None]
"""Called before each file is asked, with its address."""


@dataclass(slots=True)
class Sitemap:
    """``pages`` in the site's order. ``is_whole`` is false where a part could not be read."""

    pages: list[str] = field(default_factory=list)
    is_whole: bool = True
    problems: list[tuple[str, str]] = field(default_factory=list)


def read_sitemaps(
    fetcher: Fetcher,
    urls: Iterable[str],
    scope: Scope,
    *,
    before_each: BeforeEach,
    guess: str = "",
) -> Sitemap:
    """The pages named by the sitemaps at ``urls`` and by those that they name, of one host.

    A sitemap that does not exist is none; nor is the ``guess``, which nobody has named, when it is
    refused. At most 50 files and 50 000 pages are read.
    """
    found = Sitemap()
    named = dict.fromkeys(url for url in (*urls, guess) if url and scope.is_same_host(url))
    waiting = deque(named)
    seen = set(waiting)
    files = 0
    while waiting:
        if files == FILES_AT_MOST or len(found.pages) >= PAGES_AT_MOST:
            found.is_whole = False
            break
        url = waiting.popleft()
        files += 1
        before_each(url)
        for inner in _read_one(fetcher, url, found, is_guess=url == guess):
            if inner not in seen and scope.is_same_host(inner):
                seen.add(inner)
                waiting.append(inner)
    del found.pages[PAGES_AT_MOST:]
    return found


def _read_one(fetcher: Fetcher, url: str, found: Sitemap, *, is_guess: bool) -> list[str]:
    """Adds the file's pages to ``found``; gives back the sitemaps that it names."""
    try:
        body = fetcher.get(url, types=ANY_TYPE).body
        inner, pages = parse_sitemap(unpacked(body, fetcher.limits.size_bytes))
    except WebError as error:
        is_refused = 400 <= error.http_status < 500 and error.http_status != 429
        if not (error.is_gone or (is_guess and is_refused)):
            found.is_whole = False
            found.problems.append((url, error.message))
        return []
    found.pages += pages
    return inner


def unpacked(body: bytes, limit: int) -> bytes:
    """The file without its gzip, if it has one. Raises :class:`WebError` beyond ``limit`` bytes."""
    if not body.startswith(GZIP):
        return body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise WebError("The sitemap is packed and damaged.") from None
    if len(plain) > limit:
        raise WebError("The sitemap is too large.")
    return plain


def parse_sitemap(body: bytes) -> tuple[list[str], list[str]]:
    """The sitemaps and the pages that a sitemap file names.

    Entities are not resolved and nothing outside is loaded. A file that is no XML is taken as one
    address a line, which the protocol allows too.
    """
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = body.decode("utf-8", "replace").split()
        return [], [line for line in lines if line.startswith("http")]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    root = etree.fromstring(body, parser)
    if root is None:
        raise WebError("The sitemap cannot be understood.")
    return _places(root, "sitemap"), _places(root, "url")


def _places(root: etree._Element, kind: str) -> list[str]:
    path = f"./*[local-name()='{kind}']/*[local-name()='loc']"
    found = root.xpath(path)
    assert isinstance(found, list)
    texts = ("".join(each.itertext()).strip() for each in found if isinstance(each, etree._Element))
    return [text for text in texts if text]
