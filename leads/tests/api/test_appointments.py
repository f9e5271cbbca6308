"""Appointments for programs."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from leads.models import Appointment, Calendar, Lead
from leads.tests.api.test_leads import CHANGING, CREATING, READING, user_of
from leads.visits.appointments import add_calendar, book
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business

pytestmark = pytest.mark.django_db

ApiFor = Callable[[User | None], APIClient]
ROOT = "/api/v1/appointments"


@pytest.fixture
def calendar(business: Business) -> Calendar:
    """Open every day and on holidays too, since these tests happen today."""
    hours = {day: ["08:00", "18:00"] for day in WEEKDAYS}
    return add_calendar(business, "Crew", hours=hours, region="")


def soon(business: Business, clock: str = "15:00") -> datetime:
    day = timezone.now().astimezone(business.tz).date() + timedelta(days=3)
    return datetime.combine(day, time.fromisoformat(clock), business.tz)


@pytest.fixture
def appointment(lead: Lead, calendar: Calendar) -> Appointment:
    return book(lead, soon(lead.business), purpose="Inspection")


@pytest.mark.parametrize(
    ("method", "path", "who", "status"),
    [
        (method, path, who, status)
        for method, path, by in (
            ("get", "", READING),
            ("post", "/move", CHANGING),
            ("post", "/cancel", CHANGING),
            ("post", "/confirm", CHANGING),
        )
        for who, status in by.items()
    ],
)
def test_who_may_do_what(
    method: str,
    path: str,
    who: str,
    status: int,
    appointment: Appointment,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    call: Any = getattr(api_for(user_of(who, request)), method)
    start = soon(appointment.business, "10:00").isoformat()
    response = call(f"{ROOT}/{appointment.public_id}{path}", {"start": start})
    assert response.status_code == status
    stored = Appointment.objects.get(pk=appointment.pk)
    changed = (stored.status, stored.starts_at) != ("booked", appointment.starts_at)
    assert changed is (method == "post" and status == 200)


@pytest.mark.parametrize(("who", "status"), CREATING.items())
def test_who_may_book(
    who: str,
    status: int,
    lead: Lead,
    calendar: Calendar,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    start = soon(lead.business).isoformat()
    body = {"lead": lead.public_id, "start": start, "purpose": "Inspection"}
    response = api_for(user_of(who, request)).post(ROOT, body)
    assert response.status_code == status
    assert Appointment.objects.exists() is (status == 201)


@pytest.mark.parametrize(("who", "status"), READING.items())
def test_who_may_see_free_times(
    who: str,
    status: int,
    calendar: Calendar,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    asked = {"business": calendar.business.public_id}
    assert api_for(user_of(who, request)).get(f"{ROOT}/slots", asked).status_code == status


def test_lists_hold_the_appointments_of_ones_own_businesses(
    appointment: Appointment, outsider: User, rep: User, api_for: ApiFor
) -> None:
    assert api_for(outsider).get(ROOT).json()["results"] == []
    [told] = api_for(rep).get(ROOT).json()["results"]
    assert told["id"] == appointment.public_id
    assert told["lead"]["name"] == "Maria Lopez"


def test_an_appointment_is_booked_moved_confirmed_and_canceled(
    lead: Lead, calendar: Calendar, rep: User, api_for: ApiFor
) -> None:
    api, business = api_for(rep), lead.business
    start = soon(business).isoformat()
    made = api.post(ROOT, {"lead": lead.public_id, "start": start, "purpose": "Inspection"}).json()
    url = f"{ROOT}/{made['id']}"
    assert (made["starts_at"], made["status"], made["calendar"]["name"]) == (
        start,
        "booked",
        "Crew",
    )
    assert made["spoken"].endswith("at three in the afternoon")
    moved = api.post(f"{url}/move", {"start": soon(business, "10:00").isoformat()}).json()
    assert moved["spoken"].endswith("at ten in the morning")
    assert api.post(f"{url}/confirm").json()["status"] == "confirmed"
    canceled = api.post(f"{url}/cancel", {"reason": "Sick."}).json()
    assert (canceled["status"], canceled["cancel_reason"]) == ("canceled", "Sick.")
    assert api.post(f"{url}/confirm").json()["error"]["code"] == "invalid_transition"
    assert set(lead.events.filter(kind="appointment").values_list("by", flat=True)) == {rep.pk}


def test_a_taken_time_is_refused_with_others(
    appointment: Appointment, business: Business, rep: User, api_for: ApiFor
) -> None:
    api = api_for(rep)
    other = api.post("/api/v1/leads", {"first_name": "John"}).json()
    start = appointment.starts_at.isoformat()
    response = api.post(ROOT, {"lead": other["id"], "start": start, "purpose": "A"})
    assert response.status_code == 409
    error = response.json()["error"]
    assert error["code"] == "not_free"
    assert error["message"].startswith("That time is already taken. Free instead: ")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"start": "soon"}, 422),
        ({"start": "9999-12-31T23:59:00Z"}, 422),
        ({"start": "0001-01-01T00:00:00Z"}, 422),
        ({"purpose": ""}, 422),
        ({"purpose": "x" * 121}, 422),
        ({"lead": "0000000000000000"}, 404),
    ],
)
def test_what_cannot_be_booked(
    change: dict[str, str],
    status: int,
    lead: Lead,
    calendar: Calendar,
    rep: User,
    api_for: ApiFor,
) -> None:
    start = soon(lead.business).isoformat()
    body = {"lead": lead.public_id, "start": start, "purpose": "A", **change}
    assert api_for(rep).post(ROOT, body).status_code == status
    assert not Appointment.objects.exists()


def test_the_same_key_books_once(
    lead: Lead, calendar: Calendar, rep: User, api_for: ApiFor
) -> None:
    body = {"lead": lead.public_id, "start": soon(lead.business).isoformat(), "purpose": "A"}
    api = api_for(rep)
    answers = [api.post(ROOT, body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"


def test_free_times_answer_a_wish(
    appointment: Appointment, business: Business, rep: User, api_for: ApiFor
) -> None:
    day = soon(business).date().isoformat()
    asked = {"earliest": day, "latest": day, "around": "15:00"}
    told = api_for(rep).get(f"{ROOT}/slots", asked).json()
    assert (told["exact"], told["why"], len(told["slots"])) == (False, "taken", 3)
    asked["around"] = "10:00"
    told = api_for(rep).get(f"{ROOT}/slots", asked).json()
    assert (told["exact"], told["why"]) == (True, "")
    assert [slot["start"] for slot in told["slots"]] == [soon(business, "10:00").isoformat()]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"earliest": "soon"}, 422),
        ({"part_of_day": "noonish"}, 422),
        ({"around": "25:00"}, 422),
        ({"earliest": "9999-12-31"}, 422),
        ({"latest": "0001-01-01"}, 422),
        ({"earliest": "2999-12-31"}, 200),
        ({"latest": "2000-01-01"}, 200),
    ],
)
def test_questions_at_the_edge(
    asked: dict[str, str], status: int, calendar: Calendar, rep: User, api_for: ApiFor
) -> None:
    assert api_for(rep).get(f"{ROOT}/slots", asked).status_code == status


def test_without_a_calendar_there_is_nothing_to_book(
    business: Business, rep: User, api_for: ApiFor
) -> None:
    response = api_for(rep).get(f"{ROOT}/slots")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "not_configured")


@pytest.mark.parametrize(
    ("days_before", "days_after", "is_there"),
    [(0, 0, True), (1, 1, True), (-1, 5, False), (5, -1, False)],
)
def test_lists_are_narrowed_down_by_local_day(
    days_before: int,
    days_after: int,
    is_there: bool,
    appointment: Appointment,
    business: Business,
    rep: User,
    api_for: ApiFor,
) -> None:
    day = soon(business).date()
    query = {
        "from_date": (day - timedelta(days=days_before)).isoformat(),
        "to_date": (day + timedelta(days=days_after)).isoformat(),
        "lead": appointment.lead.public_id if appointment.lead else "",
        "calendar": appointment.calendar.public_id,
        "status": ["booked", "confirmed"],
    }
    assert bool(api_for(rep).get(ROOT, query).json()["results"]) is is_there


def test_a_list_of_any_length_costs_the_same(
    appointment: Appointment,
    business: Business,
    rep: User,
    api_for: ApiFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = api_for(rep)
    assert appointment.lead is not None
    for count, clock in ((1, ""), (2, "10:00"), (3, "12:00")):
        if clock:
            book(appointment.lead, soon(business, clock), purpose="A")
        with django_assert_num_queries(3):
            assert len(api.get(ROOT).json()["results"]) == count
