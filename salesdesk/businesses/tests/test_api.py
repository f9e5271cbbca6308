"""Businesses, through the API."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import POSTAL_ADDRESS
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ApiFor = Callable[[User | None], APIClient]
URL = "/api/v1/config/business"


@pytest.mark.parametrize("member", ["admin_user", "manager", "rep", "auditor"])
def test_members_see_their_business(
    member: str,
    request: pytest.FixtureRequest,
    business: Business,
    other_business: Business,
    api_for: ApiFor,
) -> None:
    api = api_for(request.getfixturevalue(member))

    rows = api.get(URL).json()["results"]

    assert [row["id"] for row in rows] == [business.public_id]
    assert rows[0]["numbers"] == [{"number": "+14155550100", "label": "", "is_active": True}]
    assert api.get(f"{URL}/{business.public_id}").json() == rows[0]
    assert rows[0]["engine"] == business.engine_name
    assert rows[0]["postal_address"] == POSTAL_ADDRESS


def test_a_superuser_sees_every_business(
    business: Business, other_business: Business, superuser: User, api_for: ApiFor
) -> None:
    rows = api_for(superuser).get(URL).json()["results"]

    assert [row["name"] for row in rows] == ["Bright Solar", "Cool Air"]


def test_a_business_of_others_is_not_there(
    business: Business, outsider: User, api_for: ApiFor
) -> None:
    response = api_for(outsider).get(f"{URL}/{business.public_id}")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
    assert api_for(None).get(f"{URL}/{business.public_id}").status_code == 401


def test_businesses_cannot_be_changed_here(
    business: Business, admin_user: User, api_for: ApiFor
) -> None:
    response = api_for(admin_user).put(f"{URL}/{business.public_id}", {"name": "Mine"})

    assert response.status_code == 405
    assert response.json()["error"]["code"] == "method_not_allowed"


def test_the_list_costs_the_same_for_one_business_and_for_three(
    business: Business,
    make_business: Callable[..., Business],
    superuser: User,
    api_for: ApiFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = api_for(superuser)
    with django_assert_num_queries(4):
        api.get(URL)
    make_business("Two", number="+14155550102")
    make_business("Three", number="+14155550103")
    with django_assert_num_queries(4):
        assert api.get(URL).json()["count"] == 3
