"""Prompts and playbooks in a real browser."""

from playwright.async_api import expect

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import AgentName
from salesdesk.assistant.playbooks.demo import load_demo_playbook
from salesdesk.assistant.playbooks.following import spec_for
from salesdesk.assistant.prompting import versions
from salesdesk.assistant.prompting.defaults import BUILT_IN
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import MARKS, OpenPage, do

pytestmark = MARKS
DESK = AgentName.DESK


async def test_a_prompt_is_edited_previewed_published_and_taken_back(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    page = await open_page(manager, "/settings/prompts/", live=False)
    confirm = page.locator("#confirm-dialog")
    await page.locator("#agent-desk").get_by_role("button", name="Edit").click()
    await expect(page.locator("#preview pre")).to_contain_text("Dana Whitfield")

    await page.fill("#id_template", "Hello from {{ business_name }}, {{ nmae }}.")
    await expect(page.locator("#preview")).to_contain_text(
        "Line 1: there is no variable {{ nmae }}."
    )
    await page.fill("#id_template", "Hello from {{ business_name }}: {{ brand_voice }}")
    await page.fill("#id_brand_voice", "Quite <cheerful>.")
    await expect(page.locator("#preview pre")).to_contain_text(
        "Hello from Bright Solar: Quite <cheerful>."
    )
    await page.fill("#id_note", "Much shorter")
    await page.get_by_role("button", name="Publish").click()
    assert await do(versions.prompt_for, business, DESK) == BUILT_IN[DESK]
    await confirm.get_by_role("button", name="Publish").click()

    await expect(page.locator("#toasts")).to_contain_text("Version 1 is published")
    published = await do(versions.prompt_for, business, DESK)
    assert published.template == "Hello from {{ business_name }}: {{ brand_voice }}"
    await expect(page.locator("table")).to_contain_text("Much shorter")

    await page.get_by_role("button", name="Edit").click()
    await page.fill("#id_template", "Good morning.")
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.locator("#toasts")).to_contain_text("Draft saved.")
    await page.get_by_role("link", name="Compare").click()
    await expect(page.locator("[data-kind=new]")).to_contain_text("Good morning.")
    await page.go_back()
    await page.get_by_role("button", name="Publish").click()
    await confirm.get_by_role("button", name="Publish").click()
    await expect(page.locator("#toasts")).to_contain_text("Version 2 is published")

    await page.get_by_role("link", name="Version 1", exact=True).click()
    await page.get_by_role("button", name="Go back to this").click()
    await confirm.get_by_role("button", name="Go back").click()
    await expect(page.locator("#toasts")).to_contain_text("Back to the words of version 1")
    assert (await do(versions.prompt_for, business, DESK)).template == published.template


async def test_a_playbook_is_edited_in_place(
    business: Business, manager: User, open_page: OpenPage
) -> None:
    playbook = await do(load_demo_playbook, business)
    page = await open_page(manager, f"/settings/playbooks/{playbook.public_id}/", live=False)
    await page.evaluate("window.stayed = true")
    stages = page.locator("#stages")

    await page.get_by_role("link", name="Add a stage").click()
    await stages.get_by_label("Name").fill("Farewell")
    await stages.get_by_label("Goal").fill(" ")
    await stages.get_by_role("button", name="Save stage").click()
    await expect(stages).to_contain_text("This field is required.")
    await expect(stages.get_by_label("Name")).to_have_value("Farewell")
    await stages.get_by_label("Goal").fill("Everybody knows what comes next.")
    await stages.get_by_role("button", name="Save stage").click()
    await expect(stages.get_by_role("heading", name="7. Farewell")).to_be_visible()

    await page.get_by_role("button", name="Move Farewell up").click()
    await expect(stages.get_by_role("heading", name="6. Farewell")).to_be_visible()
    await expect(stages.get_by_role("heading", name="7. Appointment")).to_be_visible()

    await page.get_by_role("link", name="Edit Too expensive").click()
    objections = page.locator("#objections")
    await objections.get_by_label("Answer").fill("What do you compare it with?")
    await objections.get_by_role("button", name="Save objection").click()
    await expect(objections.get_by_role("listitem").first).to_contain_text("compare it with?")

    await page.get_by_role("button", name="Remove Farewell").click()
    await page.locator("#confirm-dialog").get_by_role("button", name="Remove").click()
    await expect(page.locator("#toasts")).to_contain_text("The stage is removed.")
    await expect(stages).not_to_contain_text("Farewell")

    spec = await do(spec_for, business)
    assert len(spec.stages) == 6
    assert spec.objections[0].answer == "What do you compare it with?"
    assert await page.evaluate("window.stayed")
