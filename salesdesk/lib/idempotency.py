"""Requests that may arrive twice but must act once (header ``Idempotency-Key``).

The first answer under a key is kept in the cache for a day and given again. A request that was
refused before anything was done leaves its key free; one that was cut off, or whose provider
failed, keeps it: nobody knows whether the provider acted.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from salesdesk.lib.api import error_body
from salesdesk.lib.errors import Conflict, InvalidInput, ProviderError, SalesdeskError

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 200


def once(request: Request, act: Callable[[], Response]) -> Response:
    """``act()``, or the answer that the same user's same request got before.

    Without the header it is ``act()`` each time. Raises ``Conflict`` when the key was used with
    another body, or when its first request has not been answered.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return act()
    if len(key) > LONGEST_KEY:
        raise InvalidInput(f"{HEADER} can have {LONGEST_KEY} characters at most.")
    slot = f"idempotency:{_hash([request.user.pk, request.path.rstrip('/'), key])}"
    body = _hash(request.data)
    if not cache.add(slot, {"body": body, "answer": None}, KEPT_SECONDS):
        return _answer_again(cache.get(slot), body)
    return _act_and_keep(slot, body, act)


def _act_and_keep(slot: str, body: str, act: Callable[[], Response]) -> Response:
    try:
        response = act()
    except ProviderError as error:
        _keep(slot, body, error_body(error.code, error.message), error.status)
        raise
    except (SalesdeskError, ValidationError):
        cache.delete(slot)
        raise
    _keep(slot, body, dict(response.data), response.status_code)
    return response


def _keep(slot: str, body: str, data: dict[str, Any], status: int) -> None:
    cache.set(slot, {"body": body, "answer": {"data": data, "status": status}}, KEPT_SECONDS)


def _answer_again(kept: dict[str, Any] | None, body: str) -> Response:
    if kept is None or kept["answer"] is None:
        raise Conflict("The first request with this key has not been answered; look at the calls.")
    if kept["body"] != body:
        raise Conflict("This key was used for another request.")
    return Response(**kept["answer"], headers={REPLAYED_HEADER: "true"})


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
