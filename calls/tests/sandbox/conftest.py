"""A product and a carrier that know each other, in the test's own event loop."""

from collections.abc import AsyncIterator

import pytest

from calls.sandbox.script import Callee, CallerScript
from calls.sandbox.server import Sandbox
from calls.tests.sandbox.product import ACCOUNT_SID, AUTH_TOKEN, OWN_NUMBER, Product, voice


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    async with Product() as product:
        yield product


@pytest.fixture
async def carrier(product: Product) -> AsyncIterator[Sandbox]:
    """Knows one number, the product's; everybody else answers at once and listens."""
    async with Sandbox(
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        numbers={OWN_NUMBER: product.own_number()},
        default_callee=Callee(CallerScript(), ring_ms=0),
        speech=voice,
        webhook_timeout_s=5,
    ) as carrier:
        yield carrier
