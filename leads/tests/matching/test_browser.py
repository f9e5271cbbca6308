"""Changing all that match, in a real browser."""

import re
from collections.abc import Awaitable, Callable
from typing import cast

import pytest
from playwright.async_api import Page, expect

from leads.matching import services, work
from leads.models import BulkChange, Lead
from leads.services import is_suppressed
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = MARKS

PAGE = "/leads/matching/?source=web_form"
ASKING = "[hx-get*=matching]"


async def test_why_nobody_may_call_again_is_asked_and_the_question_says_so_in_red(
    business: Business, leads: list[Lead], rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, PAGE, live=False)
    await page.set_viewport_size({"width": 390, "height": 844})
    way = page.get_by_role("form", name="Never call again")
    await way.get_by_label("Reason").fill("They are a competitor.")
    await way.get_by_role("button", name="Never call again").click()
    dialog = page.locator("#confirm-dialog")
    await expect(dialog).to_contain_text("Never call 3 leads again?")
    accept = dialog.get_by_role("button", name="Never call again")
    await expect(accept).to_have_class(re.compile("btn-error"))
    assert not await do(is_suppressed, business, leads[0].phone)
    await accept.click()
    await expect(page.get_by_text("3 leads changed.")).to_be_visible()
    entries = await do(lambda: list(business.suppressions.values_list("reason", flat=True)))
    assert entries == ["They are a competitor."] * 3
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_nobody_loses_their_owner_without_a_word(
    leads: list[Lead], rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, PAGE, live=False)
    way = page.get_by_role("form", name="Give to")
    owner = way.get_by_label("New owner")
    await expect(owner).to_have_value("")
    await way.get_by_role("button", name="Give").click()
    await expect(page.locator("#confirm-dialog")).to_be_hidden()
    await expect(owner).to_have_js_property("validity.valueMissing", True)
    await owner.select_option(label="Ray")
    await way.get_by_role("button", name="Give").click()
    await page.locator("#confirm-dialog").get_by_role("button", name="Give").click()
    await expect(page.get_by_text("3 leads changed.")).to_be_visible()
    assert await do(Lead.objects.filter(owner=rep).count) == 3


@pytest.fixture
def pausing(
    leads: list[Lead],
    rep: User,
    open_page: OpenPage,
    queued: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Awaitable[Page]]:
    """The page of a change that a worker is to do, after all that is clicked before."""
    monkeypatch.setattr(services, "AT_ONCE", 1)

    async def pause() -> Page:
        page = await open_page(rep, PAGE, live=False)
        await page.get_by_role("form", name="Pause their").get_by_role("button").click()
        await page.locator("#confirm-dialog").get_by_role("button", name="Pause").click()
        await expect(page.get_by_text("0 of 3 leads looked at")).to_be_visible()
        return cast(Page, page)

    return pause


async def test_the_page_follows_the_work_to_its_end(
    pausing: Callable[[], Awaitable[Page]], queued: list[int]
) -> None:
    page = await pausing()
    await expect(page.locator(ASKING)).to_have_count(1)
    await do(work.work_on, queued[0])
    await expect(page.get_by_text("They are in no cadence that goes on.")).to_be_visible()
    await expect(page.locator(ASKING)).to_have_count(0)


async def test_the_page_stops_asking_for_what_is_gone(
    pausing: Callable[[], Awaitable[Page]],
) -> None:
    page = await pausing()
    await do(BulkChange.objects.all().delete)
    await expect(page.get_by_text("There is no such change, or not for you.")).to_be_visible()
    await expect(page.locator(ASKING)).to_have_count(0)
