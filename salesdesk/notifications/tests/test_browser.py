"""The bell and the list in a real browser: live, on other pages too, and for several people."""

from collections.abc import Callable

from playwright.async_api import Locator, expect

from salesdesk.accounts.models import User
from salesdesk.notifications import services
from salesdesk.notifications.enums import Via
from salesdesk.notifications.models import Notification
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = MARKS
Notify = Callable[..., Notification]


async def test_the_bell_rings_on_any_page_and_leads_to_the_list(
    rep: User, notify: Notify, open_page: OpenPage
) -> None:
    page = await open_page(rep, "/knowledge/search/", live=False)
    await page.evaluate("window.stayed = true")
    bell = page.locator("#bell-side")
    await expect(bell).to_have_attribute("data-unread", "0")
    await expect(page.locator("[data-live-status]").first).to_be_hidden()
    await expect(page.locator("[data-background]")).to_have_attribute("data-state", "live")

    await do(notify, title="Ann Lee wants a quote")

    await expect(bell).to_have_attribute("aria-label", "Notifications, 1 unread")
    toast = page.locator("#toasts [data-toast]")
    await expect(toast).to_contain_text("Ann Lee wants a quote")
    assert await page.evaluate("window.stayed")
    await toast.get_by_role("button", name="Dismiss").click()
    await expect(toast).to_have_count(0)
    await bell.click()
    await expect(page.locator("#notification-rows li")).to_have_count(1)


async def test_the_list_is_live_and_who_is_second_sees_who_was_first(
    rep: User, manager: User, notify: Notify, open_page: OpenPage
) -> None:
    page = await open_page(manager, "/notifications/")
    await expect(page.get_by_text("Nothing to tell you")).to_be_visible()

    mine = await do(notify, to=[rep, manager], body="Roof in Oakland.")
    row = page.locator("#notification-rows li")
    await expect(row).to_contain_text("Roof in Oakland.")
    await expect(row.get_by_role("button", name="Take")).to_be_visible()

    await do(services.answer, mine, "take", via=Via.SLACK)
    await expect(row.locator("[data-answered]")).to_contain_text("Take: Ray, in Slack")
    await expect(row.get_by_role("button", name="Take")).to_have_count(0)
    await expect(page.locator("#bell-side")).to_have_attribute("data-unread", "0")


async def test_a_rep_takes_puts_off_reads_and_deletes(
    rep: User, notify: Notify, open_page: OpenPage
) -> None:
    for title in ("First", "Second", "Third"):
        await do(notify, title=title)
    page = await open_page(rep, "/notifications/")
    bell = page.locator("#bell-side")
    await expect(bell).to_have_attribute("data-unread", "3")

    def row(title: str) -> Locator:
        found: Locator = page.locator("#notification-rows li", has_text=title)
        return found

    await row("First").get_by_role("button", name="Take").click()
    await expect(row("First").locator("[data-answered]")).to_contain_text("Take: you")
    await row("Second").get_by_role("button", name="Snooze").click()
    await expect(row("Second")).to_contain_text("put off until")
    await expect(bell).to_have_attribute("data-unread", "1")

    await row("First").get_by_role("checkbox").check()
    await row("Second").get_by_role("checkbox").check()
    await page.get_by_role("button", name="Delete", exact=True).first.click()
    await expect(page.locator("#notification-rows li")).to_have_count(1)
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(bell).to_have_attribute("data-unread", "0")
    await expect(row("Third")).to_have_attribute("data-unread", "false")
