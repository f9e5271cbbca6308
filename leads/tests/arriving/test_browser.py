"""What comes in, in a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from leads.arriving import importing
from leads.arriving.push import tell_import
from leads.enums import ImportStatus
from leads.models import Lead, LeadImport
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = MARKS


async def work(lead_import: LeadImport) -> None:
    """What the worker does."""
    await do(importing.work_on, lead_import.pk)


async def test_a_file_is_imported_and_taken_back_without_a_reload(
    business: Business, manager: User, open_page: OpenPage, tmp_path: Path
) -> None:
    lines = [f"Lead {number};(415) 556-{number:04};tile" for number in range(40)]
    file = tmp_path / "messe.csv"
    file.write_bytes("\n".join(["Kunde;Telefon;Dach", *lines, "Jürgen;12;slate"]).encode("cp1252"))
    page: Page = await open_page(manager, "/leads/import/", live=False)
    await page.set_input_files("[name=file]", str(file))
    await page.get_by_role("button", name="Add the file").click()

    await expect(page.get_by_label("Telefon")).to_have_value("phone")
    await page.get_by_label("Kunde").select_option("name")
    await page.get_by_role("button", name="Check the rows").click()
    state = page.locator("#import-state")
    await expect(state).to_have_attribute("data-import", "checking")
    await page.evaluate("window.stayed = true")
    added = await do(LeadImport.objects.get)
    await work(added)
    await expect(state).to_have_attribute("data-import", "checked")
    await expect(state).to_contain_text("too few digits")
    assert await page.evaluate("window.stayed")
    await page.get_by_role("link", name="Change the columns").click()
    await expect(page.get_by_label("Telefon")).to_have_value("phone")
    assert await do(Lead.objects.count) == 0

    await page.get_by_role("button", name="Import 40 rows").click()
    await expect(state).to_have_attribute("data-import", "running")
    await work(added)
    await expect(state).to_have_attribute("data-import", "done")
    assert await do(Lead.objects.count) == 40
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Rows with problems").click()
    problems = await do(Path(await (await download.value).path()).read_text)
    assert "Jürgen,12,slate,41," in problems

    await page.get_by_role("button", name="Take back").click()
    await page.locator("[data-confirm-accept]").click()
    await expect(state).to_have_attribute("data-import", "undoing")
    await work(added)
    await expect(state).to_have_attribute("data-import", "undone")
    assert await do(Lead.objects.count) == 0


async def news_of(added: LeadImport, page: Page) -> None:
    """A news of the import, and what stood on the page replaced by it."""
    state = page.locator("#import-state")
    await state.evaluate("state => { state.dataset.stood = 'before' }")
    await do(tell_import, added)
    await expect(state).not_to_have_attribute("data-stood", "before")


@pytest.fixture
async def taking_back(
    business: Business, manager: User, open_page: OpenPage
) -> tuple[LeadImport, Page]:
    """An import that is done, and its page with the question whether to take it back."""
    added = await do(
        LeadImport.objects.create,
        business=business,
        file_name="messe.csv",
        status=ImportStatus.DONE,
        new_count=1,
    )
    page: Page = await open_page(manager, f"/leads/import/{added.public_id}/")
    await page.get_by_role("button", name="Take back").click()
    await expect(page.get_by_text("Take this import back?")).to_be_visible()
    return added, page


async def test_news_while_a_question_stands_take_nothing_from_its_answer(
    taking_back: tuple[LeadImport, Page],
) -> None:
    added, page = taking_back
    await news_of(added, page)
    await page.locator("[data-confirm-accept]").click()
    await expect(page.locator("#import-state")).to_have_attribute("data-import", "undoing")


async def test_a_confirmed_action_that_is_gone_meanwhile_is_not_done_in_silence(
    taking_back: tuple[LeadImport, Page],
) -> None:
    added, page = taking_back
    added.status = ImportStatus.UNDONE
    await do(added.save)
    await news_of(added, page)
    await page.locator("[data-confirm-accept]").click()
    await expect(page.get_by_text("Not done: the page has changed meanwhile.")).to_be_visible()
    await do(added.refresh_from_db)
    assert added.status == ImportStatus.UNDONE


async def test_each_click_asks_again(taking_back: tuple[LeadImport, Page]) -> None:
    added, page = taking_back
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Take back").click()
    await expect(page.get_by_text("Take this import back?")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()
    await do(added.refresh_from_db)
    assert added.status == ImportStatus.DONE
