"""A manager meets the gate, in a real browser."""

import re

import pytest
from playwright.async_api import expect

from calls.models import Call
from calls.tests.carrier import ScriptedCarrier
from conftest import CUSTOMER_NUMBER
from leads.enums import DialKind
from leads.gate.services import permit
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = [*MARKS, pytest.mark.usefixtures("daytime")]
WRITTEN = "+1 415-555-0199"


async def test_a_refused_call_is_overridden_and_an_opt_out_is_not(
    manager: User, carrier: ScriptedCarrier, open_page: OpenPage
) -> None:
    page = await open_page(manager, "/calls/new/", live=False)
    await page.get_by_label("Number to call").fill("(415) 555-0199")
    await page.get_by_role("button", name="Call now").click()
    refused = page.locator("#refused")
    await expect(refused).to_contain_text("There is no consent to calls by an AI voice.")
    assert carrier.dialled == []

    await page.get_by_label("Why call nevertheless?").fill("She asked for it in writing.")
    await page.get_by_role("button", name="Call nevertheless").click()
    await expect(page).to_have_url(re.compile(r"/calls/\w{16}/"))
    assert [order.to for order in carrier.dialled] == [CUSTOMER_NUMBER]
    assert await do(Call.objects.count) == 1

    await page.goto(page.url.split("/calls/")[0] + "/leads/do-not-call/")
    await page.get_by_label("Phone number").fill(WRITTEN)
    await page.get_by_role("button", name="Do not contact").click()
    await expect(page.locator("#found")).to_contain_text(WRITTEN)

    await page.goto(page.url.split("/leads/")[0] + "/calls/new/")
    await page.get_by_label("Number to call").fill(WRITTEN)
    await page.get_by_role("button", name="Call now").click()
    await expect(refused).to_contain_text("This number must not be called.")
    await expect(page.get_by_label("Why call nevertheless?")).to_have_count(0)
    assert len(carrier.dialled) == 1


async def test_the_ledger_is_searched_without_a_reload(
    business: Business, auditor: User, open_page: OpenPage
) -> None:
    for number in ("+14155550199", "+14155550177"):
        await do(permit, business, phone=number, kind=DialKind.AI)
    page = await open_page(auditor, "/leads/ledger/", live=False)
    await page.evaluate("window.stayed = true")
    rows = page.locator("[id^=decision-]")
    await expect(rows).to_have_count(2)
    search = page.get_by_placeholder("Number, address, lead or user")
    await search.press_sequentially("415 555 0177")
    await expect(page).to_have_url(re.compile(r"search=415.+555.+0177"))
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_contain_text("+1 415-555-0177")
    await rows.first.get_by_text("Facts").click()
    facts = rows.first.get_by_role("region", name="Facts")
    await expect(facts).to_contain_text("America/Los_Angeles")
    assert await page.evaluate("window.stayed")
