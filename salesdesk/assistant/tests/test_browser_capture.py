"""The page of the fields in a real browser."""

from playwright.async_api import Page, expect

from salesdesk.accounts.models import User
from salesdesk.assistant.tests.capturing import with_fields
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = MARKS
PHONE = {"width": 390, "height": 844}


async def open_fields(business: Business, user: User, open_page: OpenPage, rest: str = "") -> Page:
    await do(with_fields, business)
    page: Page = await open_page(user, f"/settings/capture/{rest}", live=False)
    await page.evaluate("window.stayed = true")
    return page


async def test_moving_and_trying_without_reload(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    page = await open_fields(business, manager, open_page)

    await page.get_by_role("button", name="Move Interested in up").click()
    await expect(page.locator("#capture-fields h2").first).to_contain_text("Interested in")
    await page.get_by_label("Field").select_option("start")
    await page.get_by_label("What the customer says").fill("We would like to start in March.")
    await page.get_by_role("button", name="Read it").click()

    await expect(page.locator("[data-reading]")).to_contain_text("March 1, ")
    assert await page.evaluate("window.stayed")


async def test_a_form_shows_what_belongs_to_the_type(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    page = await open_fields(business, manager, open_page, "new/")
    await expect(page.get_by_label("Choices")).to_be_hidden()

    await page.get_by_label("Type").select_option("choice")
    await expect(page.get_by_label("Choices")).to_be_visible()
    await expect(page.get_by_label("Smallest")).to_be_hidden()

    await page.get_by_label("Type").select_option("money")
    await expect(page.get_by_label("Choices")).to_be_hidden()
    await expect(page.get_by_label("Smallest")).to_be_visible()


async def test_nothing_is_wider_than_a_phone(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    page = await open_fields(business, manager, open_page)
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
