"""The page of Ready mode: who may, what it does, and once only."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from leads import signals
from leads.enums import SuppressionSource
from leads.models import Dial, Outcome, ReadySession, Reservation
from leads.outcomes.defaults import dispositions_of
from leads.ready import services, sessions
from leads.services import suppress
from leads.tests.ready.conftest import REP_PHONE, AddLead
from salesdesk.accounts.models import User
from salesdesk.accounts.services import rep_of
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

KEYS = count()
Tap = Callable[..., HttpResponse]


@pytest.fixture
def tap(rep: User, client_for: Callable[[User | None], Client]) -> Tap:
    """``tap("call", reservation=…)``: the rep's page asks for this, by HTMX."""
    browser = client_for(rep)

    def ask(action: str, **told: Any) -> HttpResponse:
        values = {"key": f"key-{next(KEYS):08d}", **told}
        answer = browser.post(f"/ready/{action}/", values, headers={"HX-Request": "true"})
        assert isinstance(answer, HttpResponse)
        return answer

    return ask


@pytest.fixture
def offered(session: ReadySession, add_lead: AddLead) -> Reservation:
    add_lead("Ana")
    reservation = services.next_lead(session)
    assert reservation is not None
    return reservation


def again(row: Any) -> Any:
    row.refresh_from_db()
    return row


PAGES = ["/ready/", "/ready/settings/"]
ACTIONS = ["start", "pause", "stop", "beat", "skip", "call", "hang-up", "outcome", "undo", "book"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("visitor", "status"),
    [("rep", 200), ("manager", 200), ("admin_user", 200), ("auditor", 404), ("superuser", 404)],
)
def test_who_sees_the_pages(
    business: Business,
    client_for: Callable[[User | None], Client],
    request: pytest.FixtureRequest,
    path: str,
    visitor: str,
    status: int,
) -> None:
    browser = client_for(request.getfixturevalue(visitor))

    assert browser.get(f"{path}?business={business.public_id}").status_code == status


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_else_does_anything(
    offered: Reservation,
    outsider: User,
    client_for: Callable[[User | None], Client],
    action: str,
) -> None:
    told = {"key": "key-of-otto", "reservation": offered.public_id, "disposition": "talked"}
    told["start"] = "2027-01-04T10:00:00Z"
    path = f"/ready/{action}/?business={offered.business.public_id}"

    assert client_for(outsider).post(path, told).status_code == 404
    assert client_for(None).post(path, told).status_code == 302
    assert again(offered).state == "offered"


def test_a_get_changes_nothing(rep: User, client_for: Callable[[User | None], Client]) -> None:
    for action in ACTIONS:
        assert client_for(rep).get(f"/ready/{action}/").status_code == 405
    assert not ReadySession.objects.exists()


def test_from_ready_to_the_next_lead(tap: Tap, session: ReadySession, add_lead: AddLead) -> None:
    add_lead("Ana", rank=2)
    add_lead("Bo", rank=1)

    assert b"Ana" in tap("start").content
    reservation = Reservation.objects.get()
    assert b"Ringing your phone" in tap("call", reservation=reservation.public_id).content
    told = {"reservation": reservation.public_id, "disposition": "talked", "note": "Nice"}
    answer = tap("outcome", **told)

    assert b"Bo" in answer.content
    assert b"Undo" in answer.content
    assert Outcome.objects.get().note == "Nice"


def test_an_outcome_that_is_sent_twice_is_recorded_once(
    tap: Tap, offered: Reservation, add_lead: AddLead
) -> None:
    add_lead("Bo")
    services.call(offered)
    told = {"reservation": offered.public_id, "disposition": "talked", "key": "the-same-key"}

    first, second = tap("outcome", **told), tap("outcome", **told)

    assert (first.status_code, second.status_code) == (200, 200)
    assert Outcome.objects.count() == 1


def test_a_page_that_lags_behind_does_not_settle_another_lead(
    tap: Tap, offered: Reservation, add_lead: AddLead
) -> None:
    add_lead("Bo")
    services.skip(offered)
    now = services.next_lead(offered.session)
    assert now is not None
    services.call(now)

    answer = tap("outcome", reservation=offered.public_id, disposition="won")

    assert answer.status_code == 409
    assert not Outcome.objects.exists()


def test_a_lost_lead_takes_the_reason_of_its_button(tap: Tap, offered: Reservation) -> None:
    services.call(offered)
    told = {"reservation": offered.public_id, "disposition": "lost"}

    assert tap("outcome", **told).status_code == 422
    assert tap("outcome", reason="Too expensive", **told).status_code == 200
    assert again(offered.lead).stage == "lost"


def test_an_outcome_that_was_put_away_cannot_be_chosen(tap: Tap, offered: Reservation) -> None:
    services.call(offered)
    dispositions_of(offered.business)
    offered.business.dispositions.filter(key="won").update(is_active=False)

    assert tap("outcome", reservation=offered.public_id, disposition="won").status_code == 404


def test_the_rep_without_session_is_told_to_be_ready(tap: Tap, business: Business) -> None:
    assert tap("skip", reservation="x").status_code == 409


@pytest.mark.parametrize("start", ["", "tomorrow", "2027-01-04T10:00:00", "2027-13-04T10:00:00Z"])
def test_what_is_no_time_is_not_booked(tap: Tap, offered: Reservation, start: str) -> None:
    assert tap("book", reservation=offered.public_id, start=start).status_code == 422


def test_a_heartbeat_brings_what_is_due(tap: Tap, session: ReadySession, add_lead: AddLead) -> None:
    assert tap("beat", idle="3").status_code == 204
    assert services.current(session) is None
    add_lead("Ana")
    tap("beat", idle="3")
    assert services.current(session) is not None


@pytest.mark.parametrize("idle", ["", "-1", "many", "9" * 40])
def test_a_heartbeat_bears_any_figure(tap: Tap, session: ReadySession, idle: str) -> None:
    assert tap("beat", idle=idle).status_code == 204


def test_a_lead_can_be_taken_from_elsewhere(
    tap: Tap, session: ReadySession, add_lead: AddLead
) -> None:
    lead = add_lead("Wish", minutes=600)

    assert b"Wish" in tap(f"take/{lead.public_id}").content


def test_ones_own_phone_is_told_to_dial(tap: Tap, offered: Reservation) -> None:
    answer = tap("call", reservation=offered.public_id, by="tel")

    assert f"tel:{offered.lead.phone}" in answer.headers["HX-Trigger"]


def test_why_ones_own_phone_may_not_dial_is_shown(tap: Tap, offered: Reservation) -> None:
    suppress(offered.business, phone=offered.lead.phone, source=SuppressionSource.STAFF)

    answer = tap("call", reservation=offered.public_id, by="tel")

    assert "HX-Trigger" not in answer.headers
    assert b"Ana was not called: This number must not be called." in answer.content
    dial = Dial.objects.get()
    assert (dial.status, dial.result) == ("blocked", "blocked")


def test_the_call_under_way_is_ended_by_its_rep_only(
    tap: Tap,
    offered: Reservation,
    rita: User,
    client_for: Callable[[User | None], Client],
    django_capture_on_commit_callbacks: Any,
    asked_to_end: list[str],
) -> None:
    dial = services.call(offered)
    told = {"reservation": offered.public_id, "key": "key-of-rita"}
    sessions.start(rita, offered.business)
    assert client_for(rita).post("/ready/hang-up/", told).status_code == 409
    assert asked_to_end == []

    with django_capture_on_commit_callbacks(execute=True):
        answer = tap("hang-up", reservation=offered.public_id)
    assert b"Hang up" in answer.content
    assert asked_to_end == [dial.public_id]


def test_without_a_call_there_is_nothing_to_end(
    tap: Tap, offered: Reservation, asked_to_end: list[str]
) -> None:
    assert b"Hang up" not in tap("start").content
    assert tap("hang-up", reservation=offered.public_id).status_code == 409
    assert asked_to_end == []


@pytest.fixture
def asked_to_end() -> Iterator[list[str]]:
    """The dials that are asked to be ended."""
    dials: list[str] = []

    def note(dial_id: str, **_: Any) -> None:
        dials.append(dial_id)

    signals.hang_up_requested.connect(note)
    yield dials
    signals.hang_up_requested.disconnect(note)


def test_the_rep_says_how_to_be_reached(
    rep: User, business: Business, client_for: Callable[[User | None], Client]
) -> None:
    browser = client_for(rep)
    wrong = browser.post("/ready/settings/", {"phone": "12", "call_by": "bridge"})
    assert wrong.status_code == 422

    browser.post("/ready/settings/", {"phone": "(415) 555-0177", "call_by": "tel"})
    profile = rep_of(rep, business.pk)
    assert (profile.phone, profile.call_by, profile.sounds) == (REP_PHONE, "tel", False)


def test_what_leads_say_is_escaped(tap: Tap, session: ReadySession, add_lead: AddLead) -> None:
    add_lead("<script>alert(1)</script>")

    assert b"<script>alert" not in tap("start").content


def test_the_shell_needs_no_sign_in_and_tells_nothing(offered: Reservation) -> None:
    for path in ("/ready/manifest.webmanifest", "/ready/worker.js", "/ready/offline/"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert b"Ana" not in answer.content
