"""Calendars, feeds and messages for programs."""

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from leads.models import Appointment, Calendar
from leads.tests.api.test_appointments import appointment, calendar, soon
from leads.visits.appointments import add_calendar
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business

__all__ = ["appointment", "calendar"]  # the fixtures, taken over

pytestmark = pytest.mark.django_db

ApiFor = Callable[[User | None], APIClient]
ROOT = "/api/v1"


def test_the_calendars_of_the_own_businesses_are_listed(
    calendar: Calendar, other_business: Business, auditor: User, api_for: ApiFor
) -> None:
    add_calendar(other_business, "Elsewhere")
    [told] = api_for(auditor).get(f"{ROOT}/calendars").json()["results"]
    assert (told["id"], told["name"]) == (calendar.public_id, "Crew")


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 201), ("rep", 403), ("auditor", 403), ("outsider", 404)]
)
def test_feeds_are_for_managers(
    calendar: Calendar,
    who: str,
    status: int,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    api = api_for(request.getfixturevalue(who))
    path = f"{ROOT}/calendars/{calendar.public_id}/feeds"
    assert api.post(path, {"label": "Phone"}).status_code == status
    assert calendar.feeds.count() == (status == 201)


def test_a_feed_is_made_read_listed_and_revoked(
    appointment: Appointment, manager: User, api_for: ApiFor, client: Client
) -> None:
    api, root = api_for(manager), f"{ROOT}/calendars/{appointment.calendar.public_id}/feeds"
    made = api.post(root, {"label": "Phone"}).json()
    path = "/" + made["address"].split("/", 3)[3]
    assert appointment.public_id in client.get(path).content.decode()
    [listed] = api.get(root).json()
    assert listed["label"] == "Phone" and "address" not in listed
    assert api.delete(f"{root}/{made['id']}").status_code == 204
    assert client.get(path).status_code == 404
    assert api.get(root).json() == []


def test_messages_are_told_with_their_state(
    appointment: Appointment, rep: User, outsider: User, api_for: ApiFor
) -> None:
    path = f"{ROOT}/appointments/{appointment.public_id}/messages"
    told = api_for(rep).get(path).json()["results"]
    assert [(each["kind"], each["channel"], each["state"]) for each in told][:1] == [
        ("booked", "sms", "waiting")
    ]
    assert api_for(outsider).get(path).status_code == 404


def test_moving_into_a_calendar_resizing_and_closing(
    appointment: Appointment, rep: User, api_for: ApiFor
) -> None:
    hours = {day: ["08:00", "18:00"] for day in WEEKDAYS}
    other = add_calendar(appointment.business, "Ray", hours=hours, region="")
    api, root = api_for(rep), f"{ROOT}/appointments/{appointment.public_id}"
    start = soon(appointment.business, "10:00").isoformat()
    assert api.post(f"{root}/move", {"start": start, "calendar": "nothing"}).status_code == 404
    moved = api.post(f"{root}/move", {"start": start, "calendar": other.public_id}).json()
    assert moved["calendar"]["name"] == "Ray"
    longer = api.post(f"{root}/resize", {"minutes": 90}).json()
    assert longer["ends_at"][11:16] == "11:30"
    assert api.post(f"{root}/resize", {"minutes": 1}).status_code == 422
    assert api.post(f"{root}/close", {"status": "done"}).status_code == 409
    assert api.post(f"{root}/close", {"status": "canceled"}).status_code == 422
