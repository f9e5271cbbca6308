"""The page of figures in a real browser: what is drawn, under the policy, in both themes."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from playwright.async_api import expect

from salesdesk.accounts.models import User
from salesdesk.assistant.metrics.alerts import add_rule
from salesdesk.assistant.models import Alert
from salesdesk.assistant.tests.metrics.rows import invocation, run
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = MARKS


def work(business: Business) -> None:
    for hours in range(20):
        at = timezone.now() - timedelta(hours=hours)
        invocation(business, at, latency_ms=80 + 40 * hours, confidence=0.5 + hours / 50)
        status = "failed" if hours % 5 == 0 else "ok"
        invocation(business, at, name="look_up_lead", status=status)
        run(business, at, input_tokens=900, output_tokens=80 + hours, cost=Decimal("0.01"))
    rule = add_rule(business, measure="success_rate", threshold=0.95)
    Alert.objects.create(rule=rule, value=0.9)


async def test_the_charts_are_drawn_in_the_themes_colours(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    """``open_page`` fails the test where the policy forbids something."""
    await do(work, business)
    page = await open_page(manager, "/assistant/metrics/", live=False)

    charts = page.locator("[data-chart] canvas")
    await expect(charts).to_have_count(5)
    light = await charts.first.screenshot()
    await page.evaluate("document.documentElement.dataset.theme = 'salesdesk-dark'")
    await page.wait_for_function("document.documentElement.dataset.theme.endsWith('dark')")
    await expect(charts.first).to_be_visible()
    assert await charts.first.screenshot() != light
    await charts.nth(1).hover()

    await page.get_by_role("button", name="Seen").click()
    await expect(page.locator("#open-alerts")).to_contain_text("Seen by Mary")


async def test_the_log_is_filtered_as_one_types(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    await do(invocation, business, name="write_note", error="Out of ink")
    await do(invocation, business, name="find_slots")
    page = await open_page(manager, "/assistant/log/", live=False)
    await expect(page.locator("#log-entries tbody tr")).to_have_count(2)

    await page.get_by_role("searchbox").press_sequentially("ink")

    await expect(page.locator("#log-entries tbody tr")).to_have_count(1)
    await page.get_by_role("link", name="write_note").click()
    await expect(page.get_by_text("Out of ink")).to_be_visible()
