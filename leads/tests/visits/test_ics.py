"""Appointments as iCalendar: right across the days on which clocks are changed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from leads.models import Appointment, Calendar, Lead
from leads.tests.conftest import NOW, at
from leads.tests.visits.calendar_files import read_ics
from leads.visits.appointments import add_calendar, book, cancel, confirm, move
from leads.visits.feeds import MOST_FEEDS, appointments_in, open_feed, read_feed, revoke_feed
from leads.visits.ics import feed, invitation, sequence_of
from salesdesk.businesses.models import WEEKDAYS
from salesdesk.lib.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2026, 10, 31), "10:00", datetime(2026, 10, 31, 14, tzinfo=UTC)),  # the day before
        (date(2026, 11, 1), "10:00", datetime(2026, 11, 1, 15, tzinfo=UTC)),  # clocks go back
        (date(2027, 3, 13), "10:00", datetime(2027, 3, 13, 15, tzinfo=UTC)),
        (date(2027, 3, 14), "10:00", datetime(2027, 3, 14, 14, tzinfo=UTC)),  # clocks go forward
    ],
)
def test_times_are_right_across_the_change_of_clocks(
    lead: Lead, day: date, clock: str, utc: datetime
) -> None:
    every_day = {key: ["00:00", "23:59"] for key in WEEKDAYS}
    add_calendar(lead.business, "Always", hours=every_day, region="", days_ahead=366)
    start = at(lead.business, clock, day)
    visit = book(lead, start, purpose="A", now=utc - timedelta(days=20))
    [event] = read_ics(invitation(visit)).events
    assert event.start == utc
    assert event.end - event.start == timedelta(hours=1)


def test_the_same_event_is_replaced_when_it_changes(visit: Appointment) -> None:
    [before] = read_ics(invitation(visit)).events
    moved = move(visit, at(visit.business, "10:00"), now=NOW)
    moved.updated_at = moved.created_at + timedelta(minutes=5)
    [after] = read_ics(invitation(moved)).events
    assert before["UID"] == after["UID"]
    assert sequence_of(moved) == after["SEQUENCE"] == 300
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert (before["STATUS"], after["DTSTART"].dt) == ("TENTATIVE", moved.starts_at)
    assert read_ics(invitation(confirm(moved, now=NOW))).events[0]["STATUS"] == "CONFIRMED"


def test_a_customer_reads_nothing_but_their_appointment(visit: Appointment) -> None:
    visit.note = "Haggles."
    text = invitation(visit, "https://desk.example/visit/x/").decode()
    assert "Roof inspection" in text and "https://desk.example/visit/x/" in text
    assert "Lopez" not in text and "Haggles" not in text and "415" not in text


def test_words_with_signs_of_their_own_stay_one_line(visit: Appointment) -> None:
    visit.address = "1 Elm; Suite 2, back\r\nBEGIN:VEVENT"
    assert len(read_ics(invitation(visit)).events) == 1


def test_a_feed_tells_reps_with_whom_and_leaves_out_what_is_canceled(
    visit: Appointment, calendar: Calendar
) -> None:
    assert visit.lead is not None
    off = book(visit.lead, at(visit.business, "09:00"), purpose="B", now=NOW)
    cancel(off, now=NOW)
    book_of = read_ics(feed(calendar, appointments_in(calendar, NOW)))
    [event] = book_of.events
    assert event["SUMMARY"] == "Roof inspection: Maria Lopez"
    assert event["LOCATION"] == "12 Elm Street"
    assert "+1 415-555-0199" in event["DESCRIPTION"]
    assert book_of["X-WR-TIMEZONE"] == "America/New_York"


# ---------------------------------------------------------------- secret addresses


def test_an_address_reads_its_own_calendar_until_it_is_revoked(
    visit: Appointment, second_calendar: Calendar
) -> None:
    made, address = open_feed(visit.calendar, label="Ray's phone")
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert token not in made.digest
    calendar, held = read_feed(token, NOW)
    assert (calendar, list(held)) == (visit.calendar, [visit])
    made.refresh_from_db()
    assert made.read_at == NOW
    revoke_feed(made)
    with pytest.raises(NotFound):
        read_feed(token, NOW)


def test_a_calendar_out_of_use_is_not_read(calendar: Calendar) -> None:
    _, address = open_feed(calendar)
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    Calendar.objects.update(is_active=False)
    with pytest.raises(NotFound):
        read_feed(token, NOW)


def test_a_calendar_has_a_few_addresses_only(calendar: Calendar) -> None:
    for _ in range(MOST_FEEDS):
        open_feed(calendar)
    with pytest.raises(Conflict):
        open_feed(calendar)
