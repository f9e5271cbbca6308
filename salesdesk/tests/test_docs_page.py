"""The API's docs page in a real browser, under our content security policy."""

import shutil
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]

MOST_SCROLLS = 200
SCROLL = """() => new Promise((drawn) => {
    scrollBy(0, 300);
    requestAnimationFrame(() => requestAnimationFrame(drawn));
})"""


async def test_the_docs_page_works_and_nothing_is_blocked(live_server: Any) -> None:
    from playwright.async_api import async_playwright, expect

    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--headless", "--disable-gpu"]
        )
        page = await browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{live_server.url}/api/docs/")
        await expect(page.locator(".opblock")).not_to_have_count(0)
        operation = page.get_by_text("Place a call")
        for _ in range(MOST_SCROLLS):  # only what is near to be seen is drawn
            if await operation.count():
                break
            await page.evaluate(SCROLL)
        await operation.click()

        await expect(page.get_by_text("Dials, and lets the agent talk")).to_be_visible()
        await browser.close()

    assert complaints == []
