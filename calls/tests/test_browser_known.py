"""“What we know” fills while a call goes on, in a real browser."""

from playwright.async_api import Locator, Page, expect

from calls import services
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call
from calls.tests.knowing import learn_everything, thread_of, use_tool
from salesdesk.accounts.models import User
from salesdesk.assistant import escalations, signals
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.models import Thread
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = MARKS


def fact(page: Page, key: str) -> Locator:
    return page.locator(f"[data-fact={key}]")


async def open_call(call: Call, user: User, open_page: OpenPage) -> tuple[Page, Thread]:
    """The call's page, live, with a mark that a reload would wipe out; and its thread."""
    thread: Thread = await do(thread_of, call)
    page: Page = await open_page(user, f"/calls/{call.public_id}/")
    await page.evaluate("window.stayed = true")
    return page, thread


async def test_a_fact_appears_and_is_confirmed_without_reload(
    call: Call, rep: User, open_page: OpenPage
) -> None:
    page, thread = await open_call(call, rep, open_page)
    await expect(fact(page, "email")).to_have_attribute("data-status", "missing")

    await do(capture.capture_fact, thread, "email", "maria at gmail dot com")
    await expect(fact(page, "email")).to_have_attribute("data-status", "heard")
    await expect(fact(page, "email")).to_contain_text("maria@gmail.com")

    line = RecordUtterance(0, Speaker.AGENT, "I have m a r i a at gmail dot com.", 0, 900)
    await do(services.record_utterance, call, line)
    await expect(fact(page, "email")).to_have_attribute("data-status", "read_back")

    await do(capture.confirm_fact, thread, "email", is_right=True)
    await expect(fact(page, "email")).to_contain_text("Confirmed")
    await expect(page.locator("#known-facts")).to_contain_text("1 of 9 told")
    assert await page.evaluate("window.stayed")


async def test_a_request_for_a_person_appears(
    call: Call, manager: User, open_page: OpenPage
) -> None:
    page, thread = await open_call(call, manager, open_page)
    await expect(page.get_by_text("A person is wanted")).to_have_count(0)

    await do(escalations.request_person, thread, "Wants a <b>manager</b>")

    await expect(page.locator("#known-requests")).to_contain_text("Wants a <b>manager</b>")


async def test_the_log_that_was_opened_stays_open(
    call: Call, manager: User, open_page: OpenPage
) -> None:
    page, thread = await open_call(call, manager, open_page)
    await expect(page.locator("#tool-uses")).to_be_hidden()
    await page.get_by_text("Tools used").click()
    await expect(page.locator("#tool-uses")).to_contain_text("None so far.")

    await do(use_tool, thread, "find_slots")
    news = {"business_id": call.business_id, "conversation": call.public_id, "run_id": 1}
    await do(signals.send_after_commit, signals.agent_worked, **news)
    await expect(page.locator("#tool-uses")).to_contain_text("find_slots")
    await do(capture.capture_fact, thread, "age", "20")
    await expect(fact(page, "age")).to_contain_text("20")

    await expect(page.locator("#tool-uses")).to_be_visible()


async def test_what_an_agent_knew_stays_open_while_facts_come(
    call: Call, manager: User, open_page: OpenPage
) -> None:
    thread = await do(thread_of, call)
    await do(learn_everything, thread)
    page: Page = await open_page(manager, f"/calls/{call.public_id}/")
    await page.get_by_text("What it knew").click()
    knew = page.locator("#known-hand-overs").get_by_text("$18,000")
    await expect(knew).to_be_visible()

    await do(capture.capture_fact, thread, "owner", "yes")

    await expect(fact(page, "owner")).to_contain_text("Yes")
    await expect(knew).to_be_visible()
