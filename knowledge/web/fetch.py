"""Gets pages from the public web: guarded, bounded, and without following blindly.

Host names are resolved here, every address is checked, and the connection goes to the very
address that was checked, so that a second DNS answer cannot lead elsewhere. Each redirect starts
from the beginning. Proxies of the environment are not used, and cookies are not kept.
"""

import asyncio
import codecs
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings

from knowledge.web.addresses import Guard, Refused, WebError
from knowledge.web.page import read_page

MEGABYTE = 1024 * 1024
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
ANY_TYPE: frozenset[str] = frozenset()
REDIRECTS = frozenset({301, 302, 303, 307, 308})
RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_REST_SECONDS = 1800
PIECE_BYTES = 64 * 1024
ROBOT_NAME = "salesdesk"

_LOOKUPS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="web-dns")
"""DNS apart from asyncio's own threads, whose end would be waited for after a time-out."""

MayVisit = Callable[[str], None]
"""Called with each address before it is asked; raises :class:`Refused` to keep away from it."""


@dataclass(frozen=True, slots=True)
class Limits:
    size_bytes: int = 10 * MEGABYTE
    connect_seconds: float = 5.0
    total_seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. ``url`` is where redirects led; ``body`` is unpacked.

    ``is_unchanged``: the server says that what we have is still right; ``body`` is empty then.
    ``robots`` is its X-Robots-Tag in lower case, a line for each.
    """

    url: str
    body: bytes = b""
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    robots: str = ""
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A web page. ``url`` is where redirects led."""

    url: str
    html: bytes
    etag: str
    last_modified: str
    title: str


class NotAPage(WebError):
    """The server has something at this address, but no web page."""


def user_agent() -> str:
    return f"{ROBOT_NAME}/1.0 (+{settings.WEB_CONTACT_URL})"


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Asks servers, one request at a time. Call it outside of event loops."""

    guard: Guard = field(default_factory=Guard)
    limits: Limits = field(default_factory=Limits)

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        types: frozenset[str] = PAGE_TYPES,
        may_visit: MayVisit | None = None,
    ) -> Answer:
        """What stands at ``url``, if it is of one of ``types`` (none given: any).

        With ``etag`` or ``last_modified`` the server may answer that nothing has changed.
        Raises :class:`WebError` with a sentence for everything else; ``is_gone`` for 404 and 410.
        """
        headers = _headers(etag, last_modified)
        return asyncio.run(self._get(url, headers, types, may_visit))

    async def _get(
        self,
        url: str,
        headers: Mapping[str, str],
        types: frozenset[str],
        may_visit: MayVisit | None,
    ) -> Answer:
        try:
            async with asyncio.timeout(self.limits.total_seconds):
                return await self._follow(url, headers, types, may_visit)
        except aiohttp.ServerTimeoutError:
            raise WebError("The server cannot be reached in time.", retryable=True) from None
        except TimeoutError:
            raise WebError(
                f"The server took longer than {self.limits.total_seconds:g} seconds.",
                retryable=True,
            ) from None
        except (aiohttp.InvalidURL, UnicodeError):
            raise Refused("This is not a valid web address.") from None
        except aiohttp.ClientSSLError:
            raise WebError("The server cannot prove that it is the one it claims to be.") from None
        except (aiohttp.ClientError, OSError):
            raise WebError("The server could not be reached.", retryable=True) from None

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        types: frozenset[str],
        may_visit: MayVisit | None,
    ) -> Answer:
        for _ in range(self.limits.redirects + 1):
            self.guard.check_url(url)
            if may_visit:
                may_visit(url)
            answer = await self._ask(url, headers, types)
            if isinstance(answer, Answer):
                return answer
            url = answer
        raise WebError(f"The address leads on more than {self.limits.redirects} times.")

    async def _ask(
        self, url: str, headers: Mapping[str, str], types: frozenset[str]
    ) -> Answer | str:
        """The server's answer, or the address to which it sends us."""
        async with (
            self._session() as session,
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            if response.status in REDIRECTS:
                return _next_address(url, response)
            if response.status == 304:
                return Answer(url=url, is_unchanged=True)
            _check_status(response)
            _check_type(response, types)
            return await self._read(url, response)

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=_GuardedResolver(self.guard),
            use_dns_cache=False,
            socket_factory=self._open_socket,
            force_close=True,
        )
        seconds = self.limits.connect_seconds
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=None, connect=seconds, sock_connect=seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    def _open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The last gate: addresses written into the URL pass here too."""
        family, kind, protocol, _, address = info
        self.guard.check_address(str(address[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    async def _read(self, url: str, response: aiohttp.ClientResponse) -> Answer:
        announced = response.content_length
        if announced is not None and announced > self.limits.size_bytes:
            raise _too_large(self.limits.size_bytes)
        body = bytearray()
        async for piece in _unpacked(response, self.limits.size_bytes):
            body += piece
            if len(body) > self.limits.size_bytes:
                raise _too_large(self.limits.size_bytes)
        return Answer(
            url=url,
            body=bytes(body),
            content_type=response.content_type,
            charset=response.charset or "",
            etag=response.headers.get("ETag", "")[:300],
            last_modified=response.headers.get("Last-Modified", "")[:100],
            robots="\n".join(response.headers.getall("X-Robots-Tag", [])).lower(),
        )


def fetch_page(url: str, *, fetcher: Fetcher | None = None) -> Page:
    """The page at ``url``. Raises :class:`WebError`, a ``ProviderError``, in words for people."""
    answer = (fetcher or Fetcher()).get(url)
    html = in_utf8(answer)
    return Page(
        url=answer.url,
        html=html,
        etag=answer.etag,
        last_modified=answer.last_modified,
        title=read_page(html, answer.url).title,
    )


def in_utf8(answer: Answer) -> bytes:
    """The body as UTF-8 with its mark, where the server named a charset: it counts most.

    Otherwise as it came; it may say inside how it is to be read.
    """
    try:
        text = answer.body.decode(answer.charset, "replace") if answer.charset else ""
    except LookupError:  # a charset that nobody knows
        text = ""
    return codecs.BOM_UTF8 + text.encode() if text else answer.body


class _GuardedResolver(AbstractResolver):
    """Gives the connector the checked addresses, and so no other."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(_LOOKUPS, self._guard.addresses, host, port)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _headers(etag: str, last_modified: str) -> dict[str, str]:
    headers = {
        "User-Agent": user_agent(),
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Accept-Language": "en,*;q=0.5",
    }
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers


def _next_address(url: str, response: aiohttp.ClientResponse) -> str:
    location = response.headers.get("Location", "")
    if not location:
        raise WebError("The server sends us on without saying where to.")
    try:
        return urljoin(url, location).partition("#")[0]
    except ValueError:
        raise Refused("The server sends us on to something that is not an address.") from None


def _check_status(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == 200:
        return
    if status in (404, 410):
        message = "There is no page at this address any more."
    elif status in (401, 403, 407, 451):
        message = f"The server does not let us read this page (status {status})."
    elif status == 429:
        message = "The server says that we ask too often (status 429)."
    else:
        message = f"The server answered with an error (status {status})."
    raise WebError(
        message,
        retryable=status in RETRYABLE,
        http_status=status,
        retry_after=_retry_after(response),
    )


def _retry_after(response: aiohttp.ClientResponse) -> int:
    """Seconds; the header's other form, a date, is taken as a minute."""
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return 0
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 60
    return min(seconds, LONGEST_REST_SECONDS)


def _check_type(response: aiohttp.ClientResponse, types: frozenset[str]) -> None:
    if types and response.content_type not in types:
        raise NotAPage(f"This is not a web page but {response.content_type}.")


def _too_large(limit: int) -> WebError:
    return WebError(f"The page is larger than {limit / MEGABYTE:g} MB.")


async def _unpacked(response: aiohttp.ClientResponse, limit: int) -> AsyncIterator[bytes]:
    """The body's pieces, none of them unpacked to more than a byte over ``limit``."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        async for piece in response.content.iter_chunked(PIECE_BYTES):
            yield piece
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise WebError("The page is packed in a way that was not asked for.")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its first bytes
    try:
        async for piece in response.content.iter_chunked(PIECE_BYTES):
            yield unpacker.decompress(piece, limit + 1)
    except zlib.error:
        raise WebError("The page is packed and damaged.", retryable=True) from None
    if not unpacker.eof:
        raise WebError("The page is packed and damaged.", retryable=True)
