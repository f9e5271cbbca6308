"""Ready mode and outcomes, for programs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from leads.models import Lead, ReadySession, Reservation
from leads.services import is_suppressed
from leads.tests.ready.conftest import AddLead
from leads.tests.ready.conftest import add_lead as add_lead
from leads.tests.ready.conftest import noon as noon
from leads.tests.ready.conftest import rita as rita
from leads.tests.ready.conftest import session as session
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ApiFor = Callable[[User | None], APIClient]
V1 = "/api/v1"
READY = f"{V1}/ready"
CAST = {"rep": 200, "manager": 200, "auditor": 404, "outsider": 404, "anonymous": 401}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_gate")]


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)


@pytest.mark.parametrize(("name", "status"), CAST.items())
@pytest.mark.parametrize("path", ["session", "next"])
def test_who_may_work_the_queue(
    path: str,
    name: str,
    status: int,
    business: Business,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    api, named = api_for(visitor(name, request)), {"business": business.public_id}
    expected = 409 if (path, status) == ("next", 200) else status
    assert api.post(f"{READY}/{path}", named).status_code == expected
    assert ReadySession.objects.exists() is (path == "session" and status == 200)
    assert api.get(f"{READY}/session", named).status_code == status


def test_a_rep_works_through_the_queue(
    session: ReadySession, rep: User, add_lead: AddLead, api_for: ApiFor
) -> None:
    add_lead("Ann", rank=2.0)
    add_lead("Bob", rank=1.0)
    api = api_for(rep)
    assert api.get(f"{READY}/session").json()["waiting"] == 2

    told = api.post(f"{READY}/next").json()
    assert told["session"]["state"] == "ready"
    assert told["brief"]["lead"]["name"] == "Ann"
    assert told["brief"]["why"][0] == "New lead"
    one = f"{READY}/reservations/{told['reservation']['id']}"
    assert api.get(one).json()["events"][-1]["text"] == "Web form"
    early = api.post(f"{one}/outcome", {"disposition": "talked"})
    assert early.status_code == 409

    assert api.post(f"{one}/call").json()["reservation"]["state"] == "calling"
    assert api.post(f"{one}/release").status_code == 409
    after = api.post(f"{one}/outcome", {"disposition": "talked", "note": "Likes it."}).json()
    assert after["reservation"]["lead"]["name"] == "Bob"
    assert Lead.objects.get(first_name="Ann").stage == "contacted"
    assert api.post(f"{one}/call").status_code == 409


def test_the_own_phone_gets_the_number(
    session: ReadySession, rep: User, add_lead: AddLead, api_for: ApiFor
) -> None:
    lead = add_lead("Ann")
    api = api_for(rep)
    held = api.post(f"{READY}/next").json()["reservation"]["id"]
    response = api.post(f"{READY}/reservations/{held}/call", {"by": "tel"})
    assert (response.status_code, response.json()) == (201, {"tel": f"tel:{lead.phone}"})


def test_an_outcome_can_be_undone(
    session: ReadySession, rep: User, add_lead: AddLead, api_for: ApiFor
) -> None:
    lead = add_lead("Ann")
    api = api_for(rep)
    held = api.post(f"{READY}/next").json()["reservation"]["id"]
    api.post(f"{READY}/reservations/{held}/call", {"by": "tel"})
    api.post(f"{READY}/reservations/{held}/outcome", {"disposition": "opt_out"})
    assert is_suppressed(lead.business, lead.phone)
    told = api.post(f"{READY}/undo").json()
    assert (told["reservation"]["id"], told["reservation"]["state"]) == (held, "wrap_up")
    assert not is_suppressed(lead.business, lead.phone)
    assert api.post(f"{READY}/undo").status_code == 409


def test_a_lead_is_given_back_and_a_session_pauses_and_ends(
    session: ReadySession, rep: User, add_lead: AddLead, api_for: ApiFor
) -> None:
    add_lead("Ann")
    api = api_for(rep)
    held = api.post(f"{READY}/next").json()["reservation"]["id"]
    assert api.post(f"{READY}/reservations/{held}/release").json()["reservation"] is None
    assert api.post(f"{READY}/session/pause").json()["session"]["state"] == "paused"
    assert api.post(f"{READY}/session").json()["session"]["state"] == "ready"
    assert api.post(f"{READY}/session/end").json()["session"] is None
    assert api.post(f"{READY}/session/seen").status_code == 409


def test_who_is_idle_is_paused(session: ReadySession, rep: User, api_for: ApiFor) -> None:
    told = api_for(rep).post(f"{READY}/session/seen", {"idle_seconds": 3600}).json()
    assert told["session"]["state"] == "paused"
    assert api_for(rep).post(f"{READY}/session/seen", {"idle_seconds": -1}).status_code == 422


def test_another_reps_reservation_is_not_there(
    session: ReadySession, rep: User, rita: User, outsider: User, add_lead: AddLead, api_for: ApiFor
) -> None:
    add_lead("Ann")
    held = api_for(rep).post(f"{READY}/next").json()["reservation"]["id"]
    for user in (rita, outsider):
        api = api_for(user)
        assert api.get(f"{READY}/reservations/{held}").status_code == 404
        for act in ("call", "release", "outcome"):
            body = {"disposition": "talked"}
            assert api.post(f"{READY}/reservations/{held}/{act}", body).status_code == 404
    assert Reservation.objects.get().state == "offered"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"disposition": "nonsense"}, 404),
        ({}, 422),
        ({"disposition": "lost"}, 422),
        ({"disposition": "callback", "callback_at": "soon"}, 422),
        ({"disposition": "talked", "note": "x" * 5000}, 422),
    ],
)
def test_an_outcome_that_cannot_be_changes_nothing(
    told: dict[str, Any],
    status: int,
    session: ReadySession,
    rep: User,
    add_lead: AddLead,
    api_for: ApiFor,
) -> None:
    add_lead("Ann")
    api = api_for(rep)
    held = api.post(f"{READY}/next").json()["reservation"]["id"]
    api.post(f"{READY}/reservations/{held}/call", {"by": "tel"})
    response = api.post(f"{READY}/reservations/{held}/outcome", told)
    assert response.status_code == status
    assert Reservation.objects.get().state == "wrap_up"


def test_a_callback_is_agreed(
    session: ReadySession, rep: User, add_lead: AddLead, api_for: ApiFor
) -> None:
    lead = add_lead("Ann")
    api, at = api_for(rep), (timezone.now() + timedelta(hours=3)).replace(microsecond=0)
    held = api.post(f"{READY}/next").json()["reservation"]["id"]
    api.post(f"{READY}/reservations/{held}/call", {"by": "tel"})
    body = {"disposition": "callback", "callback_at": at.isoformat()}
    assert api.post(f"{READY}/reservations/{held}/outcome", body).status_code == 200
    lead.refresh_from_db()
    assert (lead.wanted_at, lead.wanted_by) == (at, rep)


def test_the_outcomes_to_choose_from(
    business: Business, auditor: User, outsider: User, api_for: ApiFor
) -> None:
    named = {"business": business.public_id}
    told = api_for(auditor).get(f"{V1}/outcomes/dispositions", named).json()
    assert {"talked", "opt_out", "won"} <= {each["key"] for each in told}
    assert "no_outcome" not in {each["key"] for each in told}
    assert api_for(outsider).get(f"{V1}/outcomes/dispositions", named).status_code == 404
