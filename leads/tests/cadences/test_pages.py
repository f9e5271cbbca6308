"""The pages of cadences, for the whole cast."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.cadences.services import enroll
from leads.cadences.usual import default_cadence
from leads.models import Cadence, Enrollment, Lead
from leads.tests.cadences.conftest import MakeCadence
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import set_postal_address

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}
STEP = {"channel": "sms", "wait": "2", "unit": "hours", "condition": "always", "text": "Hi"}


@pytest.fixture
def cadence(business: Business) -> Cadence:
    return default_cadence(business)


@pytest.fixture
def managing(client_for: ClientFor, manager: User) -> Client:
    return client_for(manager)


def url(name: str, *args: object) -> str:
    return reverse(f"cadences:{name}", args=args)


@pytest.mark.parametrize(
    ("who", "sees", "changes"),
    [
        ("admin_user", 200, 302),
        ("manager", 200, 302),
        ("rep", 200, 403),
        ("auditor", 200, 403),
        ("outsider", 404, 404),
        (None, 302, 302),
    ],
)
def test_who_may_see_and_change_a_cadence(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    cadence: Cadence,
    who: str | None,
    sees: int,
    changes: int,
) -> None:
    client = client_for(request.getfixturevalue(who) if who else None)
    key = cadence.steps.get(position=0).pk

    assert client.get(url("cadence", cadence.public_id)).status_code == sees
    for address, data in (
        (url("new_step", cadence.public_id), STEP),
        (url("edit_step", cadence.public_id, key), STEP),
        (url("move_step", cadence.public_id, key), {"to": "down"}),
        (url("remove_step", cadence.public_id, key), {}),
    ):
        assert client.post(address, data).status_code == changes, address
    if who in (None, "rep", "auditor", "outsider"):
        assert cadence.steps.count() == 5
        assert cadence.steps.filter(channel="sms").count() == 0


def test_the_usual_cadence_is_offered_where_there_is_none(
    managing: Client, business: Business
) -> None:
    page = managing.get(url("list"))
    assert "There is no cadence yet" in page.content.decode()

    answer = managing.post(f"{url('add_usual')}?business={business.public_id}")

    cadence = Cadence.objects.get()
    assert answer["Location"] == url("cadence", cadence.public_id)
    assert "5 steps" in managing.get(url("list")).content.decode()


def test_the_list_asks_as_much_for_three_as_for_one(
    managing: Client,
    business: Business,
    make_cadence: MakeCadence,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_cadence((10, "ai_call"), name="One")
    managing.get(url("list"))
    with django_assert_num_queries(8):
        managing.get(url("list"))
    make_cadence(name="Two")
    make_cadence((10, "ai_call"), name="Three")
    with django_assert_num_queries(8):
        managing.get(url("list"))


def test_a_step_is_added_in_words_and_units(managing: Client, make_cadence: MakeCadence) -> None:
    cadence = make_cadence()

    managing.post(url("new_step", cadence.public_id), STEP)

    step = cadence.steps.get()
    assert (step.channel, step.wait_minutes, step.condition) == ("sms", 120, "always")
    page = managing.get(url("edit_step", cadence.public_id, step.pk)).content.decode()
    assert 'value="2"' in page
    assert '<option value="hours" selected>' in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Write what the message says."),
        ({"text": "Hi {{ nobody }}"}, "There is no variable “nobody”"),
        ({"channel": "email"}, "An e-mail needs a subject."),
        ({"wait": "61", "unit": "days"}, "Sixty days at most."),
        ({"wait": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_step_that_cannot_be_comes_back_with_its_errors(
    managing: Client, cadence: Cadence, changes: dict[str, str], sentence: str
) -> None:
    answer = managing.post(url("new_step", cadence.public_id), {**STEP, **changes})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert cadence.steps.count() == 5


def test_moving_answers_with_the_steps_alone(managing: Client, cadence: Cadence) -> None:
    step = cadence.steps.get(position=0)

    answer = managing.post(
        url("move_step", cadence.public_id, step.pk), {"to": "down"}, headers=HTMX
    )

    page = answer.content.decode()
    assert page.strip().startswith('<ol id="cadence-steps"')
    step.refresh_from_db()
    assert step.position == 1


def test_the_preview_says_when_each_step_would_be(managing: Client, cadence: Cadence) -> None:
    asked = {"arrives": "2026-11-20T16:30", "zone": "America/Los_Angeles"}

    answer = managing.get(url("preview", cadence.public_id), asked, headers=HTMX)

    page = answer.content.decode()
    assert "Fri, Nov 20, 1:40 PM" in page
    assert "4:40 PM with you" in page
    assert "Mon, Nov 23, 8:00 AM" in page
    assert page.strip().startswith("<section")


def test_a_missing_postal_address_is_said_at_the_steps_by_mail(
    managing: Client, rep: User, client_for: ClientFor, make_cadence: MakeCadence
) -> None:
    cadence = make_cadence((10, "rep_call"), (30, "email"), (30, "email"))
    said, enter = "postal address is missing", "#postal-address"
    pages = [url("cadence", cadence.public_id), url("new_step", cadence.public_id)]
    for page in pages:
        assert said not in managing.get(page).content.decode()

    set_postal_address(cadence.business, "")

    steps, step = (managing.get(page).content.decode() for page in pages)
    assert [(page.count(said), page.count(enter)) for page in (steps, step)] == [(2, 2), (1, 1)]
    seen = client_for(rep).get(pages[0]).content.decode()
    assert (seen.count(said), seen.count(enter)) == (2, 0)


def test_a_missing_postal_address_is_still_said_when_steps_are_moved(
    managing: Client, make_cadence: MakeCadence
) -> None:
    cadence = make_cadence((10, "rep_call"), (30, "email"))
    set_postal_address(cadence.business, "")
    move = url("move_step", cadence.public_id, cadence.steps.get(position=0).pk)

    answer = managing.post(move, {"to": "down"}, headers=HTMX)

    assert answer.content.decode().count("postal address is missing") == 1


@pytest.mark.parametrize("asked", [{"arrives": "soon"}, {"zone": "Mars/Base"}])
def test_a_preview_of_nonsense_is_refused(
    managing: Client, cadence: Cadence, asked: dict[str, str]
) -> None:
    given = {"arrives": "2026-11-20T16:30", "zone": "America/Los_Angeles", **asked}

    assert managing.get(url("preview", cadence.public_id), given).status_code == 422


def test_a_cadence_is_renamed_and_deleted(managing: Client, make_cadence: MakeCadence) -> None:
    cadence = make_cadence(name="Old")
    make_cadence(name="Taken")
    address = url("cadence", cadence.public_id)

    assert managing.post(address, {"name": "Taken", "region": "US"}).status_code == 409
    assert managing.post(address, {"name": "New", "region": "XX"}).status_code == 422
    managing.post(address, {"name": "New", "region": "US-CA"})
    cadence.refresh_from_db()
    assert (cadence.name, cadence.region, cadence.keeps_hours) == ("New", "US-CA", False)

    managing.post(url("delete", cadence.public_id))
    assert not Cadence.objects.filter(name="New").exists()


# ---------------------------------------------------------------- on a lead's page


@pytest.mark.parametrize(
    ("who", "status"),
    [("rep", 200), ("manager", 200), ("auditor", 403), ("outsider", 404)],
)
def test_who_may_pause_and_stop_a_leads_cadence(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    lead: Lead,
    cadence: Cadence,
    who: str,
    status: int,
) -> None:
    enroll(lead, cadence)
    client = client_for(request.getfixturevalue(who))

    for action in ("pause", "resume", "stop"):
        address = url("change_lead", lead.public_id, action)
        assert client.post(address, headers=HTMX).status_code == status

    expected = "stopped" if status == 200 else "active"
    assert Enrollment.objects.get().status == expected


def test_the_panel_shows_where_the_lead_is(
    client_for: ClientFor, rep: User, lead: Lead, cadence: Cadence
) -> None:
    address = url("change_lead", lead.public_id, "begin")

    answer = client_for(rep).post(address, {"cadence": cadence.public_id}, headers=HTMX)

    page = answer.content.decode()
    assert f'id="cadence-{lead.public_id}"' in page
    assert "Call by the agent" in page
    assert "Pause" in page
    assert "The cadence has begun." in answer["HX-Trigger"]


def test_the_page_of_a_lead_has_the_panel(
    client_for: ClientFor, rep: User, auditor: User, lead: Lead, cadence: Cadence
) -> None:
    enroll(lead, cadence)
    address = reverse("leads:lead", args=[lead.public_id])
    button = url("change_lead", lead.public_id, "pause")

    assert button in client_for(rep).get(address).content.decode()
    page = client_for(auditor).get(address).content.decode()
    assert "New leads" in page
    assert button not in page


def test_what_cannot_be_is_said(
    client_for: ClientFor, rep: User, lead: Lead, make_cadence: MakeCadence
) -> None:
    empty = make_cadence()
    begin = url("change_lead", lead.public_id, "begin")

    answer = client_for(rep).post(begin, {"cadence": empty.public_id}, headers=HTMX)

    assert answer.status_code == 409
    assert "This cadence has no steps yet." in answer["HX-Trigger"]
    nonsense = url("change_lead", lead.public_id, "juggle")
    assert client_for(rep).post(nonsense).status_code == 404
