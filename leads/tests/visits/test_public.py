"""Customers' links: signed, bounded, and silent about everything else."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leads.enums import AppointmentStatus, LeadSource
from leads.models import Appointment, Calendar, Lead
from leads.services import create_lead
from leads.visits.appointments import add_calendar, book, cancel
from leads.visits.feeds import open_feed
from leads.visits.links import appointment_of, token_of
from leads.visits.views.public import CHANGES_A_MINUTE
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business
from salesdesk.lib.errors import NotFound
from salesdesk.notifications.models import Notice

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]


@pytest.fixture
def calendar(business: Business, rep: User) -> Calendar:
    """Open every day and on holidays too, since these tests happen today."""
    hours = {day: ["08:00", "18:00"] for day in WEEKDAYS}
    return add_calendar(business, "Crew", hours=hours, region="", user=rep)


@pytest.fixture
def visit(lead: Lead, calendar: Calendar, rep: User) -> Appointment:
    day = timezone.now().astimezone(lead.business.tz).date() + timedelta(days=3)
    start = datetime.combine(day, time(15), lead.business.tz)
    return book(lead, start, purpose="Roof inspection", note="Haggles.", by=rep)


@pytest.fixture
def root(visit: Appointment) -> str:
    return f"/visit/{token_of(visit)}/"


def stored(visit: Appointment) -> Appointment:
    return Appointment.objects.get(pk=visit.pk)


def test_the_page_tells_the_appointment_and_nothing_else(
    root: str, visit: Appointment, client: Client
) -> None:
    answer = client.get(root)
    page = answer.content.decode()
    assert "Roof inspection" in page and "3:00 PM" in page and "Bright Solar" in page
    for secret in ("Lopez", "Maria", "555", "Haggles", visit.public_id + "/"):
        assert secret not in page
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_looking_changes_nothing(root: str, visit: Appointment, client: Client) -> None:
    for path in ("", "confirm/", "cancel/", "move/"):
        assert client.get(root + path).status_code in (200, 405)
    assert stored(visit).updated_at == visit.updated_at


def test_confirming_is_told_to_the_rep(
    root: str, visit: Appointment, rep: User, client: Client
) -> None:
    for _ in range(2):
        assert client.post(f"{root}confirm/").status_code == 302
    assert stored(visit).status == AppointmentStatus.CONFIRMED
    [notice] = Notice.objects.filter(title__startswith="Confirmed:")
    assert [told.user for told in notice.notifications.all()] == [rep]


def test_canceling_keeps_the_reason(root: str, visit: Appointment, client: Client) -> None:
    client.post(f"{root}cancel/", {"reason": "Sick"})
    assert (stored(visit).status, stored(visit).cancel_reason) == ("canceled", "Sick")
    assert "is canceled" in client.get(root).content.decode()
    assert client.post(f"{root}confirm/").status_code == 409


def test_a_free_time_is_offered_and_taken(root: str, visit: Appointment, client: Client) -> None:
    page = client.get(f"{root}?times=1")
    day, slots = page.context["days"][0]
    answer = client.post(f"{root}move/", {"start": slots[0].start.isoformat()})
    moved = stored(visit)
    assert moved.starts_at == slots[0].start
    assert day == slots[0].start
    assert client.get(answer["Location"]).status_code == 200
    assert Notice.objects.filter(title__startswith="Moved:").exists()


def test_a_time_that_is_gone_brings_others(
    root: str, visit: Appointment, business: Business, client: Client
) -> None:
    page = client.get(f"{root}?times=1")
    wanted = page.context["days"][0][1][0].start
    book(create_lead(business, source=LeadSource.API, first_name="J"), wanted, purpose="B")
    answer = client.post(f"{root}move/", {"start": wanted.isoformat()})
    assert answer.status_code == 409
    assert "just been taken" in answer.content.decode()
    assert wanted not in [slot.start for _, slots in answer.context["days"] for slot in slots]
    assert stored(visit).starts_at == visit.starts_at


@pytest.mark.parametrize("start", ["", "soon", "2026-11-24T15:00", "0001-01-01T00:00+00:00"])
def test_what_is_no_time_is_refused(
    root: str, visit: Appointment, client: Client, start: str
) -> None:
    assert client.post(f"{root}move/", {"start": start}).status_code in (409, 422)
    assert stored(visit).starts_at == visit.starts_at


def test_links_that_are_no_good_all_look_the_same(visit: Appointment, client: Client) -> None:
    token = token_of(visit)
    key, _, rest = token.partition(".")
    unknown = Appointment(public_id="x" * 16, ends_at=visit.ends_at)
    pages = {
        client.get(f"/visit/{each}/").content
        for each in (f"{token}x", f"{key}0.{rest}", "a~b", token_of(unknown), token[:-1])
    }
    assert len(pages) == 1
    assert client.get(f"/visit/{token}x/").status_code == 404


def test_a_link_is_good_until_the_appointment_is_over(visit: Appointment) -> None:
    token = token_of(visit)
    assert appointment_of(token, visit.ends_at - timedelta(seconds=1)) == visit
    with pytest.raises(NotFound):
        appointment_of(token, visit.ends_at)


def test_changes_are_bounded(root: str, client: Client) -> None:
    statuses = {client.post(f"{root}confirm/").status_code for _ in range(CHANGES_A_MINUTE + 1)}
    assert statuses == {302, 429}


def test_the_file_is_the_appointment(root: str, visit: Appointment, client: Client) -> None:
    answer = client.get(f"{root}appointment.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert visit.public_id in answer.content.decode()


def test_a_feed_needs_its_secret(visit: Appointment, client: Client) -> None:
    _, address = open_feed(visit.calendar)
    path = "/" + address.split("/", 3)[3]
    assert "Maria Lopez" in client.get(path).content.decode()
    cancel(visit)
    assert "Maria Lopez" not in client.get(path).content.decode()
    assert client.get("/feeds/nothing.ics").status_code == 404
