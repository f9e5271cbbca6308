"""``/api/v1/notifications``: the paths of the source documents, one's own only."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from salesdesk.accounts.models import User
from salesdesk.notifications import services
from salesdesk.notifications.enums import Channel, NotificationKind
from salesdesk.notifications.models import Notice, Notification
from salesdesk.notifications.preferences import preferences_of, reach_of

pytestmark = pytest.mark.django_db
Notify = Callable[..., Notification]
ALL = "/api/v1/notifications"


@pytest.fixture
def api(api_for: Callable[[User | None], APIClient], rep: User) -> APIClient:
    return api_for(rep)


def titles(api: APIClient, query: str = "") -> list[str]:
    answer = api.get(ALL + query)
    assert answer.status_code == 200
    return [each["title"] for each in answer.json()["results"]]


def test_a_notification_is_told_whole(api: APIClient, notify: Notify) -> None:
    notification = notify(body="Roof in Oakland.", url="/leads/1/")
    [told] = api.get(ALL).json()["results"]

    created = told.pop("created_at")
    assert created.startswith(notification.told_at.isoformat()[:19])
    assert told == {
        "id": notification.public_id,
        "business": notification.notice.business.public_id,
        "type": "new_lead",
        "title": "Ann Lee wants a quote",
        "message": "Roof in Oakland.",
        "action_url": "/leads/1/",
        "urgency": "normal",
        "is_read": False,
        "read_at": None,
        "snoozed_until": None,
        "actions": [{"key": "take", "label": "Take"}],
        "answer": "",
        "answered_by": "",
        "answered_at": None,
        "subject_type": "roof",
        "subject_id": "roof-1",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Late", "A quote"]),
        ("?unread=true", ["A quote"]),
        ("?type=breach", ["Late"]),
        ("?from_date=2000-01-01&to_date=2999-01-01", ["Late", "A quote"]),
        ("?to_date=2000-01-01", []),
        ("?page_size=1&page=2", ["A quote"]),
    ],
)
def test_the_list_is_filtered(api: APIClient, notify: Notify, query: str, found: list[str]) -> None:
    notify(title="A quote")
    services.mark_read(notify(title="Late", kind=NotificationKind.BREACH))

    assert titles(api, query) == found


@pytest.mark.parametrize("query", ["?type=x", "?unread=maybe", "?from_date=x", "?business=x"])
def test_a_filter_that_is_none_is_422(api: APIClient, query: str) -> None:
    assert api.get(ALL + query).status_code == 422


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    api: APIClient, notify: Notify, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    notify()
    with django_assert_num_queries(3):
        titles(api)
    notify()
    notify()
    with django_assert_num_queries(3):
        titles(api)


def test_unread_ones_are_counted_read_one_by_one_and_all_at_once(
    api: APIClient, notify: Notify, manager: User
) -> None:
    first, _, _ = notify(), notify(), notify()
    notify(to=[manager])
    assert api.get(f"{ALL}/unread-count").json() == {"unread_count": 3}

    read = api.patch(f"{ALL}/{first.public_id}/read").json()
    assert read["is_read"]
    assert api.patch(f"{ALL}/{first.public_id}/read").json()["read_at"] == read["read_at"]
    assert api.patch(f"{ALL}/read-all").json() == {"marked": 2}
    assert api.get(f"{ALL}/unread-count").json() == {"unread_count": 0}
    assert Notification.objects.unread().get().user == manager


def test_one_is_got_and_deleted(api: APIClient, notify: Notify) -> None:
    path = f"{ALL}/{notify().public_id}"

    assert api.get(path).json()["title"] == "Ann Lee wants a quote"
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_answering_names_who_did(
    api: APIClient,
    api_for: Callable[[User | None], APIClient],
    notify: Notify,
    rep: User,
    manager: User,
) -> None:
    notify(to=[rep, manager])
    mine, theirs = (Notification.objects.get(user=user).public_id for user in (rep, manager))
    told = api.post(f"{ALL}/{mine}/answer", {"action": "take"}).json()
    assert (told["answer"], told["answered_by"], told["is_read"]) == ("take", "Ray", True)

    late = api_for(manager).post(f"{ALL}/{theirs}/answer", {"action": "take"})
    assert late.status_code == 409
    assert late.json()["error"]["message"] == "Ray was first: Take."
    assert api.post(f"{ALL}/{mine}/answer", {"action": "burn"}).status_code == 422
    assert api.post(f"{ALL}/{mine}/answer", {}).status_code == 422


@pytest.mark.parametrize("who", ["manager", "outsider", "superuser", "anonymous"])
def test_somebody_elses_are_not_there(
    request: pytest.FixtureRequest,
    api_for: Callable[[User | None], APIClient],
    notify: Notify,
    who: str,
) -> None:
    path = f"{ALL}/{notify().public_id}"
    user = None if who == "anonymous" else request.getfixturevalue(who)
    api = api_for(user)
    answers = [
        api.get(path),
        api.delete(path),
        api.patch(f"{path}/read"),
        api.post(f"{path}/answer", {"action": "take"}),
    ]

    assert {each.status_code for each in answers} == {401 if user is None else 404}
    assert Notification.objects.get().is_unread
    assert Notice.objects.get().is_open
    if user is not None:
        assert titles(api) == []


def test_preferences_are_told_and_changed(api: APIClient, rep: User) -> None:
    told = api.get(f"{ALL}/preferences").json()
    assert told["channels"]["new_lead"] == ["email", "slack"]
    assert told["urgent_breaks_through"] is True

    given = {
        "channels": {"new_lead": ["sms"], "breach": []},
        "phone": "(415) 555-0123",
        "time_zone": "Europe/Berlin",
        "quiet_from": "21:00",
        "quiet_until": "07:00",
    }
    changed = api.put(f"{ALL}/preferences", given).json()

    assert changed["channels"]["new_lead"] == ["sms"]
    assert changed["channels"]["appointment"] == ["email"]
    assert changed["phone"] == "+14155550123"
    assert preferences_of(rep)[NotificationKind.NEW_LEAD] == {Channel.SMS}
    assert reach_of(rep).quiet_until == time(7)
    assert (
        api.put(f"{ALL}/preferences", {"quiet_from": None, "quiet_until": None}).json()[
            "quiet_from"
        ]
        is None
    )


@pytest.mark.parametrize(
    "given",
    [
        {"channels": {"birthday": ["sms"]}},
        {"channels": {"breach": ["pigeon"]}},
        {"channels": "sms"},
        {"phone": "12"},
        {"time_zone": "Moon/Base"},
        {"quiet_from": "21:00"},
        {"quiet_from": "late"},
    ],
)
def test_preferences_that_cannot_be_meant_change_nothing(
    api: APIClient, rep: User, given: dict[str, Any]
) -> None:
    before = api.get(f"{ALL}/preferences").json()

    assert api.put(f"{ALL}/preferences", given).status_code == 422
    assert api.get(f"{ALL}/preferences").json() == before
