"""A web site on this machine, and fetchers that may read it."""

import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from knowledge.web.addresses import Guard
from knowledge.web.fetch import Fetcher, Limits

LOOPBACK = "127.0.0.1"
HOST = "docs.example.com"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the site answers. ``hangs``: the connection stays open after ``body``, unfinished."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    host: str
    path: str
    headers: Message


Answering = Reply | Callable[[Asked], Reply]


def page(title: str, *links: str, head: str = "", text: str = "", **headers: str) -> Reply:
    """An HTML page whose ETag is that of its content."""
    anchors = "".join(f'<a href="{link}">{link}</a>' for link in links)
    html = (
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><h1>{title}</h1><p>{text or f'All about {title}.'}</p>{anchors}</body></html>"
    )
    body = html.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
    return Reply(body, headers={"Content-Type": "text/html", "ETag": etag, **named})


def plain(text: str, **headers: str) -> Reply:
    return Reply(text.encode(), headers={"Content-Type": "text/plain", **headers})


def xml(text: str) -> Reply:
    return Reply(text.encode(), headers={"Content-Type": "application/xml"})


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": location})


class LocalSite:
    """Answers by path, 404 for the rest, 304 to who has the reply's ETag; remembers what came."""

    def __init__(self) -> None:
        self.replies: dict[str, Answering] = {}
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self.server = Server(self)
        self.port: int = self.server.server_address[1]

    def encrypt(self, certificate: Path) -> None:
        """Speak TLS from now on, with the certificate and key in the file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def url(self, path: str = "/", *, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def fetcher(
        self, resolve: Callable[[str, int], Sequence[str]] | None = None, **limits: Any
    ) -> Fetcher:
        """One that takes every name for this site, unless ``resolve`` knows better."""
        guard = Guard(
            resolve=resolve or (lambda host, port: [LOOPBACK]),
            ports=frozenset({80, 443, self.port}),
            also_allowed=frozenset({LOOPBACK}),
        )
        return Fetcher(guard, Limits(**limits))

    def reply_to(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        answer = self.replies.get(asked.path, Reply(b"no such page", 404))
        reply = answer if isinstance(answer, Reply) else answer(asked)
        etag = reply.headers.get("ETag")
        if etag and asked.headers.get("If-None-Match") == etag:
            return Reply(status=304, headers={"ETag": etag})
        return reply


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: LocalSite) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.site = site


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site = cast(Server, self.server).site
        reply = site.reply_to(Asked(self.headers.get("Host", ""), self.path, self.headers))
        self._send(reply)
        if reply.hangs:
            site.closing.wait()
            self.close_connection = True

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers and not reply.hangs:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # no handshake, or the reader has had enough
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@contextmanager
def local_site() -> Iterator[LocalSite]:
    site = LocalSite()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        site.server.shutdown()
        thread.join()
        site.server.server_close()
