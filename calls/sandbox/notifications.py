"""Errors and warnings that Twilio writes down about a call, by their documented numbers.

Source: twilio.com/docs/api/errors. :class:`Problem` names those that the sandbox knows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Problem(IntEnum):
    INVALID_URL = 11100
    HTTP_RETRIEVAL = 11200
    HTTP_CONNECTION = 11205
    DOCUMENT_PARSE = 12100
    WRONG_ROOT = 12102
    SCHEMA = 12200
    CONTENT_TYPE = 12300
    DIAL_NUMBER = 13223
    CALLBACK_FAILED = 15003
    STREAM_TIMEOUT = 31901
    STREAM_REFUSED = 31902
    STREAM_BROKEN = 31903
    STREAM_HANDSHAKE = 31920
    STREAM_CLOSED = 31921
    STREAM_PROTOCOL = 31924
    STREAM_MESSAGE = 31951


WARNINGS = frozenset({Problem.CALLBACK_FAILED, Problem.STREAM_MESSAGE})


@dataclass(frozen=True, slots=True)
class Notification:
    """One entry of a call's error log. ``url`` is what was being requested, if anything."""

    sid: str
    problem: Problem
    message: str
    at: datetime
    url: str = ""
    method: str = ""

    @property
    def is_warning(self) -> bool:
        return self.problem in WARNINGS


class CallError(Exception):
    """What a call cannot go on with: it is written down and ends the call."""

    def __init__(self, problem: Problem, message: str, *, url: str = "", method: str = "") -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message
        self.url = url
        self.method = method
