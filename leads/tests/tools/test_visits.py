"""The tools about appointments, and whose they touch."""

from datetime import date
from typing import Any

import pytest

from leads import services
from leads.enums import AppointmentStatus, LeadSource
from leads.models import Appointment, Calendar, Lead
from leads.tests.conftest import MARIA, NOW, TUESDAY, at
from leads.tests.tools.use import STAFF, context, refusal, use
from leads.visits.appointments import add_calendar, book, close
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
THREE = "2026-11-24T15:00:00-05:00"
TEN = "2026-11-24T10:00:00-05:00"


@pytest.fixture
def appointment(lead: Lead, calendar: Calendar) -> Appointment:
    return book(lead, at(lead.business, "15:00"), purpose="Inspection", now=NOW)


@pytest.fixture
def johns(business: Business, calendar: Calendar) -> Appointment:
    """Another customer's appointment."""
    john = services.create_lead(
        business, source=LeadSource.API, first_name="John", phone="+14155550177"
    )
    start = at(business, "12:00", date(2026, 11, 23))
    return book(john, start, purpose="Secret visit", now=NOW)


def untouched(appointment: Appointment) -> None:
    stored = Appointment.objects.get(pk=appointment.pk)
    assert (stored.starts_at, stored.status) == (appointment.starts_at, "booked")


# ---------------------------------------------------------------- find_slots


def test_when_the_only_calendar_is_silent_no_time_is_told(
    business: Business, calendar: Calendar
) -> None:
    Calendar.objects.filter(pk=calendar.pk).update(provider="google", external_id="crew")

    status, words = refusal(context(business), "find_slots")

    assert (status, "Nobody can say at the moment which times are free" in words) == (
        "refused",
        True,
    )


def test_the_wished_time_is_found_free(business: Business, calendar: Calendar) -> None:
    day = TUESDAY.isoformat()
    wish = {"purpose": "Inspection", "earliest": day, "latest": day, "around": "15:00"}
    result = use(context(business), "find_slots", **wish)
    assert result.data == {
        "slots": [
            {
                "start": THREE,
                "end": "2026-11-24T16:00:00-05:00",
                "calendar": calendar.public_id,
                "spoken": "Tuesday, November 24th at three in the afternoon",
            }
        ],
        "exact": True,
        "why": "",
    }
    assert THREE in result.output


def test_of_a_taken_time_the_nearest_are_told(appointment: Appointment, business: Business) -> None:
    day = TUESDAY.isoformat()
    result = use(context(business), "find_slots", earliest=day, latest=day, around="15:00:00Z")
    assert (result.data["exact"], result.data["why"]) == (False, "taken")
    assert [slot["start"][:16] for slot in result.data["slots"]] == [
        "2026-11-24T13:30",
        "2026-11-24T16:30",
        "2026-11-25T15:00",
    ]
    assert result.output.startswith("That time is already taken. Free instead:")


def test_without_a_wish_there_are_times_soon(business: Business) -> None:
    data = use(context(business), "find_slots").data
    assert len(data["slots"]) == 3
    assert (data["exact"], data["why"]) == (False, "")


def test_when_nothing_is_ever_free_that_is_said(business: Business) -> None:
    Calendar.objects.update(days_ahead=0, notice_minutes=2000)
    result = use(context(business), "find_slots", earliest="2026-11-24")
    assert (result.data["slots"], result.output.startswith("Nothing is free")) == ([], True)


def test_without_a_calendar_it_is_refused(other_business: Business) -> None:
    assert refusal(context(other_business), "find_slots")[0] == "refused"


@pytest.mark.parametrize(
    "arguments",
    [
        {"earliest": "9999-12-31"},
        {"latest": "0001-01-01"},
        {"around": "25:00"},
        {"part_of_day": "noonish"},
        {"purpose": "x" * 301},
        {"earliest": "soon"},
    ],
)
def test_wishes_that_cannot_be_are_told(business: Business, arguments: dict[str, Any]) -> None:
    assert refusal(context(business), "find_slots", **arguments)[0] == "invalid"


@pytest.mark.parametrize(
    "wish",
    [
        {"earliest": "2099-12-31", "latest": "2000-01-01"},
        {"earliest": "2000-01-01", "latest": "2099-12-31", "around": "03:00"},
        {"latest": "2001-01-01"},
        {"not_before": "20:00", "not_after": "06:00"},
    ],
)
def test_senseless_wishes_get_sensible_answers(business: Business, wish: dict[str, str]) -> None:
    data = use(context(business), "find_slots", **wish).data
    assert data["why"] and len(data["slots"]) == 3


# ---------------------------------------------------------------- book_appointment


def test_booking_for_a_caller_who_is_not_known_makes_their_lead(business: Business) -> None:
    result = use(
        context(business),
        "book_appointment",
        start=THREE,
        purpose="Inspection",
        name="Maria Lopez",
        address="12 Elm Street",
    )
    told = result.data["appointment"]
    assert told["spoken"] == "Tuesday, November 24th at three in the afternoon"
    assert (told["start"], told["status"], told["calendar_name"]) == (THREE, "booked", "Crew A")
    lead = Lead.objects.get()
    assert (lead.name, lead.phone, lead.stage) == ("Maria Lopez", MARIA, "appointment")
    stored = Appointment.objects.get(public_id=told["id"])
    assert (stored.lead, stored.conversation, stored.address) == (lead, "call1", "12 Elm Street")


def test_a_time_without_offset_is_local(business: Business) -> None:
    given = {"start": "2026-11-24T15:00", "purpose": "Inspection"}
    assert use(context(business), "book_appointment", **given).data["appointment"]["start"] == THREE


def test_a_time_that_clocks_skip_is_refused(business: Business) -> None:
    given = {"start": "2027-03-14T02:30", "purpose": "Inspection"}
    assert "clocks" in refusal(context(business), "book_appointment", **given)[1]


@pytest.mark.parametrize("phone", [MARIA, ""])
def test_booking_again_changes_nothing(business: Business, phone: str) -> None:
    told = context(business, customer_phone=phone)
    answers = [
        use(told, "book_appointment", start=THREE, purpose="Inspection", name="Maria").data
        for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert (Appointment.objects.count(), Lead.objects.count()) == (1, 1)


def test_what_it_is_for_need_not_be_said(business: Business) -> None:
    made = use(context(business), "book_appointment", start=THREE, purpose=" ")
    assert made.data["appointment"]["purpose"] == "Appointment"


def test_a_taken_time_is_refused_with_others(johns: Appointment, business: Business) -> None:
    given = {"start": johns.starts_at.isoformat(), "purpose": "Inspection"}
    status, words = refusal(context(business), "book_appointment", **given)
    assert status == "refused"
    assert words.startswith("That time is already taken. Free instead: Monday, November 23rd at")
    assert "John" not in words and "Secret" not in words
    assert not Lead.objects.filter(phone=MARIA).exists(), "nothing is left of the attempt"


def test_another_name_than_the_leads_own_is_only_noted(lead: Lead) -> None:
    use(context(lead.business), "book_appointment", start=THREE, purpose="A", name="Peter Lopez")
    lead.refresh_from_db()
    assert lead.name == "Maria Lopez"
    assert lead.events.filter(kind="note", text="Gave the name Peter Lopez.").count() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"purpose": "A"},
        {"start": "0001-01-01T00:00:00+14:00", "purpose": "A"},
        {"start": 10**30, "purpose": "A"},
        {"start": THREE, "purpose": "x" * 121},
    ],
)
def test_bookings_that_cannot_be_are_told(business: Business, arguments: dict[str, Any]) -> None:
    assert refusal(context(business), "book_appointment", **arguments)[0] == "invalid"
    assert not Appointment.objects.exists()


# ---------------------------------------------------------------- changing one's own


def test_the_next_appointment_is_meant_unless_another_is_named(
    appointment: Appointment, lead: Lead
) -> None:
    later = book(lead, at(lead.business, "10:00", date(2026, 12, 1)), purpose="B", now=NOW)
    told = context(lead.business)
    moved = use(told, "move_appointment", start=TEN).data["appointment"]
    assert (moved["id"], moved["start"]) == (appointment.public_id, TEN)
    sure = use(told, "confirm_appointment", appointment=later.public_id).data["appointment"]
    assert (sure["id"], sure["status"]) == (later.public_id, "confirmed")


def test_moving_again_does_not_move_another_one(appointment: Appointment, lead: Lead) -> None:
    other = book(lead, at(lead.business, "10:00", date(2026, 11, 25)), purpose="B", now=NOW)
    told = context(lead.business)
    friday = "2026-11-27T15:00:00-05:00"
    answers = [use(told, "move_appointment", start=friday).data for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["appointment"]["id"] == appointment.public_id
    untouched(other)


def test_canceling_again_does_not_cancel_another_one(appointment: Appointment, lead: Lead) -> None:
    other = book(lead, at(lead.business, "10:00", date(2026, 11, 25)), purpose="B", now=NOW)
    told = context(lead.business)
    first = use(told, "cancel_appointment", reason="Sick.")
    again = use(told, "cancel_appointment")
    assert first.data == again.data
    assert first.data["appointment"]["status"] == "canceled"
    assert other.public_id in again.output
    untouched(other)
    use(told, "cancel_appointment", appointment=other.public_id)
    assert not Appointment.objects.taking_time().exists()


def test_a_move_that_collides_keeps_the_old_time(
    appointment: Appointment, johns: Appointment
) -> None:
    told = context(appointment.business)
    start = johns.starts_at.isoformat()
    assert refusal(told, "move_appointment", start=start)[0] == "refused"
    untouched(appointment)
    untouched(johns)


def test_history_tells_what_is_to_come_first(appointment: Appointment, lead: Lead) -> None:
    old = book(lead, at(lead.business, "17:00", date(2026, 11, 20)), purpose="Old", now=NOW)
    after = context(lead.business, now=at(lead.business, "09:00", date(2026, 11, 23)))
    close(old, AppointmentStatus.DONE, now=after.now)
    told = use(after, "customer_history")
    assert [each["purpose"] for each in told.data["appointments"]] == ["Inspection", "Old"]
    assert "Inspection, Tuesday, November 24th at three in the afternoon, booked" in told.output


# ---------------------------------------------------------------- nobody else's

CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("move_appointment", {"start": TEN}),
    ("cancel_appointment", {"reason": "Spite."}),
    ("confirm_appointment", {}),
]


@pytest.mark.parametrize(("tool", "arguments"), CHANGES)
@pytest.mark.parametrize("phone", [MARIA, ""])
def test_a_caller_cannot_touch_anothers_appointment(
    lead: Lead, johns: Appointment, tool: str, arguments: dict[str, Any], phone: str
) -> None:
    told = context(lead.business, customer_phone=phone)
    for unknown in (johns.public_id, "0000000000000000"):
        words = refusal(told, tool, appointment=unknown, **arguments)
        assert words == ("refused", "The customer has no such appointment.")
    assert refusal(told, tool, **arguments)[1] == "The customer has no appointment to come."
    untouched(johns)


@pytest.mark.parametrize(("tool", "arguments"), CHANGES)
def test_another_businesss_appointment_does_not_exist(
    johns: Appointment, other_business: Business, tool: str, arguments: dict[str, Any]
) -> None:
    add_calendar(other_business, "Crew")
    staff = context(other_business, **STAFF)
    named = {"appointment": johns.public_id, **arguments}
    assert refusal(staff, tool, **named)[0] == "refused"
    untouched(johns)


@pytest.mark.parametrize("phone", [MARIA, ""])
def test_history_shows_nobody_elses_appointments(
    lead: Lead, johns: Appointment, phone: str
) -> None:
    told = use(context(lead.business, customer_phone=phone), "customer_history")
    assert (told.data["appointments"], "Secret" in told.output) == ([], False)


def test_a_withheld_number_changes_what_it_booked_itself(business: Business) -> None:
    told = context(business, customer_phone="")
    use(told, "book_appointment", start=THREE, purpose="Inspection", name="Maria")
    moved = use(told, "move_appointment", start=TEN).data["appointment"]
    assert moved["start"] == TEN
    stranger = context(business, customer_phone="", conversation_id="call2")
    assert refusal(stranger, "cancel_appointment", appointment=moved["id"])[0] == "refused"
    assert use(told, "cancel_appointment").data["appointment"]["status"] == "canceled"


def test_staff_change_any_appointment_and_book_for_whom_they_name(
    johns: Appointment, lead: Lead, rep: User
) -> None:
    staff = context(lead.business, **STAFF, user_id=rep.pk)
    use(staff, "confirm_appointment", appointment=johns.public_id)
    made = use(staff, "book_appointment", lead=lead.public_id, start=TEN, purpose="A")
    assert Appointment.objects.get(pk=johns.pk).status == "confirmed"
    assert lead.appointments.get().public_id == made.data["appointment"]["id"]
    assert lead.events.latest("pk").by == rep
    assert refusal(staff, "book_appointment", start=THREE, purpose="A")[0] == "refused"
