"""Web addresses: one form for each page, and which of them belong to a site."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import (
    parse_qsl,
    quote,
    unquote,
    unquote_to_bytes,
    urlencode,
    urlsplit,
    urlunsplit,
)

LONGEST_URL = 1000
DEEPEST_PATH = 12
REPEATED_PARTS = 3
QUERIES_OF_A_PATH = 20

PLAIN = "/:@!$&'()*+,;=~-._"
"""What stands in a path as it is."""

TRACKING = re.compile(
    r"^(utm_.*|hsa_.*|_hs.*|pk_.*|mtm_.*|mc_[ce]id|[gfdy]clid|msclkid|igshid|twclid|_ga|_gl"
    r"|phpsessid|jsessionid|sessionid|hsctatracking|trk|ref_src)$",
    re.IGNORECASE,
)
"""Parameters that say who comes from where, and nothing about the page."""

SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
INDEX_NAME = re.compile(r"/index\.(html?|php)$", re.IGNORECASE)
NOT_PAGES = frozenset(
    """.png .jpg .jpeg .gif .svg .webp .avif .ico .json .xml .rss .atom .txt
    .md .csv .yaml .yml .pdf .doc .docx .xls .xlsx .ppt .pptx .zip .gz .tgz .tar .rar .7z .dmg .exe
    .pkg .msi .apk .jar .whl .mp3 .mp4 .webm .mov .avi .wav .ogg .woff .woff2 .ttf .eot
    """.split()
)


def normalise(url: str) -> str:
    """The address as it is asked for: no fragment, no tracking, host in lower case.

    Parameters come in a fixed order; what must not stand in an address is percent-encoded.
    Raises ``ValueError`` for what cannot be an address.
    """
    parts = urlsplit(url.strip())
    if not parts.hostname:
        raise ValueError("an address without a host")
    path = quote(SESSION_IN_PATH.sub("", parts.path) or "/", safe=f"%{PLAIN}")
    return urlunsplit((parts.scheme.lower(), _netloc(url), path, _query(parts.query), ""))


def _netloc(url: str) -> str:
    """Host and, where it is not the scheme's own, port. A user name stays, to be refused."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    is_usual = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme.lower()))
    user, at, _ = parts.netloc.rpartition("@")
    return f"{user}{at}{host}{'' if is_usual else f':{parts.port}'}"


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted(pair for pair in pairs if not TRACKING.match(pair[0])))


def identity(url: str) -> str:
    """The same for two addresses that almost surely show the same page.

    They may differ in the scheme, a leading ``www.``, a trailing slash and ``index.html``.
    """
    parts = urlsplit(normalise(url))
    path = unquote_to_bytes(INDEX_NAME.sub("/", parts.path)).rstrip(b"/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.removeprefix('www.')}{quote(path, safe=PLAIN)}{query}"


def bare_host(url: str) -> str:
    """Host and unusual port, without ``www.``."""
    return _netloc(url).removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Scope:
    """The pages of one site: those of its host below one of its paths (none given: all)."""

    host: str
    prefixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, start_url: str, prefixes: Iterable[str] = ()) -> "Scope":
        return cls(bare_host(start_url), tuple(f"/{each.strip('/')}" for each in prefixes if each))

    def has(self, url: str) -> bool:
        """Whether the normalised address is a page of the site."""
        return self.is_same_host(url) and _is_page(urlsplit(url).path) and self._is_below(url)

    def is_same_host(self, url: str) -> bool:
        return url.startswith(("http://", "https://")) and bare_host(url) == self.host

    def _is_below(self, url: str) -> bool:
        path = unquote(urlsplit(url).path)
        return not self.prefixes or any(
            prefix == "/" or path == prefix or path.startswith(f"{prefix}/")
            for prefix in self.prefixes
        )


def _is_page(path: str) -> bool:
    """Not a file of another kind, and not the depth of an endless tree of links."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > DEEPEST_PATH or PurePosixPath(path).suffix.lower() in NOT_PAGES:
        return False
    return all(parts.count(part) < REPEATED_PARTS for part in set(parts))


def usable(urls: Iterable[str], scope: Scope) -> list[str]:
    """The site's pages among ``urls``, normalised, each once."""
    found: dict[str, str] = {}
    for url in urls:
        try:
            clean = normalise(url)
        except ValueError:
            continue
        if len(clean) <= LONGEST_URL and scope.has(clean):
            found.setdefault(identity(clean), clean)
    return list(found.values())
