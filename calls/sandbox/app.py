"""The sandbox as a web application: Twilio's REST API and the sandbox's own.

Run it with ``uvicorn calls.sandbox.app:application``. Its environment: ``TWILIO_ACCOUNT_SID`` and
``TWILIO_AUTH_TOKEN`` (who may use the REST API, and the signing key), ``SANDBOX_NUMBERS`` (a JSON
list of what ``PUT /sandbox/numbers`` takes).
"""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from calls.sandbox.carrier import Carrier, OwnNumber
from calls.sandbox.control import ControlApi, read_number
from calls.sandbox.resources import Refusal
from calls.sandbox.rest import RestApi
from calls.sandbox.scenarios import default_callee, default_callees

DEFAULT_ACCOUNT_SID = "AC" + "0" * 31 + "1"
DEFAULT_AUTH_TOKEN = "sandbox-token"  # noqa: S105 (known on purpose, for this machine only)


def create_app(carrier: Carrier, *, opens_carrier: bool = True) -> Starlette:
    """The application over a carrier, which it opens and closes with itself unless told not to."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with carrier if opens_carrier else nullcontext():
            yield

    return Starlette(
        routes=[
            Route("/healthz", _healthz),
            RestApi(carrier).routes(),
            ControlApi(carrier).routes(),
        ],
        exception_handlers={HTTPException: _not_found},
        lifespan=lifespan,
    )


def carrier_from(environ: Mapping[str, str]) -> Carrier:
    """The carrier that the environment describes, with the shipped people behind its numbers."""
    return Carrier(
        account_sid=environ.get("TWILIO_ACCOUNT_SID") or DEFAULT_ACCOUNT_SID,
        auth_token=environ.get("TWILIO_AUTH_TOKEN") or DEFAULT_AUTH_TOKEN,
        numbers=_numbers_from(environ.get("SANDBOX_NUMBERS") or "[]"),
        callees=default_callees(),
        default_callee=default_callee(),
    )


def _numbers_from(text: str) -> dict[str, OwnNumber]:
    return dict(read_number(each) for each in json.loads(text))


async def _healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _not_found(request: Request, error: Exception) -> Response:
    """As Twilio words it; also for a method that a resource does not have."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        refusal = Refusal(405, 20004, "Method not allowed")
    else:
        path = request.url.path
        refusal = Refusal(status, 20404, f"The requested resource {path} was not found")
    return JSONResponse(refusal.as_json(), status_code=status)


application = create_app(carrier_from(os.environ))
