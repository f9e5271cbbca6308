"""The whole product in one event loop: web process, media process, and the sandbox carrier."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from calls.carriers.base import get_carrier
from calls.live.asgi import application as media
from calls.models import Call
from calls.sandbox.call import Call as CarriedCall
from calls.sandbox.callbacks import CallbackTarget
from calls.sandbox.carrier import OwnNumber
from calls.sandbox.scenarios import all_scenarios
from calls.sandbox.script import CallerScript
from calls.sandbox.server import Sandbox, Server
from calls.sandbox.stage import Source
from conftest import BUSINESS_NUMBER, CUSTOMER_NUMBER
from salesdesk.asgi import application as web

ACCOUNT_SID = "AC" + "5" * 32
AUTH_TOKEN = "token of the sandbox"


class Desk:
    """What a test does with the running product: ring it, and look at the call it made."""

    def __init__(self, carrier: Sandbox, web_url: str, media_url: str) -> None:
        self.carrier = carrier
        self.web_url = web_url
        self.media_url = media_url

    async def ring(self, script: CallerScript | str) -> CarriedCall:
        if isinstance(script, str):
            script = all_scenarios()[script].script
        return await self.carrier.ring(to=BUSINESS_NUMBER, from_=CUSTOMER_NUMBER, script=script)

    async def call_of(self, carried: CarriedCall) -> Call:
        return await Call.objects.aget(sid=carried.sid)

    async def lines_of(self, call: Call) -> list[tuple[str, str]]:
        return [
            (utterance.speaker, utterance.text)
            async for utterance in call.utterances.in_order().all()
        ]


def with_lifespan(application: Any) -> Any:
    """An application that also answers the server's start and end, where it does not itself."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        for stage in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{stage}.complete"})

    return wrapped


@pytest.fixture
async def desk(transactional_db: None, settings: Settings, business: Any) -> AsyncIterator[Desk]:
    servers = {"web": Server(with_lifespan(web)), "media": Server(with_lifespan(media))}
    settings.PUBLIC_URL = servers["web"].url
    settings.MEDIA_STREAM_URL = servers["media"].url.replace("http", "ws")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT_SID, AUTH_TOKEN
    settings.AGENT_SOFT_SECONDS = 60.0  # however slow the machine, no words fill a pause
    sandbox = Sandbox(
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        numbers={
            BUSINESS_NUMBER: OwnNumber(
                Source(f"{settings.PUBLIC_URL}/twilio/voice/"),
                CallbackTarget(f"{settings.PUBLIC_URL}/twilio/status/"),
            )
        },
    )
    async with AsyncExitStack() as stack:
        for server in servers.values():
            await stack.enter_async_context(server)
        await stack.enter_async_context(sandbox)
        settings.TWILIO_API_BASE_URL = sandbox.url
        get_carrier.cache_clear()
        yield Desk(sandbox, servers["web"].url, servers["media"].url)
    get_carrier.cache_clear()


@pytest.fixture
def change_business(business: Any) -> Callable[..., Awaitable[None]]:
    """``await change_business(engine="cascade", …)``."""

    async def change(**values: Any) -> None:
        for name, value in values.items():
            setattr(business, name, value)
        await sync_to_async(business.save)()

    return change
