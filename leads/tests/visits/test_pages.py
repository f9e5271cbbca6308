"""The pages of appointments and their settings, for each of the cast."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.enums import AppointmentStatus, CalendarProvider, LeadSource
from leads.models import Appointment, Calendar, Lead, VisitRules, VisitTemplate
from leads.services import create_lead
from leads.visits.appointments import add_calendar, book
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}
LOOKING = {"admin_user": 200, "manager": 200, "rep": 200, "auditor": 200, "outsider": 404}
CHANGING = {**LOOKING, "auditor": 403}
MANAGING = {**CHANGING, "rep": 403}


@pytest.fixture
def calendar(business: Business) -> Calendar:
    hours = {day: ["08:00", "18:00"] for day in WEEKDAYS}
    return add_calendar(business, "Crew", hours=hours, region="", buffer_minutes=0)


@pytest.fixture
def visit(lead: Lead, calendar: Calendar) -> Appointment:
    return book(lead, soon(lead.business), purpose="Roof inspection")


def soon(business: Business, clock: str = "15:00", days: int = 3) -> datetime:
    day = timezone.now().astimezone(business.tz).date() + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), business.tz)


def floating(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("method", "path", "who", "status"),
    [
        (method, path, who, status)
        for method, path, by in (
            ("get", "/appointments/{visit}/", LOOKING),
            ("get", "/appointments/?business={business}", LOOKING),
            ("get", "/appointments/outside/?business={business}", LOOKING),
            ("post", "/appointments/{visit}/confirm/", CHANGING),
            ("post", "/appointments/{visit}/cancel/", CHANGING),
            ("get", "/appointments/new/?business={business}", CHANGING),
            ("get", "/appointments/leads/?business={business}&q=maria", CHANGING),
            ("get", "/settings/calendars/?business={business}", MANAGING),
            ("get", "/settings/calendars/{calendar}/", MANAGING),
            ("post", "/settings/calendars/{calendar}/feeds/", MANAGING),
            ("get", "/settings/appointments/?business={business}", MANAGING),
            ("get", "/settings/appointments/booked/sms/?business={business}", MANAGING),
        )
        for who, status in by.items()
    ],
)
def test_who_may_do_what(
    method: str,
    path: str,
    who: str,
    status: int,
    visit: Appointment,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    client = client_for(request.getfixturevalue(who))
    named = path.format(
        visit=visit.public_id,
        business=visit.business.public_id,
        calendar=visit.calendar.public_id,
    )
    assert getattr(client, method)(named, **HTMX).status_code == status


@pytest.mark.parametrize("path", ["/appointments/", "/settings/calendars/"])
def test_strangers_are_asked_to_sign_in(path: str, client: Client) -> None:
    assert client.get(path)["Location"].startswith("/accounts/login/")


# ---------------------------------------------------------------- the grid


def events(client: Client, visit: Appointment, **more: str) -> list[dict[str, Any]]:
    day = visit.starts_at.astimezone(visit.business.tz).date()
    span = {"start": f"{day}T00:00:00", "end": f"{day + timedelta(days=1)}T00:00:00"}
    answer = client.get("/appointments/events/", {**span, **more})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def test_the_grid_tells_the_clock_of_the_business(
    visit: Appointment, rep: User, client_for: ClientFor
) -> None:
    told = events(client_for(rep), visit, view="day")
    [event] = [each for each in told if "id" in each]
    day = f"{visit.starts_at.astimezone(visit.business.tz):%Y-%m-%d}"
    assert (event["start"], event["end"]) == (f"{day}T15:00:00", f"{day}T16:00:00")
    assert (event["title"], event["resourceId"]) == ("Maria Lopez", visit.calendar.public_id)
    closed = [(each["start"], each["end"]) for each in told if "id" not in each]
    next_day = f"{visit.starts_at.astimezone(visit.business.tz).date() + timedelta(days=1)}"
    assert closed == [
        (f"{day}T00:00:00", f"{day}T08:00:00"),
        (f"{day}T18:00:00", f"{next_day}T00:00:00"),
    ]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 1),
        ({"status": "open"}, 1),
        ({"status": "canceled"}, 0),
        ({"calendar": "nothing"}, 0),
    ],
)
def test_the_grid_is_filtered(
    visit: Appointment, rep: User, client_for: ClientFor, asked: dict[str, str], count: int
) -> None:
    told = events(client_for(rep), visit, **asked)
    assert sum("id" in each for each in told) == count


@pytest.mark.parametrize("span", [("", ""), ("2026-01-01T00:00", "2026-12-31T00:00"), ("x", "y")])
def test_the_grid_asks_for_a_few_weeks_only(
    calendar: Calendar, rep: User, client_for: ClientFor, span: tuple[str, str]
) -> None:
    asked = {"start": span[0], "end": span[1]}
    assert client_for(rep).get("/appointments/events/", asked, **HTMX).status_code == 422


def test_calendars_that_do_not_answer_are_named(
    visit: Appointment, rep: User, client_for: ClientFor
) -> None:
    add_calendar(visit.business, "Ray", provider=CalendarProvider.GOOGLE, external_id="x")
    page = client_for(rep).get("/appointments/outside/").content.decode()
    assert "<strong>Ray</strong> (Google Calendar) offers no times" in page


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_asks_the_same_however_much_there_is(
    visit: Appointment,
    rep: User,
    client_for: ClientFor,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(1, count):
        lead = create_lead(visit.business, source=LeadSource.API, first_name=f"Lead {number}")
        book(lead, soon(visit.business, f"{8 + number:02}:00"), purpose="B")
    client = client_for(rep)
    client.get("/appointments/")
    with django_assert_num_queries(PAGE_QUERIES):
        assert client.get("/appointments/").status_code == 200


PAGE_QUERIES = 15


# ---------------------------------------------------------------- changing


def placed(client: Client, visit: Appointment, start: datetime, **more: str) -> Any:
    path = f"/appointments/{visit.public_id}/place/"
    return client.post(path, {"start": floating(start), **more})


def test_a_drop_moves(visit: Appointment, rep: User, client_for: ClientFor) -> None:
    answer = placed(client_for(rep), visit, soon(visit.business, "09:00"))
    assert answer.status_code == 200
    assert Appointment.objects.get().starts_at == soon(visit.business, "09:00")


def test_a_drop_into_another_calendar_goes_there_or_nowhere(
    visit: Appointment, rep: User, client_for: ClientFor
) -> None:
    hours = {day: ["15:00", "18:00"] for day in WEEKDAYS}
    other = add_calendar(visit.business, "Ray", hours=hours, region="")
    client = client_for(rep)
    early = soon(visit.business, "09:00")
    refused = placed(client, visit, early, calendar=other.public_id)
    assert (refused.status_code, Appointment.objects.get().calendar) == (409, visit.calendar)
    assert "outside of the working hours" in refused.json()["message"]
    start = visit.starts_at.astimezone(visit.business.tz)
    assert placed(client, visit, start, calendar=other.public_id).status_code == 200
    moved = Appointment.objects.get()
    assert (moved.calendar, moved.starts_at) == (other, visit.starts_at)


def test_what_is_taken_is_refused_in_a_sentence(
    visit: Appointment, rep: User, client_for: ClientFor
) -> None:
    other = create_lead(visit.business, source=LeadSource.API, first_name="John")
    taken = book(other, soon(visit.business, "09:00"), purpose="B")
    answer = placed(client_for(rep), visit, taken.starts_at.astimezone(visit.business.tz))
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("That time is already taken. Free instead:")


def test_drawing_out_changes_how_long_it_takes(
    visit: Appointment, rep: User, client_for: ClientFor
) -> None:
    client, start = client_for(rep), visit.starts_at.astimezone(visit.business.tz)
    assert placed(client, visit, start, minutes="120").status_code == 200
    longer = Appointment.objects.get()
    assert longer.ends_at - longer.starts_at == timedelta(hours=2)
    assert placed(client, visit, start, minutes="240").status_code == 409
    assert Appointment.objects.get().ends_at == longer.ends_at
    moved = placed(client, visit, soon(visit.business, "09:00"))
    assert moved.status_code == 200
    assert Appointment.objects.get().ends_at == soon(visit.business, "11:00")


@pytest.mark.parametrize("start", ["", "soon", "2027-03-14T02:30", "2026-11-24T15:00:00+00:00"])
def test_what_is_no_time_is_refused(
    visit: Appointment, rep: User, client_for: ClientFor, start: str
) -> None:
    path = f"/appointments/{visit.public_id}/place/"
    assert client_for(rep).post(path, {"start": start}).status_code == 422


def test_the_form_moves_and_says_why_not(
    visit: Appointment, rep: User, client_for: ClientFor
) -> None:
    client, path = client_for(rep), f"/appointments/{visit.public_id}/move/"
    day = f"{visit.starts_at.astimezone(visit.business.tz):%Y-%m-%d}"
    refused = client.post(path, {"day": day, "clock": "23:00"}, **HTMX)
    assert refused.status_code == 409
    assert "outside of the working hours" in refused.content.decode()
    both = {"day": day, "clock": "17:00", "minutes": "90"}
    assert client.post(path, both, **HTMX).status_code == 409
    assert Appointment.objects.get().starts_at == visit.starts_at
    assert client.post(path, {**both, "clock": "16:30"}, **HTMX).status_code == 200
    assert Appointment.objects.get().ends_at == soon(visit.business, "18:00")


def test_done_and_missed_come_after_the_beginning(
    visit: Appointment, rep: User, client_for: ClientFor, monkeypatch: Any
) -> None:
    client = client_for(rep)
    assert client.post(f"/appointments/{visit.public_id}/done/", **HTMX).status_code == 409
    assert client.post(f"/appointments/{visit.public_id}/lost/", **HTMX).status_code == 404
    Appointment.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    page = client.post(f"/appointments/{visit.public_id}/missed/", **HTMX).content.decode()
    assert Appointment.objects.get().status == AppointmentStatus.MISSED
    assert "Missed" in page


def test_booking_by_hand(
    lead: Lead, calendar: Calendar, rep: User, outsider: User, client_for: ClientFor
) -> None:
    client, path = client_for(rep), "/appointments/new/"
    day = f"{soon(lead.business):%Y-%m-%d}"
    given = {"day": day, "clock": "10:15", "purpose": "Quote", "minutes": "45"}
    assert client.post(path, given, **HTMX).status_code == 422
    assert client.post(path, {**given, "lead": "nobody"}, **HTMX).status_code == 404
    answer = client.post(path, {**given, "lead": lead.public_id}, **HTMX)
    assert answer.status_code == 204
    made = Appointment.objects.get()
    assert (made.lead, made.starts_at) == (lead, soon(lead.business, "10:15"))
    assert made.ends_at == soon(lead.business, "11:00")


def test_booking_for_somebody_new(
    lead: Lead, calendar: Calendar, rep: User, client_for: ClientFor
) -> None:
    client, path = client_for(rep), "/appointments/new/"
    found = client.get("/appointments/leads/", {"q": "(415) 555-0177"}).content.decode()
    assert 'value="(415) 555-0177"' in found
    given = {
        "day": f"{soon(lead.business):%Y-%m-%d}",
        "clock": "10:15",
        "purpose": "Quote",
        "new_name": "Nora New",
        "new_phone": "(415) 555-0177",
    }
    early = client.post(path, {**given, "clock": "03:00"}, **HTMX)
    assert early.status_code == 409 and 'value="Nora New"' in early.content.decode()
    assert not Lead.objects.filter(last_name="New").exists()
    known = client.post(path, {**given, "new_phone": lead.phone}, **HTMX)
    assert "already a lead with this phone number" in known.content.decode()
    assert client.post(path, given, **HTMX).status_code == 204
    made = Appointment.objects.get().lead
    assert made is not None
    assert (made.name, made.phone, made.source) == ("Nora New", "+14155550177", "manual")


def test_after_booking_on_a_page_of_its_own_the_appointment_is_shown(
    lead: Lead, calendar: Calendar, rep: User, client_for: ClientFor
) -> None:
    path = "/appointments/new/"
    given = {"day": f"{soon(lead.business):%Y-%m-%d}", "clock": "10:15", "purpose": "Quote"}
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}?start=x"}
    answer = client_for(rep).post(path, {**given, "lead": lead.public_id}, headers=headers)
    assert answer["HX-Redirect"] == f"/appointments/{Appointment.objects.get().public_id}/"


def test_leads_are_found_of_the_own_business_only(
    lead: Lead, other_business: Business, rep: User, client_for: ClientFor
) -> None:
    create_lead(other_business, source=LeadSource.API, first_name="Maria", last_name="Elsewhere")
    page = client_for(rep).get("/appointments/leads/", {"q": "maria"}).content.decode()
    assert "Lopez" in page and "Elsewhere" not in page


@pytest.mark.parametrize(
    ("words", "is_found", "is_nobody", "new_name"),
    [
        ("m", False, False, ""),
        ("", False, False, ""),
        ("maria", True, False, ""),
        ("ab", False, True, "ab"),
    ],
)
def test_somebody_new_is_offered_after_each_search(
    words: str,
    is_found: bool,
    is_nobody: bool,
    new_name: str,
    lead: Lead,
    rep: User,
    client_for: ClientFor,
) -> None:
    """Too few letters are not searched for: nothing is said of them."""
    page = client_for(rep).get("/appointments/leads/", {"q": words}).content.decode()
    assert (f'value="{lead.public_id}"' in page) is is_found
    assert ("Nobody is found" in page) is is_nobody
    assert ('name="new_name"' in page) is (is_found or is_nobody)
    assert ("Somebody new</span>" in page) is is_found
    assert (f'value="{words}"' in page) is bool(new_name)


def test_a_lead_or_somebody_new_is_booked_for_not_both(
    lead: Lead, calendar: Calendar, rep: User, client_for: ClientFor
) -> None:
    client, path = client_for(rep), "/appointments/new/"
    day = f"{soon(lead.business):%Y-%m-%d}"
    given = {"day": day, "clock": "10:15", "purpose": "Quote", "new_name": "Nora New"}
    both = client.post(path, {**given, "lead": lead.public_id}, **HTMX)
    page = both.content.decode()
    assert both.status_code == 422 and "Choose a lead or somebody new, not both." in page
    assert 'value="Nora New"' in page and f'value="{lead.public_id}" checked' in page
    assert client.post(path, {**given, "lead": ""}, **HTMX).status_code == 204
    assert Appointment.objects.get().lead == Lead.objects.get(last_name="New")


# ---------------------------------------------------------------- settings


def test_a_calendar_is_added_and_changed(
    business: Business, manager: User, rep: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    given = {
        "name": "Ray",
        "user": str(rep.pk),
        "region": "us-ca",
        "visit_minutes": "45",
        "buffer_minutes": "15",
        "notice_minutes": "60",
        "days_ahead": "30",
        "provider": "internal",
        "is_active": "on",
        "mon_opens": "09:00",
        "mon_closes": "12:00",
    }
    assert client.post("/settings/calendars/new/", given).status_code == 302
    made = Calendar.objects.get()
    assert (made.business, made.user, made.region) == (business, rep, "US-CA")
    assert made.hours == {"mon": ["09:00", "12:00"]}
    path = f"/settings/calendars/{made.public_id}/"
    assert client.post(path, {**given, "visit_minutes": "30"}).status_code == 302
    made.refresh_from_db()
    assert made.visit_minutes == 30


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"region": "XX"},
        {"visit_minutes": "0"},
        {"days_ahead": "1000"},
        {"mon_closes": ""},
        {"mon_opens": "13:00"},
        {"provider": "google"},
    ],
)
def test_a_wrong_calendar_comes_back_with_its_error(
    business: Business, manager: User, client_for: ClientFor, wrong: dict[str, str]
) -> None:
    given = {
        "name": "Ray",
        "region": "US",
        "visit_minutes": "45",
        "buffer_minutes": "15",
        "notice_minutes": "60",
        "days_ahead": "30",
        "provider": "internal",
        "mon_opens": "09:00",
        "mon_closes": "12:00",
        **wrong,
    }
    answer = client_for(manager).post("/settings/calendars/new/", given)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Calendar.objects.exists()


def test_the_user_of_a_calendar_is_of_the_business(
    calendar: Calendar, outsider: User, manager: User, client_for: ClientFor
) -> None:
    page = client_for(manager).get(f"/settings/calendars/{calendar.public_id}/")
    assert outsider not in page.context["form"].fields["user"].queryset


def test_the_address_of_a_feed_is_shown_once(
    calendar: Calendar, manager: User, client_for: ClientFor
) -> None:
    client, path = client_for(manager), f"/settings/calendars/{calendar.public_id}/"
    made = client.post(f"{path}feeds/", {"label": "Ray's phone"})
    address = made.context["address"]
    assert address in made.content.decode()
    again = client.get(path).content.decode()
    assert "Ray&#x27;s phone" in again and address not in again
    feed = calendar.feeds.get()
    client.post(f"{path}feeds/{feed.pk}/revoke/")
    assert client.get("/" + address.split("/", 3)[3]).status_code == 404


def test_rules_are_given_in_hours(business: Business, manager: User, client_for: ClientFor) -> None:
    client = client_for(manager)
    given = {"writes": "on", "ask_after_minutes": "30", "missed_after_hours": "0"}
    wrong = client.post("/settings/appointments/", {**given, "reminders": "soon"})
    assert wrong.status_code == 422
    client.post("/settings/appointments/", {**given, "reminders": "0.5, 48"})
    rules = VisitRules.objects.get()
    assert (rules.reminders, rules.ask_after_minutes) == ([2880, 30], 30)
    assert b'value="48, 0.5"' in client.get("/settings/appointments/").content


def test_words_are_previewed_stored_and_forgotten(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    client, path = client_for(manager), "/settings/appointments/reminder/sms/"
    given = {"text": "See you {{ when }}!", "is_active": "on"}
    page = client.post(path, given, **HTMX).content.decode()
    assert "See you Tuesday, November 24 at 3:00 PM EST!" in page
    assert not VisitTemplate.objects.exists()
    assert client.post(path, {"text": "{{ secret }}"}).status_code == 422
    assert client.post(path, given).status_code == 302
    assert VisitTemplate.objects.get().text == "See you {{ when }}!"
    client.post(f"{path}usual/")
    assert not VisitTemplate.objects.exists()
    assert client.get("/settings/appointments/reminder/pigeon/").status_code == 404
