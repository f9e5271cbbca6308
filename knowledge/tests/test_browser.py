"""Uploading in a real browser: from the file to what can be found, without a reload."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from knowledge import services
from knowledge.models import Document
from knowledge.tests.conftest import SAMPLES, AddSample
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = [*MARKS, pytest.mark.usefixtures("words_model")]

HANDBOOK = SAMPLES / "solar-owners-handbook.pdf"


async def upload(page: Page, *files: Path) -> None:
    await page.set_input_files("[data-upload-input]", [str(file) for file in files])
    await page.get_by_role("button", name="Upload").click()


async def process(title: str) -> Document:
    """What the worker does with the document that waits under this title."""
    document: Document = await do(Document.objects.get, title=title)
    await do(services.process_document, document.pk)
    await do(document.refresh_from_db)
    return document


async def test_an_uploaded_pdf_becomes_searchable_with_pages(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    page = await open_page(manager, "/knowledge/new/", live=False)
    await upload(page, HANDBOOK)
    await expect(page.locator("[data-upload-result=added]")).to_have_count(1)
    await page.locator("[data-upload-result=added] a").click()
    await page.evaluate("window.stayed = true")
    header = page.locator("#document-header")
    await expect(header).to_have_attribute("data-status", "pending")
    await expect(page.get_by_text("Passages are being made")).to_be_visible()

    document = await process("Solar owners handbook")

    await expect(header).to_have_attribute("data-status", "ready")
    await expect(page.locator("#document-header h1")).to_have_text("Solar owner's handbook")
    assert await page.evaluate("window.stayed")
    await expect(page.locator("#passages li").first).to_contain_text("page 1")

    await page.get_by_role("link", name="Knowledge").first.click()
    await page.get_by_role("link", name="Search", exact=True).click()
    await page.fill("[name=q]", "What does the orange blinking light of the inverter mean?")
    await page.get_by_role("button", name="Ask").click()
    found = page.locator(f"#search-results a[href^='/knowledge/{document.public_id}/']")
    await expect(found.first).to_be_visible()
    await expect(page.locator("#search-results")).to_contain_text("page 2")


async def test_files_that_cannot_be_read_say_why(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    """One is refused at once, one when it is looked into; the good one is not kept out."""
    page = await open_page(manager, "/knowledge/new/", live=False)
    broken = SAMPLES / "broken"
    await upload(page, broken / "picture.pdf", broken / "scanned.pdf", HANDBOOK)

    refused = page.locator("[data-upload-result=failed]")
    await expect(refused).to_contain_text("This is a PNG picture")
    await expect(page.locator("[data-upload-result=added]")).to_have_count(2)

    await page.locator("[data-upload-result=added] a", has_text="Scanned").click()
    await process("Scanned")
    await expect(page.get_by_role("alert")).to_contain_text("pictures of text only (a scan)")


async def test_a_file_is_dropped_and_the_list_shows_what_becomes_of_it(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    listed = await open_page(manager, "/knowledge/")
    await expect(listed.get_by_text("The agent knows nothing yet")).to_be_visible()
    page = await open_page(manager, "/knowledge/new/", live=False)
    dropped = await page.evaluate_handle(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["Our office is open from nine to five."], "hours.txt"));
          return carried;
        }"""
    )
    await page.dispatch_event("[data-upload-zone]", "drop", {"dataTransfer": dropped})
    await expect(page.locator("[data-upload-result=added]")).to_contain_text("Hours")

    await expect(listed.locator("#document-rows tr")).to_have_count(1)
    await expect(listed.locator("#document-rows [data-status=pending]").last).to_be_visible()
    await process("Hours")
    await expect(listed.locator("#document-rows [data-status=ready]").last).to_be_visible()
    await expect(listed.get_by_text("The agent knows nothing yet")).to_be_hidden()


async def test_the_passages_are_shown_before_they_are_cut_otherwise(
    manager: User, add_sample: AddSample, open_page: OpenPage
) -> None:
    document = await do(add_sample, "winter-tips.txt")
    await do(services.process_document, document.pk)
    page = await open_page(manager, f"/knowledge/{document.public_id}/")
    await page.get_by_role("link", name="Cut differently").click()
    made = page.locator("#passages-made li")
    await expect(made.first).to_be_visible()
    by_paragraph = await made.count()

    await page.select_option("[name=chunking]", "sentence")
    await expect(page.locator("#chunking-preview [name=chunking]")).to_have_value("sentence")
    by_sentence = await made.count()
    assert by_sentence > by_paragraph
    await page.get_by_role("button", name="Cut it this way").click()
    await expect(page.locator("#document-header")).to_have_attribute("data-status", "pending")

    await do(services.process_document, document.pk)
    await expect(page.locator("#passages li")).to_have_count(by_sentence)
