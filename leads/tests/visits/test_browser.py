"""Appointments in a real browser: the grid's mouse, the phone's list, the customer's link."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.async_api import Browser, Page, expect

from leads.enums import AppointmentStatus, LeadSource
from leads.models import Appointment, Calendar, Lead
from leads.services import create_lead
from leads.visits.appointments import add_calendar, book
from leads.visits.links import token_of
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business
from salesdesk.tests.browser import MARKS, OpenPage, Server, box_of, do

pytestmark = MARKS
PHONE = {"width": 390, "height": 844}


def monday(business: Business) -> datetime:
    """Midnight of the Monday after next week's: all of it is to come."""
    today = timezone.now().astimezone(business.tz).date()
    day = today + timedelta(days=14 - today.weekday())
    return datetime.combine(day, time(), business.tz)


@pytest.fixture
def calendar(transactional_db: None, business: Business) -> Calendar:
    hours = {day: ["08:00", "18:00"] for day in WEEKDAYS}
    return add_calendar(business, "Crew", hours=hours, region="", buffer_minutes=0)


@pytest.fixture
def visit(calendar: Calendar) -> Appointment:
    lead = create_lead(
        calendar.business,
        source=LeadSource.API,
        first_name="Maria",
        last_name="Lopez",
        phone="+14155550199",
        email="maria@example.com",
    )
    start = monday(calendar.business).replace(hour=10)
    return book(lead, start, purpose="Roof inspection")


@pytest.fixture
def taken(visit: Appointment) -> Appointment:
    other = create_lead(visit.business, source=LeadSource.API, first_name="John")
    return book(other, visit.starts_at + timedelta(days=1), purpose="Quote")


async def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    await page.mouse.move(*start)
    await page.mouse.down()
    await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    await page.mouse.move(*end, steps=4)
    await page.mouse.up()


async def middle(page: Page, name: str) -> tuple[float, float, float]:
    """Of an appointment in the grid: where its middle is, and how high it is (an hour)."""
    box = await box_of(page.locator("#visit-grid .visit", has_text=name))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"]


def where(visit: Appointment) -> str:
    return f"/appointments/?view=week&date={visit.starts_at:%Y-%m-%d}"


async def test_dragging_moves_and_what_is_taken_springs_back(
    visit: Appointment, taken: Appointment, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, where(visit))
    other = await open_page(rep, where(visit))
    first = page.locator("#visit-grid .visit", has_text="Maria Lopez")
    await expect(first).to_be_visible()

    x, y, hour = await middle(page, "Maria Lopez")
    await drag(page, (x, y), (x, y + 2 * hour))

    await expect(page.get_by_text("Now on")).to_contain_text("12:00")
    await expect(other.locator("#visit-grid .visit", has_text="Maria Lopez")).to_contain_text(
        "12:00"
    )
    moved = await do(Appointment.objects.get, pk=visit.pk)
    assert moved.starts_at == visit.starts_at + timedelta(hours=2)

    x, y, _ = await middle(page, "Maria Lopez")
    to_x, to_y, _ = await middle(page, "John")
    await drag(page, (x, y), (to_x, to_y))

    await expect(page.get_by_text("That time is already taken.")).to_be_visible()
    await expect(first).to_contain_text("12:00")
    assert (await do(Appointment.objects.get, pk=visit.pk)).starts_at == moved.starts_at


async def test_a_free_time_is_booked_by_a_click(
    visit: Appointment, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, where(visit))
    x, y, hour = await middle(page, "Maria Lopez")
    await page.mouse.click(x, y + 3 * hour)

    form = page.locator("#book-form")
    await expect(form.get_by_label("Time")).to_have_value("13:30")
    await form.get_by_label("Lead").press_sequentially("maria")
    await form.get_by_text("Maria Lopez").click()
    await form.get_by_label("Purpose").fill("Second visit")
    await form.get_by_role("button", name="Book").click()

    await expect(page.locator("#visit-grid .visit")).to_have_count(2)
    booked = await do(Appointment.objects.get, purpose="Second visit")
    assert booked.starts_at == visit.starts_at + timedelta(hours=3, minutes=30)


async def test_somebody_new_is_booked_for_below_who_is_found(
    visit: Appointment, rep: User, open_page: OpenPage
) -> None:
    day = visit.starts_at + timedelta(days=2)
    page = await open_page(rep, f"/appointments/new/?start={day:%Y-%m-%d}T10:00", live=False)
    words = page.get_by_placeholder("Name, number or e-mail")
    await words.press_sequentially("maria")
    await expect(page.get_by_label("Maria Lopez")).to_be_visible()
    await page.get_by_label("Maria Lopez").check()
    await page.get_by_label("Somebody new").check()
    await page.locator("[name=new_name]").fill("Nora New")
    await page.locator("#book-form").get_by_role("button", name="Book").click()
    await expect(page.locator("#main")).to_contain_text("Nora New")
    newest = await do(Appointment.objects.select_related("lead").latest, "pk")
    assert str(newest.lead) == "Nora New"


async def test_on_a_phone_the_days_are_a_list(
    visit: Appointment, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, where(visit))
    await page.set_viewport_size(PHONE)
    await page.reload()
    await expect(page.locator("#visit-grid")).to_be_hidden()
    row = page.locator("#visit-list").get_by_role("link", name="Maria Lopez")
    await expect(row).to_contain_text("10:00")
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    await row.click()
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("dialog").locator("[data-status]")).to_have_text("Confirmed")
    await expect(page.locator("#visit-list [data-status=confirmed]")).to_have_count(1)


async def test_a_customer_moves_and_cancels_by_the_link(
    visit: Appointment, browser: Browser, server: Server
) -> None:
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{server.url}/visit/{token_of(visit)}/")
    await expect(page.get_by_role("heading", name="Roof inspection")).to_be_visible()
    assert "Lopez" not in await page.content()

    await page.get_by_role("link", name="Choose another time").click()
    await page.get_by_role("button", name="1:00 PM").first.click()
    await expect(page.get_by_text("1:00 PM")).to_be_visible()
    moved = await do(Appointment.objects.get, pk=visit.pk)
    assert moved.starts_at.astimezone(visit.business.tz).hour == 13

    await page.get_by_text("Cancel", exact=True).click()
    await page.get_by_role("button", name="Cancel the appointment").click()
    await expect(page.get_by_text("This appointment is canceled.")).to_be_visible()
    canceled = await do(Appointment.objects.get, pk=visit.pk)
    assert canceled.status == AppointmentStatus.CANCELED
    assert await do(Lead.objects.count) == 1


async def test_on_a_phone_a_refusal_is_brought_into_sight(
    visit: Appointment, rep: User, open_page: OpenPage
) -> None:
    page = await open_page(rep, "/appointments/new/", live=False)
    await page.set_viewport_size({"width": 390, "height": 500})
    await page.fill("[name=q]", "Nora")
    await page.fill("[name=new_phone]", "12")
    await page.fill("[name=day]", f"{visit.starts_at:%Y-%m-%d}")
    await page.fill("[name=clock]", "03:00")
    await page.get_by_role("button", name="Book").click()
    await expect(page.locator("#book-form [role=alert]")).to_be_in_viewport()
