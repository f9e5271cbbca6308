"""Structured logs: one JSON object a line, with request and call id, without personal data.

Anything personal (a transcript, a phone number, a prompt) may only be given as a field of
``extra={"personal": {...}}``, which the formatter drops unless `LOG_PERSONAL` is on.
"""

import contextlib
import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

log = logging.getLogger(__name__)

request_id: ContextVar[str] = ContextVar("request_id", default="")
call_id: ContextVar[str] = ContextVar("call_id", default="")

QUOTED_BY_POSTGRES = re.compile(r"^([ |]*)(DETAIL|CONTEXT|LINE \d+):.*$", re.MULTILINE)
"""Lines of its errors that show the refused row or statement, and with it what was said."""
QUOTED_BY_PYDANTIC = re.compile(r"\binput_value=.*(?=, input_type=)")
"""What a validation error shows of the value that was given."""
ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@contextlib.contextmanager
def logging_call(public_id: str) -> Iterator[None]:
    """Name the call in every log line written inside."""
    token = call_id.set(public_id)
    try:
        yield
    finally:
        call_id.reset(token)


class ContextFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.call_id = call_id.get()
        return True


class Redacting(logging.Formatter):
    """Leaves out what errors quote of people's data, unless `LOG_PERSONAL` is on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keep_personal = os.environ.get("LOG_PERSONAL", "") in {"1", "on", "true"}

    def formatException(self, ei: Any) -> str:
        text = str(super().formatException(ei))
        if self._keep_personal:
            return text
        text = QUOTED_BY_POSTGRES.sub(r"\1\2: left out", text)
        return QUOTED_BY_PYDANTIC.sub("input_value: left out", text)


class PlainFormatter(Redacting):
    """A line for people at a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")


class JsonFormatter(Redacting, BaseJsonFormatter):
    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            reserved_attrs=[*_RESERVED, "request"],
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        if not self._keep_personal:
            log_data.pop("personal", None)
        kept = {key: value for key, value in log_data.items() if value not in ("", None)}
        return super().process_log_record(kept)


_RESERVED = [*logging.LogRecord("", 0, "", 0, "", None, None).__dict__, "message", "asctime"]


class RequestIdMiddleware:
    """Give each request an id (or keep the proxy's), log with it and send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        value = given if ACCEPTED_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(value)
        began = time.monotonic()
        try:
            response = self.get_response(request)
            _log_request(request, response, round((time.monotonic() - began) * 1000))
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = value
        return response


def _log_request(request: HttpRequest, response: HttpResponse, took_ms: int) -> None:
    """By route: the path itself may hold a token, and the query what somebody looked for.

    A static file, served without one, is not worth a line.
    """
    match = request.resolver_match
    if match is None and response.status_code < 400:
        return
    route = f"/{match.route}" if match else "nowhere"
    method, status = request.method, response.status_code
    fields = {"method": method, "route": route, "status": status, "ms": took_ms}
    log.info("%s %s %s", method, route, status, extra=fields)
