"""Campaigns in a real browser: made with a preview, started, and watched without a reload."""

import pytest
from django.utils import timezone
from playwright.async_api import expect

from leads.campaigns import services, settling
from leads.campaigns.calling import call_due
from leads.dialing import services as dialing
from leads.enums import DialResult
from leads.models import Campaign, Lead
from leads.tests.campaigns.made import add_campaign, add_leads, end, newest_dial, started
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = [*MARKS, pytest.mark.usefixtures("open_gate")]


async def test_a_campaign_is_made_with_a_preview_and_started(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    await do(add_leads, business, 3)
    page = await open_page(manager, "/campaigns/new/", live=False)
    preview = page.locator("#campaign-preview")
    await expect(preview).to_have_attribute("data-count", "3")
    await page.select_option("[name=leads-stage]", "lost")
    await expect(preview).to_have_attribute("data-count", "0")
    await page.select_option("[name=leads-stage]", "new")
    await expect(preview).to_contain_text("Would be called")
    await page.fill("[name=name]", "Roof checks")
    await page.fill("[name=purpose]", "Offers a free check of the roof.")
    await page.fill("[name=closes]", "08:00")
    await page.get_by_role("button", name="Save the draft").click()
    await expect(page.get_by_text("The window ends before it begins.")).to_be_visible()
    await page.fill("[name=closes]", "18:00")
    await page.get_by_role("button", name="Save the draft").click()
    await expect(page.locator("h1")).to_have_text("Roof checks")
    await page.get_by_role("button", name="Start calling").click()
    await page.locator("#confirm-dialog").get_by_role("button", name="Start calling").click()
    await expect(page.locator("#campaign-live")).to_have_attribute("data-phase", "running")
    await expect(page.locator("[data-count=waiting]")).to_contain_text("3")


async def test_its_page_shows_what_happens_as_it_happens(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    leads = await do(add_leads, business, 3)
    campaign: Campaign = await do(started, business, manager, at_once=2)
    page = await open_page(manager, f"/campaigns/{campaign.public_id}/")
    await page.evaluate("window.stayed = true")
    await do(call_due, campaign.pk, timezone.now())
    await expect(page.locator("[data-count=dialling]")).to_contain_text("2")
    await do(talk, leads[0])
    await expect(page.locator("[data-call=thecall]")).to_contain_text("Answered")
    await do(ended, leads[1])
    await expect(page.locator("[data-count=reached]")).to_contain_text("1")
    await do(services.trip, campaign, "Of the latest 20 attempts – too many failed.")
    await expect(page.get_by_role("alert")).to_contain_text("too many failed")
    await expect(page.get_by_role("button", name="Go on")).to_be_visible()
    await expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    assert await page.evaluate("window.stayed")


async def test_the_list_follows(business: Business, manager: User, open_page: OpenPage) -> None:
    await do(add_leads, business, 1)
    page = await open_page(manager, "/campaigns/")
    await expect(page.get_by_text("No campaigns yet")).to_be_visible()
    campaign: Campaign = await do(add_campaign, business, manager)
    row = page.locator(f"#campaign-{campaign.public_id}")
    await expect(row.locator("[data-status=draft]").last).to_be_visible()
    await do(services.start, campaign, by=manager)
    await expect(row.locator("[data-status=running]").last).to_be_visible()


def talk(lead: Lead) -> None:
    dial = newest_dial(lead)
    dialing.note_placed(dial, call_id="thecall")
    dialing.note_answered(dial)


def ended(lead: Lead) -> None:
    dial = newest_dial(lead)
    end(dial, DialResult.ANSWERED)
    dial.refresh_from_db()
    settling.note_dial(dial)
