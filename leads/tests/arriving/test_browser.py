"""What comes in, in a real browser."""

from pathlib import Path

from playwright.async_api import Page, expect

from leads.arriving import importing
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
