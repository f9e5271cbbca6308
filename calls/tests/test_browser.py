"""The live pages in a real browser, served by the real application."""

import asyncio
import re
from contextlib import suppress

from channels.layers import get_channel_layer
from playwright.async_api import Locator, Page, expect

from calls import notes, push, services
from calls.enums import CallStatus
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call
from calls.tests.carrier import ScriptedCarrier
from conftest import BUSINESS_NUMBER, MakeCall, say
from salesdesk.accounts.models import User
from salesdesk.assistant.playbooks.demo import load_demo_playbook
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, Server, box_of, do, is_live

pytestmark = MARKS


def spoken(sequence: int, text: str, speaker: Speaker = Speaker.CALLER) -> RecordUtterance:
    return RecordUtterance(sequence, speaker, text, sequence * 1000, sequence * 1000 + 900)


def lines(page: Page) -> Locator:
    return page.locator("#transcript-lines .bubble-text")


async def shown(page: Page) -> list[str]:
    """The HTML of each line, in order."""
    every = "lines => lines.map((line) => line.outerHTML)"
    html: list[str] = await page.locator("#transcript-lines li").evaluate_all(every)
    return html


def url(call: Call) -> str:
    return f"/calls/{call.public_id}/"


async def say_meanwhile(page: Page, call: Call, text: str) -> None:
    """Words still being spoken, told again and again as recognition does, until they are shown.

    Those that are told before the page's socket listens are lost; nothing stores them.
    """
    interim = push.interim_message(call.public_id, 0, "caller", text)
    bubble = page.locator(".bubble-interim")
    for _ in range(60):
        await get_channel_layer().group_send(push.news_group(call.public_id), interim)
        with suppress(AssertionError):
            return await expect(bubble).to_contain_text(text, timeout=500)
    raise AssertionError("what is being said was not shown")


# ---------------------------------------------------------------- the transcript


async def test_what_is_said_appears_without_reload(
    call: Call, manager: User, open_page: OpenPage
) -> None:
    page = await open_page(manager, url(call))
    await page.evaluate("window.stayed = true")
    await expect(page.get_by_text("Nothing said yet")).to_be_visible()

    await say_meanwhile(page, call, "My roof")
    await do(services.record_utterance, call, spoken(0, "My <b>roof</b> leaks."))
    await do(services.record_utterance, call, spoken(1, "Since when?", Speaker.AGENT))

    await expect(lines(page)).to_have_text(["My <b>roof</b> leaks.", "Since when?"])
    await expect(page.locator(".bubble-interim")).to_have_count(0)
    await expect(page.get_by_text("Nothing said yet")).to_be_hidden()
    assert await page.evaluate("window.stayed")


async def test_a_dropped_connection_loses_and_doubles_nothing(
    call: Call, manager: User, rep: User, open_page: OpenPage, server: Server
) -> None:
    """Two readers; the server goes away and comes back, and the call goes on meanwhile."""
    one, other = await open_page(manager, url(call)), await open_page(rep, url(call))
    await do(services.record_utterance, call, spoken(0, "Hello.", Speaker.AGENT))
    await do(services.record_utterance, call, spoken(2, "We are open from nine", Speaker.AGENT))
    for page in (one, other):
        await expect(lines(page)).to_have_count(2)
        await page.evaluate("window.stayed = true")

    await asyncio.to_thread(server.stop)
    await do(services.record_utterance, call, spoken(2, "We are open", Speaker.AGENT))
    await do(services.record_utterance, call, spoken(1, "When are you open?"))
    await do(services.record_utterance, call, spoken(3, "On Sundays?"))
    await asyncio.to_thread(server.start)
    for page in (one, other):
        await is_live(page)
    await do(services.record_utterance, call, spoken(4, "Until noon.", Speaker.AGENT))

    everything = ["Hello.", "When are you open?", "We are open", "On Sundays?", "Until noon."]
    fresh = await open_page(manager, url(call))
    for page in (one, other, fresh):
        await expect(lines(page)).to_have_text(everything)
    assert [await page.evaluate("window.stayed") for page in (one, other)] == [True, True]
    assert await shown(one) == await shown(other) == await shown(fresh)


async def test_a_filtered_transcript_stays_filtered(
    make_call: MakeCall, manager: User, open_page: OpenPage
) -> None:
    call = await do(make_call, said=[("agent", "Hello."), ("caller", "My roof leaks.")])
    page = await open_page(manager, url(call))

    await page.select_option("#id_speaker", "caller")
    await expect(lines(page)).to_have_text(["My roof leaks."])
    await is_live(page)
    await do(services.record_utterance, call, spoken(2, "Since when?", Speaker.AGENT))
    await do(services.record_utterance, call, spoken(3, "Since May."))
    await expect(lines(page)).to_have_text(["My roof leaks.", "Since May."])
    assert "speaker=caller" in page.url

    await page.select_option("#id_speaker", "")
    await expect(lines(page)).to_have_count(4)


async def test_earlier_lines_come_without_moving_the_reader(
    call: Call, manager: User, open_page: OpenPage
) -> None:
    await do(say, call, [("caller", f"Line {number}.") for number in range(260)])
    page = await open_page(manager, url(call))
    await expect(lines(page)).to_have_count(200)
    first = page.get_by_text("Line 60.", exact=True)
    await page.get_by_role("link", name="Show earlier").scroll_into_view_if_needed()
    before = await box_of(first)

    await page.get_by_role("link", name="Show earlier").click()

    await expect(lines(page)).to_have_text([f"Line {number}." for number in range(260)])
    after = await box_of(first)
    assert abs(after["y"] - before["y"]) < 80


# ---------------------------------------------------------------- control


async def test_ending_a_call(
    call: Call, manager: User, open_page: OpenPage, carrier: ScriptedCarrier
) -> None:
    page = await open_page(manager, url(call))
    await page.get_by_role("button", name="End call").click()
    assert carrier.hung_up == []

    await page.locator("#confirm-dialog").get_by_role("button", name="End call").click()
    await expect(page.locator("#toasts")).to_contain_text("The call is being ended.")
    assert carrier.hung_up == [call.sid]
    await do(services.advance_call, call, CallStatus.COMPLETED)

    await expect(page.locator("#call-header")).to_contain_text("Completed")
    await expect(page.get_by_role("button", name="End call")).to_be_hidden()
    await expect(page.get_by_role("button", name="Say it")).to_be_hidden()


async def test_supervising_and_being_refused(
    call: Call, manager: User, open_page: OpenPage
) -> None:
    page = await open_page(manager, url(call))
    await page.get_by_label("A line for the agent").fill("We close at six.")
    await page.get_by_role("button", name="Say it").click()
    await expect(page.locator("#toasts")).to_contain_text("The agent will say that.")
    await expect(page.get_by_label("A line for the agent")).to_have_value("")

    await page.get_by_label("A line for the agent").fill("Half written")
    await page.get_by_role("button", name="Pause agent").click()
    await expect(page.locator("#call-header")).to_contain_text("Agent paused")
    await expect(page.get_by_role("button", name="Resume agent")).to_be_visible()
    await expect(page.get_by_label("A line for the agent")).to_have_value("Half written")


# ---------------------------------------------------------------- notes


async def test_notes_are_written_with_formatting_and_seen_by_others(
    call: Call, manager: User, rep: User, open_page: OpenPage
) -> None:
    """What somebody else is writing stays while the list behind it changes."""
    writing, reading = await open_page(manager, url(call)), await open_page(rep, url(call))
    for page in (writing, reading):
        await page.get_by_text("Add a note").click()
    await reading.locator("[data-note-area]").press_sequentially("Half a thought")

    await writing.locator("[data-note-area]").press_sequentially("Bring ")
    await writing.get_by_role("button", name="Bold").click()
    await writing.keyboard.type("a ladder")
    await writing.get_by_label("Tags").fill("Roof, urgent")
    await writing.get_by_role("button", name="Add note").click()

    for page in (writing, reading):
        await expect(page.locator("#notes-list article")).to_contain_text("Bring a ladder")
        await expect(page.locator("#notes-list b")).to_have_text("a ladder")
        await expect(page.locator("#notes-list")).to_contain_text("urgent")
    await expect(reading.locator("[data-note-area]")).to_have_text("Half a thought")
    await expect(writing.locator("#note-editor")).not_to_have_attribute("open", "")


async def test_editing_and_deleting_a_note(call: Call, manager: User, open_page: OpenPage) -> None:
    await do(notes.add_note, call, "<p>Bring <b>a ladder</b></p>", author=manager)
    page = await open_page(manager, url(call))

    await page.get_by_role("link", name="Edit note").click()
    await expect(page.locator("[data-note-area] b")).to_have_text("a ladder")
    await page.locator("[data-note-area]").press("Control+End")
    await page.keyboard.type(" and rope")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.locator("#notes-list article")).to_contain_text("Bring a ladder and rope")

    await page.get_by_role("button", name="Delete note").click()
    await page.locator("#confirm-dialog").get_by_role("button", name="Delete note").click()
    await expect(page.locator("#notes-list article")).to_have_count(0)


# ---------------------------------------------------------------- many calls


async def test_the_floor_lives(business: Business, manager: User, open_page: OpenPage) -> None:
    page = await open_page(manager, "/live/")
    await expect(page.get_by_text("Nobody is on the phone")).to_be_visible()

    call = await do(
        services.receive_call, sid="CA7", from_number="+14155550177", to_number=BUSINESS_NUMBER
    )
    card = page.locator("article")
    await expect(card).to_contain_text("+1 415-555-0177")
    await do(services.record_utterance, call, spoken(0, "My roof leaks."))
    await expect(card).to_contain_text("My roof leaks.")
    await do(services.advance_call, call, CallStatus.COMPLETED)

    await expect(card).to_have_count(0)
    await expect(page.get_by_text("Nobody is on the phone")).to_be_visible()


async def test_the_list_filters_and_lives(
    make_call: MakeCall, manager: User, open_page: OpenPage
) -> None:
    await do(make_call, status=CallStatus.COMPLETED, from_number="+14155550111")
    running = await do(make_call, from_number="+14155550122")
    page = await open_page(manager, "/calls/")
    rows = page.locator("#call-rows tr")
    await expect(rows).to_have_count(2)

    await page.get_by_text("Filters").click()
    await page.get_by_label("Status").select_option("completed")
    await expect(rows).to_have_count(1)
    await expect(page).to_have_url(re.compile("status=completed"))
    await is_live(page)
    await do(services.advance_call, running, CallStatus.COMPLETED)
    await expect(rows).to_have_count(2)

    await page.go_back()
    await expect(page).not_to_have_url(re.compile("status=completed"))
    await expect(rows).to_have_count(2)


async def test_pages_break_no_rule_of_the_policy(
    ended_call: Call, manager: User, open_page: OpenPage
) -> None:
    """``open_page`` fails on any error in the console."""
    for path in ("/", "/live/", "/calls/", url(ended_call), f"{url(ended_call)}history/"):
        page = await open_page(manager, path)
        await expect(page.locator("h1")).to_be_visible()
        await page.wait_for_load_state("networkidle")


# ---------------------------------------------------------------- cue cards


async def test_a_cue_card_helps_whoever_sells(
    call: Call, business: Business, rep: User, open_page: OpenPage
) -> None:
    """It changes with what is said, stays folded when it was folded, and goes with the call."""
    await do(load_demo_playbook, business)
    page = await open_page(rep, url(call))
    card = page.locator("#cue-card")
    await expect(card).to_contain_text("Stage 1 of 6")
    await expect(card.locator("[data-question]")).to_contain_text("How can I help you today?")

    await do(services.record_utterance, call, spoken(0, "How can I help you?", Speaker.AGENT))
    await do(services.record_utterance, call, spoken(1, "Solar, but that sounds expensive."))
    await expect(card.locator("[data-objection]")).to_contain_text("Too expensive")
    await expect(card).to_contain_text("Stage 2 of 6")

    await card.locator("summary").click()
    await expect(card.locator("[data-objection]")).to_be_hidden()
    await do(services.record_utterance, call, spoken(2, "What made you think?", Speaker.AGENT))
    await do(services.record_utterance, call, spoken(3, "I want to sleep on it."))
    await expect(card.locator("[data-objection]")).to_contain_text("Has to think about it")
    await expect(card.locator("[data-objection]")).to_be_hidden()

    await do(services.advance_call, call, CallStatus.COMPLETED)
    await expect(card).to_be_hidden()
