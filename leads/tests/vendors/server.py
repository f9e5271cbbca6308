"""An HTTP server in a thread, whose answers can be spoiled."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, Any]
"""The status, and what is sent: JSON, or bytes as they are; nothing for ``None``."""


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Vendor:
    """Subclasses answer; ``spoiled`` is answered instead to all requests but for a token.

    With ``is_silent`` nothing is answered until the end of the test.
    """

    seen: list[Seen] = field(default_factory=list)
    spoiled: Answer | None = None
    is_silent: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, request: Seen) -> Answer:
        raise NotImplementedError

    def is_for_token(self, request: Seen) -> bool:
        return request.path.endswith("/token")

    def reply(self, request: Seen) -> Answer | None:
        self.seen.append(request)
        if self.is_silent:
            self.over.wait()
            return None
        if self.spoiled is not None and not self.is_for_token(request):
            return self.spoiled
        return self.answer(request)

    def requests(self, method: str) -> list[Seen]:
        return [each for each in self.seen if each.method == method]


def _handler_for(vendor: Vendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            query = dict(parse_qsl(parts.query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Seen(self.command, parts.path, query, headers, self.rfile.read(length))
            answer = vendor.reply(request)
            if answer is None:
                self.close_connection = True
                return
            self._send(*answer)

        def _send(self, status: int, content: Any) -> None:
            is_plain = isinstance(content, bytes)
            body = content if is_plain else b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if is_plain else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # names of the library

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
