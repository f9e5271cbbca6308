"""Lists of calls, one call, its transcript and its history."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from calls import services
from calls.enums import CallStatus, Direction
from calls.models import Call
from conftest import CUSTOMER_NUMBER, MakeCall, say
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ApiFor = Callable[[User | None], APIClient]
URL = "/api/v1/calls"
UTC = datetime.UTC


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


# ---------------------------------------------------------------- who sees what


@pytest.mark.parametrize("member", ["admin_user", "manager", "rep", "auditor", "superuser"])
def test_members_see_the_calls_of_their_business(
    member: str, request: pytest.FixtureRequest, call: Call, api_for: ApiFor
) -> None:
    api = api_for(request.getfixturevalue(member))

    assert ids(api.get(URL)) == [call.public_id]
    assert api.get(f"{URL}/{call.public_id}").json()["id"] == call.public_id


@pytest.mark.parametrize(
    "part", ["", "/interactions", "/events", "/notes", "/notes/0000000000000000"]
)
def test_a_call_of_another_business_is_not_there(
    part: str, call: Call, outsider: User, api_for: ApiFor
) -> None:
    response = api_for(outsider).get(f"{URL}/{call.public_id}{part}")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
    assert ids(api_for(outsider).get(URL)) == []


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/interactions", "/{id}/events", "/{id}/notes"])
def test_who_is_not_signed_in_is_asked_to(path: str, call: Call, api_for: ApiFor) -> None:
    response = api_for(None).get(URL + path.format(id=call.public_id))

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_authenticated"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_user_who_was_deactivated_is_out_at_once(
    call: Call, manager: User, api_for: ApiFor
) -> None:
    api = api_for(manager)
    User.objects.filter(pk=manager.pk).update(is_active=False)

    assert api.get(URL).status_code == 401


def test_calls_of_nobodys_number_are_for_superusers_only(
    manager: User, superuser: User, api_for: ApiFor
) -> None:
    stray = services.receive_call(
        sid="CAstray", from_number=CUSTOMER_NUMBER, to_number="+12125550100"
    )

    assert ids(api_for(superuser).get(URL)) == [stray.public_id]
    assert api_for(superuser).get(f"{URL}/{stray.public_id}").json()["business"] is None
    assert ids(api_for(manager).get(URL)) == []


def test_a_browser_that_is_signed_in_may_use_the_api(
    call: Call, rep: User, client_for: Callable[[User | None], Client]
) -> None:
    assert ids(client_for(rep).get(URL)) == [call.public_id]


# ---------------------------------------------------------------- one call


def test_a_call_tells_what_it_is(ended_call: Call, manager: User, api_for: ApiFor) -> None:
    data = api_for(manager).get(f"{URL}/{ended_call.public_id}").json()
    assert ended_call.business is not None

    assert data == {
        "id": ended_call.public_id,
        "business": {"id": ended_call.business.public_id, "name": "Bright Solar"},
        "direction": "inbound",
        "status": "completed",
        "from_number": "+14155550199",
        "to_number": "+14155550100",
        "sid": ended_call.sid,
        "engine": ended_call.engine,
        "started_at": _iso(ended_call.started_at),
        "answered_at": _iso(ended_call.answered_at),
        "ended_at": _iso(ended_call.ended_at),
        "duration_seconds": ended_call.duration_seconds,
        "end_reason": "caller_hung_up",
        "error": "",
        "agent_paused": False,
        "placed_by": None,
        "transcript_version": 2,
        "metadata": {},
    }


def _iso(moment: datetime.datetime | None) -> str:
    assert moment is not None
    return moment.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("call_id", ["0000000000000000", "x", "a%00b", "' OR 1=1"])
def test_an_id_that_is_none_is_404(call_id: str, manager: User, api_for: ApiFor) -> None:
    response = api_for(manager).get(f"{URL}/{call_id}")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


def test_addresses_work_with_a_slash_at_the_end(call: Call, manager: User, api_for: ApiFor) -> None:
    api = api_for(manager)

    assert ids(api.get(f"{URL}/")) == [call.public_id]
    assert api.get(f"{URL}/{call.public_id}/").json()["id"] == call.public_id


# ---------------------------------------------------------------- filters


@pytest.fixture
def three_calls(make_call: MakeCall) -> dict[str, Call]:
    """A long one of Monday, a short one of Tuesday, and one of Wednesday still under way."""
    return {
        "monday": make_call(
            status=CallStatus.COMPLETED,
            said=[("caller", "Do you repair roofs?")],
            started_at=datetime.datetime(2026, 11, 16, 15, tzinfo=UTC),
            duration_seconds=600,
        ),
        "tuesday": make_call(
            status=CallStatus.NO_ANSWER,
            from_number="+13125550142",
            started_at=datetime.datetime(2026, 11, 17, 15, tzinfo=UTC),
            duration_seconds=5,
            direction=Direction.OUTBOUND,
        ),
        "wednesday": make_call(
            said=[("agent", "Hello"), ("caller", "I want solar panels on my roof.")],
            started_at=datetime.datetime(2026, 11, 18, 15, tzinfo=UTC),
        ),
    }


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", "wednesday tuesday monday"),
        ("status=completed", "monday"),
        ("status=completed&status=no_answer", "tuesday monday"),
        ("direction=outbound", "tuesday"),
        ("direction=inbound", "wednesday monday"),
        ("from_date=2026-11-17", "wednesday tuesday"),
        ("to_date=2026-11-17", "tuesday monday"),
        ("from_date=2026-11-17&to_date=2026-11-17", "tuesday"),
        ("from_number=%2B13125550142", "tuesday"),
        ("from_number=(312)+555-0142", "tuesday"),
        ("from_number=555014", "tuesday"),
        ("to_number=4155550100&direction=inbound", "wednesday monday"),
        ("search=roof", "wednesday monday"),
        ("search=roof+-panels", "monday"),
        ("search=%22solar+panels%22", "wednesday"),
        ("search=submarine", ""),
        ("sort_order=asc", "monday tuesday wednesday"),
        ("sort_by=started_at&sort_order=desc", "wednesday tuesday monday"),
        ("sort_by=duration", "monday tuesday wednesday"),
        ("sort_by=duration&sort_order=asc", "tuesday monday wednesday"),
        ("search=roof&status=in_progress", "wednesday"),
    ],
)
def test_the_list_can_be_narrowed_and_sorted(
    query: str, days: str, three_calls: dict[str, Call], manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).get(f"{URL}?{query}")

    assert ids(response) == [three_calls[day].public_id for day in days.split()]


def test_the_list_can_be_narrowed_to_a_business(
    call: Call, make_call: MakeCall, other_business: Business, superuser: User, api_for: ApiFor
) -> None:
    other = make_call(other_business)

    response = api_for(superuser).get(URL, {"business": other_business.public_id})

    assert ids(response) == [other.public_id]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=sleeping", "status"),
        ("direction=sideways", "direction"),
        ("from_date=yesterday", "from_date"),
        ("from_date=0001-01-01", "from_date"),
        ("to_date=9999-12-31", "to_date"),
        ("from_date=2026-11-18&to_date=2026-11-17", "to_date"),
        ("search=x", "search"),
        ("search=" + "x" * 10_000, "search"),
        ("search=a%00b", "search"),
        ("from_number=" + "1" * 41, "from_number"),
        ("sort_by=mood", "sort_by"),
        ("sort_order=up", "sort_order"),
        ("business=0000000000000000", "business"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=many", "page_size"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(
    query: str, field: str, manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).get(f"{URL}?{query}")

    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "invalid"
    assert list(error["fields"]) == [field]


def test_a_business_of_others_is_no_choice(
    other_business: Business, manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).get(URL, {"business": other_business.public_id})

    assert response.status_code == 422


# ---------------------------------------------------------------- pages of results


def test_pages_tell_the_totals(make_call: MakeCall, manager: User, api_for: ApiFor) -> None:
    calls = [make_call() for _ in range(3)]
    api = api_for(manager)

    first = api.get(f"{URL}?page_size=2").json()
    second = api.get(first["next"]).json()

    assert (first["count"], first["page"], first["pages"]) == (3, 1, 2)
    assert first["previous"] is None
    assert second["next"] is None
    assert [row["id"] for row in first["results"] + second["results"]] == [
        call.public_id for call in reversed(calls)
    ]


def test_a_page_that_is_not_there_is_404(call: Call, manager: User, api_for: ApiFor) -> None:
    for page in ("2", "0", "9" * 5000, "last-but-one"):
        assert api_for(manager).get(URL, {"page": page}).status_code == 404


def test_the_list_costs_the_same_for_one_call_and_for_three(
    make_call: MakeCall,
    manager: User,
    api_for: ApiFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = api_for(manager)
    make_call()
    with django_assert_num_queries(3):
        api.get(URL)
    make_call()
    make_call()
    with django_assert_num_queries(3):
        assert len(ids(api.get(URL))) == 3


# ---------------------------------------------------------------- transcript and history


def test_the_transcript_comes_in_order(ended_call: Call, auditor: User, api_for: ApiFor) -> None:
    response = api_for(auditor).get(f"{URL}/{ended_call.public_id}/interactions")

    rows = response.json()["results"]
    spoken = ended_call.utterances.get(sequence=1)
    assert [(row["sequence"], row["version"], row["speaker"]) for row in rows] == [
        (0, 1, "agent"),
        (1, 2, "caller"),
    ]
    assert rows[1] == {
        "id": spoken.public_id,
        "sequence": 1,
        "version": 2,
        "speaker": "caller",
        "text": "I want a quote.",
        "start_ms": 2000,
        "end_ms": 3800,
        "interrupted": False,
        "confidence": None,
        "audio_url": None,
        "metadata": {},
        "created_at": _iso(spoken.created_at),
    }


@pytest.mark.parametrize(
    ("query", "sequences"),
    [
        ("after=0", [0, 1, 2]),
        ("after=2", [0, 2]),
        ("after=4", []),
        ("speaker=agent", [0, 2]),
        ("search=quote", [1]),
        ("speaker=agent&search=quote", []),
    ],
)
def test_the_transcript_can_be_followed_and_searched(
    query: str, sequences: list[int], call: Call, rep: User, api_for: ApiFor
) -> None:
    say(call, [("agent", "Bright Solar, how can I help?"), ("caller", "I want a quote.")])
    say(call, [("agent", "Of course.")], first=2)
    say(call, [("agent", "Bright Solar")])  # cut to what was heard: version 4

    response = api_for(rep).get(f"{URL}/{call.public_id}/interactions?{query}")

    assert [row["sequence"] for row in response.json()["results"]] == sequences


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=-1", "after"),
        ("after=1.5", "after"),
        ("after=99999999999", "after"),
        ("after=now", "after"),
        ("speaker=ghost", "speaker"),
        ("search=q", "search"),
    ],
)
def test_a_transcript_filter_that_makes_no_sense_is_named(
    query: str, field: str, call: Call, rep: User, api_for: ApiFor
) -> None:
    response = api_for(rep).get(f"{URL}/{call.public_id}/interactions?{query}")

    assert response.status_code == 422
    assert list(response.json()["error"]["fields"]) == [field]


def test_the_transcript_costs_the_same_for_one_line_and_for_three(
    call: Call,
    manager: User,
    api_for: ApiFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = api_for(manager)
    say(call, [("agent", "Hello")])
    with django_assert_num_queries(5):
        api.get(f"{URL}/{call.public_id}/interactions")
    say(call, [("caller", "Hi"), ("agent", "How can I help?")], first=1)
    with django_assert_num_queries(5):
        api.get(f"{URL}/{call.public_id}/interactions")


def test_the_history_tells_who_did_what(
    call: Call, manager: User, auditor: User, api_for: ApiFor
) -> None:
    services.pause_agent(call, by=manager)

    rows = api_for(auditor).get(f"{URL}/{call.public_id}/events").json()["results"]

    assert [row["kind"] for row in rows] == [
        "call.started",
        "status.in_progress",
        "supervisor.pause",
    ]
    assert rows[0]["detail"] == {"direction": "inbound"}
    assert rows[2]["user"] == {"email": manager.email, "name": "Mary"}
