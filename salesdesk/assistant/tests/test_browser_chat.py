"""The chat pages in a real browser: an answer as it is written, its sources, and feedback."""

import asyncio
import threading

from playwright.async_api import Locator, Page, expect

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import MessageStatus
from salesdesk.assistant.loop.agent import Sentence, ToolFinished, ToolStarted
from salesdesk.assistant.models import Feedback, Message, Thread
from salesdesk.assistant.tests.conftest import FollowScript
from salesdesk.assistant.tests.scripted import PASSAGE
from salesdesk.assistant.writing import threads
from salesdesk.businesses.models import Business
from salesdesk.lib.sources import Sources
from salesdesk.tests.browser import MARKS, OpenPage, Server, do, is_live

pytestmark = MARKS

QUESTION = "How long is the warranty?"


class Gate:
    """Lets an agent that runs on another event loop go on."""

    def __init__(self) -> None:
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    async def wait(self) -> None:
        assert await asyncio.to_thread(self._open.wait, 20)


def answers(page: Page) -> Locator:
    return page.locator("[data-author=agent]")


def composer(page: Page) -> Locator:
    return page.locator("textarea[data-composer]")


def url(thread: Thread) -> str:
    return f"/assistant/{thread.public_id}/"


async def test_an_answer_is_watched_judged_and_found_again(
    business: Business, rep: User, open_page: OpenPage, follow: FollowScript
) -> None:
    searched, said = Gate(), Gate()
    follow(
        [
            ToolStarted("t1", "search_knowledge", {"query": "warranty"}),
            searched.wait,
            ToolFinished("t1", "search_knowledge", "ok", 42, "25 years"),
            Sentence("The panels have a warranty of 25 years.", Sources((PASSAGE,))),
            said.wait,
            Sentence("Anything else?"),
        ]
    )
    page = await open_page(rep, "/assistant/", live=False)
    await composer(page).fill(QUESTION)
    await composer(page).press("Enter")
    await page.wait_for_url("**/assistant/*/")
    await is_live(page)
    await page.evaluate("window.stayed = true")

    answer = answers(page)
    await expect(answer).to_contain_text("Search the documents")
    await expect(answer.locator("[data-tool-status=running]")).to_be_visible()
    await expect(composer(page)).to_be_disabled()
    searched.open()
    await expect(answer.locator("[data-tool-status=ok]")).to_contain_text("42 ms")
    await expect(answer).to_contain_text("25 years. Writing…")
    said.open()
    await expect(answer).to_contain_text("25 years. Anything else?")
    await expect(composer(page)).to_be_enabled()
    await expect(page.locator("#announcement")).to_contain_text("Anything else?")

    source = answer.get_by_role("link", name="Warranty of panels")
    address = "/knowledge/document1/?passage=passage1#passage-passage1"
    await expect(source).to_have_attribute("href", address)
    await page.locator("[data-author=customer] summary").click()
    await expect(page.locator("[data-author=customer] dl")).to_contain_text(
        "asks about the warranty"
    )

    await answer.get_by_role("button", name="Bad answer").click()
    await answer.get_by_label("Comment").fill("Which panels?")
    await answer.get_by_role("button", name="Save").click()
    await expect(answer).to_contain_text("“Which panels?”")
    assert await page.evaluate("window.stayed")
    feedback = await Feedback.objects.aget()
    assert (feedback.is_good, feedback.comment) == (False, "Which panels?")

    await page.goto(page.url.split("/assistant/")[0] + "/assistant/")
    await page.get_by_role("link", name=QUESTION).click()
    bad = answers(page).get_by_role("button", name="Bad answer")
    await expect(bad).to_have_attribute("aria-pressed", "true")


async def test_lines_are_broken_and_messages_sent_by_keys(
    thread: Thread, rep: User, open_page: OpenPage, follow: FollowScript
) -> None:
    follow([Sentence("Noted.")])
    page = await open_page(rep, url(thread))
    await composer(page).press_sequentially("One")
    await composer(page).press("Shift+Enter")
    await composer(page).press_sequentially("Two")
    await composer(page).press("Enter")

    await expect(answers(page)).to_contain_text("Noted.")
    await expect(composer(page)).to_have_value("")
    await expect(composer(page)).to_be_focused()
    assert (await Message.objects.aget(sequence=1)).text == "One\nTwo"


async def test_an_answer_is_stopped(
    thread: Thread, rep: User, open_page: OpenPage, follow: FollowScript
) -> None:
    never = Gate()
    follow([Sentence("It is a long story."), never.wait, Sentence("And then…")])
    page = await open_page(rep, url(thread))
    await composer(page).fill(QUESTION)
    await page.get_by_role("button", name="Send").click()
    await expect(answers(page)).to_contain_text("long story")

    await page.get_by_role("button", name="Stop").click()

    await expect(answers(page)).to_contain_text("Stopped")
    await expect(composer(page)).to_be_enabled()
    never.open()
    assert (await Message.objects.aget(sequence=2)).status == MessageStatus.STOPPED


async def test_a_refused_draft_stays(thread: Thread, rep: User, open_page: OpenPage) -> None:
    page = await open_page(rep, url(thread))
    await composer(page).evaluate("box => box.removeAttribute('maxlength')")
    await composer(page).fill("y" * 4001)
    await composer(page).press("Enter")

    await expect(page.locator("#composer-problems")).to_contain_text("4,000 characters at most")
    await expect(composer(page)).to_have_value("y" * 4001)
    assert not await Message.objects.aexists()


async def test_a_dropped_connection_loses_and_doubles_nothing(
    thread: Thread, rep: User, open_page: OpenPage, follow: FollowScript, server: Server
) -> None:
    page = await open_page(rep, url(thread))
    turn = await do(threads.begin_turn, thread, "First")
    await do(threads.write, turn.answer, text="Well,")
    await expect(answers(page)).to_contain_text("Well,")
    await page.evaluate("window.stayed = true")

    await asyncio.to_thread(server.stop)
    await do(threads.finish, turn.answer, MessageStatus.DONE, text="Well, yes.")
    later = await do(threads.begin_turn, thread, "Second")
    await do(threads.finish, later.answer, MessageStatus.DONE, text="No.")
    await asyncio.to_thread(server.start)
    await is_live(page)

    await expect(page.locator("#thread-messages .bubble-text")).to_have_text(
        ["First", "Well, yes.", "Second", "No."]
    )
    assert await page.evaluate("window.stayed")


async def test_it_fits_a_phone(
    thread: Thread, rep: User, open_page: OpenPage, follow: FollowScript
) -> None:
    long_word = "unbreakable" * 30
    turn = await do(threads.begin_turn, thread, long_word)
    done = {"text": long_word, "citations": [{**PASSAGE, "title": "Terms " * 30}]}
    await do(threads.finish, turn.answer, MessageStatus.DONE, **done)
    page = await open_page(rep, url(thread))
    await page.set_viewport_size({"width": 390, "height": 844})

    for path in (url(thread), "/assistant/"):
        await page.goto(page.url.split("/assistant/")[0] + path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await expect(composer(page)).to_be_visible()
