"""What is done to several leads that were ticked."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Lead
from leads.services import update_lead
from salesdesk.accounts.models import User

ClientFor = Callable[[User | None], Client]


@pytest.fixture
def owned(lead: Lead, rep: User) -> Lead:
    return update_lead(lead, owner=rep)


def change(client: Client, *leads: Lead, **values: str) -> Any:
    data = {"lead": [lead.public_id for lead in leads], "query": "", **values}
    return client.post(reverse("leads:change_several"), data, headers={"HX-Request": "true"})


def level(response: Any) -> str:
    told: dict[str, dict[str, str]] = json.loads(response.headers["HX-Trigger"])
    return told["toast"]["level"]


@pytest.mark.parametrize("action", ["owner", "stage"])
def test_to_whom_and_whereto_must_be_said(
    action: str, owned: Lead, rep: User, client_for: ClientFor
) -> None:
    update_lead(owned, stage="qualified")
    assert change(client_for(rep), owned, action=action).status_code == 422
    owned.refresh_from_db()
    assert (owned.owner, owned.stage) == (rep, "qualified")


def test_nobody_gets_it_where_that_is_said(owned: Lead, rep: User, client_for: ClientFor) -> None:
    response = change(client_for(rep), owned, action="owner", owner="nobody")
    owned.refresh_from_db()
    assert (owned.owner, level(response)) == (None, "success")


def test_what_is_refused_for_all_is_told_as_no_success(
    owned: Lead, rep: User, client_for: ClientFor
) -> None:
    response = change(client_for(rep), owned, action="pause")
    assert "1 not: They are in no cadence that goes on." in response.headers["HX-Trigger"]
    assert level(response) == "error"
