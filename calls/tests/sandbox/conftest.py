"""A product and a carrier that know each other, in the test's own event loop."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from calls.sandbox.carrier import Carrier
from calls.sandbox.script import Callee, CallerScript
from calls.sandbox.server import Sandbox
from calls.tests.sandbox.product import ACCOUNT_SID, AUTH_TOKEN, OWN_NUMBER, Product, voice


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    async with Product() as product:
        yield product


@pytest.fixture
def carrier_options(product: Product) -> dict[str, Any]:
    """The carrier knows one number, the product's; everybody else answers at once and listens."""
    return {
        "account_sid": ACCOUNT_SID,
        "auth_token": AUTH_TOKEN,
        "numbers": {OWN_NUMBER: product.own_number()},
        "default_callee": Callee(CallerScript(), ring_ms=0),
        "speech": voice,
    }


@pytest.fixture
async def carrier(carrier_options: dict[str, Any]) -> AsyncIterator[Carrier]:
    async with Carrier(**carrier_options) as carrier:
        yield carrier


@pytest.fixture
async def sandbox(carrier_options: dict[str, Any]) -> AsyncIterator[Sandbox]:
    """A carrier with its APIs at ``url``."""
    async with Sandbox(**carrier_options) as sandbox:
        yield sandbox
