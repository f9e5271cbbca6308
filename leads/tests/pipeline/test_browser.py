"""The board and the list in a real browser."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from leads.enums import LeadSource, LeadStage, OpportunityStatus
from leads.models import Lead
from leads.pipeline.services import move, propose
from leads.services import create_lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, box_of, do

pytestmark = MARKS


@pytest.fixture
def ann(business: Business) -> Lead:
    return create_lead(business, source=LeadSource.API, first_name="Ann", value=5000)


def lane(page: Page, stage: str) -> Locator:
    return page.locator(f"[data-cards={stage}]")


def card(page: Page, lead: Lead) -> Locator:
    return page.locator(f"#card-{lead.public_id}")


async def drag(page: Page, lead: Lead, stage: str) -> None:
    """By the mouse, in steps, as a hand does it."""
    begin, end = await box_of(card(page, lead)), await box_of(lane(page, stage))
    await page.mouse.move(begin["x"] + 40, begin["y"] + 14)
    await page.mouse.down()
    await page.mouse.move(begin["x"] + 60, begin["y"] + 20, steps=4)
    await page.mouse.move(end["x"] + 60, end["y"] + 30, steps=12)
    await page.mouse.up()


async def stage_of(lead: Lead) -> Any:
    await do(lead.refresh_from_db)
    return lead.stage


async def test_a_card_is_dragged_and_others_see_it(
    lead: Lead, ann: Lead, rep: User, manager: User, open_page: OpenPage
) -> None:
    page, other = await open_page(rep, "/pipeline/"), await open_page(manager, "/pipeline/")
    await expect(lane(page, "new").locator("[data-card]")).to_have_count(2)
    await drag(page, ann, "qualified")
    await expect(lane(page, "qualified").locator("[data-card]")).to_have_count(1)
    await expect(page.locator("#lane-qualified [data-lane-total]")).to_have_text("$5k")
    await expect(lane(other, "qualified").locator("[data-card]")).to_have_count(1)
    await expect(other.locator("#lane-new [data-lane-count]")).to_have_text("1")
    assert await stage_of(ann) == LeadStage.QUALIFIED


async def test_what_the_server_refuses_goes_back(ann: Lead, rep: User, open_page: OpenPage) -> None:
    page = await open_page(rep, "/pipeline/")

    async def refuse(route: Route) -> None:
        await route.fulfill(status=422, json={"message": "Not today."})

    await page.route("**/move/", refuse)
    await drag(page, ann, "contacted")
    await expect(page.get_by_text("Not today.")).to_be_visible()
    await expect(lane(page, "new").locator("[data-card]")).to_have_count(1)
    await expect(lane(page, "contacted").locator("[data-card]")).to_have_count(0)
    assert await stage_of(ann) == LeadStage.NEW


async def test_lost_asks_why_and_cancelling_moves_nothing(
    ann: Lead, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, "/pipeline/")
    await card(page, ann).locator("select").select_option("lost")
    await page.get_by_role("button", name="Cancel").click()
    await expect(lane(page, "new").locator("[data-card]")).to_have_count(1)

    await card(page, ann).locator("select").select_option("lost")
    await page.get_by_label("Reason").fill("Bought elsewhere")
    await page.locator("#close-dialog").get_by_role("button", name="Move").click()
    await expect(lane(page, "lost").locator("[data-card]")).to_have_count(1)
    await expect(page.get_by_text("Moved.")).to_be_visible()
    assert await stage_of(ann) == LeadStage.LOST
    assert ann.close_reason == "Bought elsewhere"


async def test_the_keyboard_moves_a_card(ann: Lead, rep: User, open_page: OpenPage) -> None:
    page = await open_page(rep, "/pipeline/")
    select = card(page, ann).locator("select")
    await select.focus()
    await select.press("ArrowDown")
    await expect(lane(page, "contacted").locator("[data-card]")).to_have_count(1)
    await expect(page.get_by_text("Moved.")).to_be_visible()
    await expect(select).to_be_focused()
    assert await stage_of(ann) == LeadStage.CONTACTED


async def test_somebody_elses_move_is_not_overwritten(
    ann: Lead, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, "/leads/", live=False)
    await page.route_web_socket(re.compile("/pipeline/"), lambda socket: None)  # it tells nothing
    await page.goto(page.url.replace("/leads/", "/pipeline/"))
    await expect(lane(page, "new").locator("[data-card]")).to_have_count(1)
    await do(Lead.objects.filter(pk=ann.pk).update, stage=LeadStage.PROPOSAL)
    await card(page, ann).locator("select").select_option("contacted")
    await expect(page.get_by_text("Somebody has moved Ann meanwhile")).to_be_visible()
    await expect(lane(page, "proposal").locator("[data-card]")).to_have_count(1)
    assert await stage_of(ann) == LeadStage.PROPOSAL


async def test_on_a_phone_the_board_is_a_list_and_news_come_in(
    lead: Lead, ann: Lead, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, "/pipeline/")
    await page.set_viewport_size({"width": 390, "height": 844})
    first = await box_of(page.locator("#lane-new"))
    second = await box_of(page.locator("#lane-contacted"))
    assert second["y"] > first["y"] + first["height"] - 1
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await do(move, lead, LeadStage.APPOINTMENT)
    await expect(lane(page, "appointment").locator("[data-card]")).to_have_count(1)
    await do(lambda: propose(ann, topic="Battery", quote="A battery, please."))
    await expect(page.locator("#proposals")).to_contain_text("A battery, please.")


async def test_what_came_in_as_news_can_be_accepted(
    ann: Lead, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, "/pipeline/")
    await do(lambda: propose(ann, topic="Battery", quote="A battery, please."))
    await page.locator("#proposals").get_by_role("button", name="Accept").click()
    await expect(page.locator("#proposals")).to_be_hidden()
    accepted = await do(lambda: ann.opportunities.get().status)
    assert accepted == OpportunityStatus.ACCEPTED


# ---------------------------------------------------------------- the list


async def test_the_list_is_searched_and_ticked_without_reload(
    lead: Lead, ann: Lead, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, "/leads/", live=False)
    await page.evaluate("window.stayed = true")
    rows = page.locator("#lead-rows tr")
    await expect(rows).to_have_count(2)
    await page.locator("input[name=search]").press_sequentially("555-0199")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Maria Lopez")
    await expect(page).to_have_url(re.compile("search=555-0199"))

    bar = page.locator("[data-bulk]")
    await expect(bar).to_be_hidden()
    await rows.locator("input[name=lead]").check()
    await expect(bar).to_be_visible()
    await bar.locator("summary", has_text="Stage").click()
    await bar.locator("select[name=stage]").select_option("qualified")
    await bar.get_by_role("button", name="Move").click()
    await expect(page.get_by_text("1 lead changed.")).to_be_visible()
    await expect(rows).to_contain_text("Qualified")
    await expect(rows).to_have_count(1)
    assert await page.evaluate("window.stayed")
    assert await stage_of(lead) == LeadStage.QUALIFIED


async def test_a_lead_is_edited_in_place_on_a_phone(
    lead: Lead, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, f"/leads/{lead.public_id}/", live=False)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_role("link", name="Edit").click()
    form = page.locator("form[id^=lead-]")
    await form.get_by_label("Phone").fill("12")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("too many or too few digits")).to_be_visible()
    await form.get_by_label("Phone").fill("415 555 0142")
    await form.get_by_label("First name").fill("Marie")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Marie Lopez")).to_be_visible()
    await expect(page.locator("#timeline")).to_contain_text(MARIA)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
