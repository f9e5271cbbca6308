"""The overview, the floor and the list of calls."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls.enums import CallStatus
from calls.models import Call
from conftest import BUSINESS_NUMBER, MakeCall
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
LIST = "/calls/"


def shown(client: Client, query: str = "", **headers: str) -> list[str]:
    """Public ids in the order of the list."""
    response = client.get(f"{LIST}{query}", headers=headers)
    assert response.status_code == 200
    return [call.public_id for call in response.context["page_obj"]]


# ---------------------------------------------------------------- overview


def test_overview_counts_the_day_of_the_business(
    manager: User, client_for: ClientFor, make_call: MakeCall
) -> None:
    now = timezone.now()
    make_call(status=CallStatus.COMPLETED, duration_seconds=100)
    make_call(status=CallStatus.COMPLETED, duration_seconds=201)
    make_call(status=CallStatus.NO_ANSWER)
    make_call(status=CallStatus.FAILED)
    make_call()
    make_call(status=CallStatus.COMPLETED, started_at=now - datetime.timedelta(days=1, hours=2))

    context = client_for(manager).get("/").context

    today = context["today"]
    assert (today.started, today.completed, today.unreached, today.failed) == (5, 2, 1, 1)
    assert today.average_seconds == pytest.approx(150.5)
    assert context["under_way"] == 1


def test_yesterday_evening_there_is_not_today_although_it_is_in_utc(
    manager: User, client_for: ClientFor, make_call: MakeCall, business: Business
) -> None:
    """The last second of yesterday in the business's time zone, the first of today."""
    midnight = timezone.now().astimezone(business.tz).replace(hour=0, minute=0, second=0)
    make_call(status=CallStatus.COMPLETED, started_at=midnight - datetime.timedelta(seconds=1))
    make_call(status=CallStatus.COMPLETED, started_at=midnight)

    assert client_for(manager).get("/").context["today"].started == 1


def test_overview_of_somebody_without_business_says_what_to_do(
    db: None, client_for: ClientFor
) -> None:
    from salesdesk.accounts.services import add_user

    page = client_for(add_user("new@example.com")).get("/")

    assert "You are in no business yet" in page.content.decode()


def test_calls_of_other_businesses_are_nowhere(
    outsider: User, client_for: ClientFor, make_call: MakeCall
) -> None:
    theirs = make_call(from_number="+14155550188")
    client = client_for(outsider)

    for url in ("/", "/live/", LIST):
        assert theirs.public_id not in client.get(url).content.decode()


def test_calls_to_nobodys_number_are_for_superusers(
    manager: User, superuser: User, client_for: ClientFor
) -> None:
    from calls.services import receive_call

    lost = receive_call(sid="CA1", from_number="+14155550188", to_number="+19995550000")

    assert lost.public_id not in shown(client_for(manager))
    assert lost.public_id in shown(client_for(superuser))


# ---------------------------------------------------------------- the same queries for any number


@pytest.mark.parametrize(("url", "queries"), [("/", 9), ("/live/", 5), (LIST, 7)])
@pytest.mark.parametrize("calls", [1, 3])
def test_number_of_queries(
    url: str,
    queries: int,
    calls: int,
    manager: User,
    client_for: ClientFor,
    make_call: MakeCall,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(calls):
        make_call(from_number=f"+1415555010{number}", said=[("agent", "Hello.")])
        make_call(status=CallStatus.COMPLETED)
    client = client_for(manager)

    with django_assert_num_queries(queries):
        client.get(url)


# ---------------------------------------------------------------- filters


def test_filters_by_status_direction_and_number(
    manager: User, client_for: ClientFor, make_call: MakeCall
) -> None:
    ended = make_call(status=CallStatus.COMPLETED, from_number="+14155550111")
    running = make_call(from_number="+14155550122")
    client = client_for(manager)

    assert shown(client, "?status=completed") == [ended.public_id]
    assert shown(client, "?direction=outbound") == []
    assert shown(client, "?from_number=(415)+555-0122") == [running.public_id]
    assert shown(client, "?from_number=50111") == [ended.public_id]
    assert shown(client, f"?to_number=%2B{BUSINESS_NUMBER[1:]}") == [
        running.public_id,
        ended.public_id,
    ]


def test_filters_by_what_was_said(
    manager: User, client_for: ClientFor, make_call: MakeCall
) -> None:
    roof = make_call(said=[("caller", "My roofs are leaking.")])
    make_call(said=[("caller", "I need a heat pump.")])
    client = client_for(manager)

    assert shown(client, "?search=roof") == [roof.public_id]
    assert shown(client, '?search="heat+roof"') == []


def test_filters_by_days_of_the_business(
    manager: User, client_for: ClientFor, make_call: MakeCall, business: Business
) -> None:
    """23:30 on the tenth in New York is the eleventh in UTC."""
    evening = datetime.datetime(2026, 3, 10, 23, 30, tzinfo=business.tz)
    late = make_call(status=CallStatus.COMPLETED, started_at=evening)
    next_day = make_call(
        status=CallStatus.COMPLETED, started_at=evening + datetime.timedelta(hours=1)
    )
    client = client_for(manager)

    assert shown(client, "?from_date=2026-03-10&to_date=2026-03-10") == [late.public_id]
    assert shown(client, "?from_date=2026-03-11&to_date=2026-03-11") == [next_day.public_id]


def test_filters_by_business_of_ones_own_only(
    manager: User,
    superuser: User,
    client_for: ClientFor,
    make_call: MakeCall,
    other_business: Business,
) -> None:
    make_call()
    other = make_call(other_business)
    query = f"?business={other_business.public_id}"

    assert shown(client_for(superuser), query) == [other.public_id]
    assert client_for(manager).get(LIST + query).status_code == 422


def test_sorts(manager: User, client_for: ClientFor, make_call: MakeCall) -> None:
    now = timezone.now()
    long = make_call(
        status=CallStatus.COMPLETED,
        duration_seconds=300,
        started_at=now - datetime.timedelta(hours=2),
    )
    short = make_call(
        status=CallStatus.COMPLETED,
        duration_seconds=30,
        started_at=now - datetime.timedelta(hours=1),
    )
    running = make_call()
    ids = {"long": long.public_id, "short": short.public_id, "running": running.public_id}
    client = client_for(manager)

    assert shown(client) == [ids["running"], ids["short"], ids["long"]]
    assert shown(client, "?sort=started_at") == [ids["long"], ids["short"], ids["running"]]
    assert shown(client, "?sort=-duration") == [ids["long"], ids["short"], ids["running"]]
    assert shown(client, "?sort=duration") == [ids["short"], ids["long"], ids["running"]]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from_date=yesterday", "Enter a valid date."),
        ("?from_date=0001-01-01", "There are no calls before the year 2000."),
        ("?from_date=2026-02-02&to_date=2026-02-01", "The last day lies before the first."),
        ("?status=sleeping", "Select a valid choice."),
        ("?sort=qa", "Select a valid choice."),
        (f"?search={'x' * 10_240}", "A search can have 200 characters at most."),
        ("?search=%00", "Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.usefixtures("call")
def test_wrong_filters_are_named(
    query: str, sentence: str, headers: dict[str, str], manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).get(LIST + query, headers=headers)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert list(response.context["page_obj"]) == []


@pytest.mark.parametrize("size", ["0", "101", "1e3", "-1", "x"])
@pytest.mark.usefixtures("call")
def test_page_sizes_are_from_1_to_100(size: str, manager: User, client_for: ClientFor) -> None:
    assert client_for(manager).get(f"{LIST}?page_size={size}").status_code == 422


def test_pages_keep_the_query(manager: User, client_for: ClientFor, make_call: MakeCall) -> None:
    calls = [make_call(status=CallStatus.COMPLETED).public_id for _ in range(3)]
    client = client_for(manager)
    query = "?status=completed&page_size=2"

    page = client.get(LIST + query)

    assert [call.public_id for call in page.context["page_obj"]] == [calls[2], calls[1]]
    assert "?status=completed&amp;page_size=2&amp;page=2" in page.content.decode()
    assert shown(client, f"{query}&page=2") == [calls[0]]
    assert shown(client, f"{query}&page=99") == [calls[0]]


def test_htmx_gets_the_results_only(call: Call, manager: User, client_for: ClientFor) -> None:
    client = client_for(manager)

    part = client.get(LIST, headers={"HX-Request": "true"})
    page = client.get(LIST)

    assert part.content.decode().lstrip().startswith('<section id="call-page"')
    assert part.content.decode().strip() in page.content.decode()
    assert "HX-Request" in page.headers["Vary"]


def test_the_socket_of_a_list_has_its_query(
    call: Call, manager: User, client_for: ClientFor
) -> None:
    page = client_for(manager).get(f"{LIST}?status=completed&sort=duration").content.decode()

    assert 'ws-connect="/ws/pages/calls/?status=completed&amp;sort=duration"' in page
