"""The pages of playbooks: who may see and change them, and forms that keep what was written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from salesdesk.accounts.models import User
from salesdesk.assistant.loop.state import ObjectionSpec, PlaybookSpec, StageSpec
from salesdesk.assistant.models import Playbook
from salesdesk.assistant.playbooks import services
from salesdesk.assistant.playbooks.demo import EXAMPLE
from salesdesk.assistant.playbooks.following import spec_for, spec_of
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
LIST = "/settings/playbooks/"
HTMX = {"HX-Request": "true"}
SMALL = PlaybookSpec(
    "Solar",
    (StageSpec("Greeting", "Hello is said.", ("How can I help?",)), StageSpec("Need", "Why now.")),
    (ObjectionSpec("Too expensive", ("expensive",), "What do you compare it with?"),),
)
STAGE = {
    "name": "Visit",
    "goal": "A day is agreed.",
    "questions": "Which day?\r\n\r\n  Which time? \r\nWhich day?",
    "lines": "",
}
OBJECTION = {"name": "No time", "signs": "no time\nbusy", "answer": "When suits you better?"}


@pytest.fixture
def playbook(business: Business) -> Playbook:
    return services.create_playbook(business, SMALL.name, like=SMALL)


def at(playbook: Playbook, rest: str = "") -> str:
    return f"{LIST}{playbook.public_id}/{rest}"


def text_of(response: Any) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


# ---------------------------------------------------------------- who may

SEEING = {
    "admin_user": 200,
    "manager": 200,
    "auditor": 200,
    "superuser": 200,
    "rep": 404,
    "outsider": 404,
    "anonymous": 302,
}
CHANGING = {**SEEING, "auditor": 403}
WRITING = {**CHANGING, "admin_user": 302, "manager": 302, "superuser": 302}
PAGES = {
    "": SEEING,
    "{id}/": SEEING,
    "new/": CHANGING,
    "{id}/stages/new/": CHANGING,
    "{id}/objections/new/": CHANGING,
    "{id}/stages/{stage}/edit/": CHANGING,
}


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)


def cases(table: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    return [(path, who, status) for path, by in table.items() for who, status in by.items()]


@pytest.mark.parametrize(("path", "who", "status"), cases(PAGES))
def test_who_may_see(
    path: str,
    who: str,
    status: int,
    playbook: Playbook,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    stage = playbook.stages.first()
    assert stage is not None
    address = LIST + path.format(id=playbook.public_id, stage=stage.pk)

    response = client_for(visitor(who, request)).get(address)

    assert response.status_code == status


ACTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "create": ("new/", {"name": "Second", "begin_with": "nothing"}),
    "rename": ("{id}/name/", {"name": "Other"}),
    "follow": ("{id}/follow/", {}),
    "delete": ("{id}/delete/", {}),
    "add": ("{id}/stages/new/", STAGE),
    "object": ("{id}/objections/new/", OBJECTION),
    "edit": ("{id}/stages/{stage}/edit/", STAGE),
    "move": ("{id}/stages/{stage}/move/", {"to": "down"}),
    "remove": ("{id}/stages/{stage}/remove/", {}),
}


@pytest.mark.parametrize("action", list(ACTIONS))
@pytest.mark.parametrize(("who", "status"), WRITING.items())
def test_who_may_change(
    who: str,
    status: int,
    action: str,
    playbook: Playbook,
    business: Business,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    """Whoever may not leaves all as it was."""
    if action == "follow":
        services.follow(services.create_playbook(business, "Before"))
    stage = playbook.stages.get(name="Greeting")
    path, given = ACTIONS[action]
    address = LIST + path.format(id=playbook.public_id, stage=stage.pk)
    before = everything()

    response = client_for(visitor(who, request)).post(address, given)

    assert response.status_code == status
    may = status == 302 and who != "anonymous"
    assert (everything() != before) is may


def everything() -> list[tuple[str, bool, PlaybookSpec]]:
    known = Playbook.objects.order_by("pk")
    return [(each.name, each.is_active, spec_of(each)) for each in known]


def test_another_business_playbook_is_not_there(
    playbook: Playbook, other_business: Business, manager: User, client_for: ClientFor
) -> None:
    other = services.create_playbook(other_business, "Theirs", like=SMALL)
    client = client_for(manager)
    theirs = other.stages.get(name="Need")

    assert client.get(at(other)).status_code == 404
    assert client.get(f"{LIST}?business={other_business.public_id}").status_code == 404
    assert client.post(at(other, "delete/")).status_code == 404
    assert client.post(at(playbook, f"stages/{theirs.pk}/remove/")).status_code == 404
    assert other.stages.count() == 2


@pytest.mark.parametrize("rest", ["stages/0/edit/", "stages/0/", "wishes/new/", "wishes/"])
def test_what_is_not_there(
    rest: str, playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    assert client_for(manager).get(at(playbook, rest), headers=HTMX).status_code == 404


@pytest.mark.parametrize("rest", ["follow/", "delete/", "name/"])
def test_a_get_changes_nothing(
    rest: str, playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    assert client_for(manager).get(at(playbook, rest)).status_code == 405


# ---------------------------------------------------------------- playbooks


def test_a_playbook_may_begin_as_the_example(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)

    response = client.post(f"{LIST}new/", {"name": "Ours", "begin_with": "example"})

    playbook = Playbook.objects.get()
    assert response.headers["Location"] == at(playbook)
    assert spec_for(business) == PlaybookSpec("Ours", EXAMPLE.stages, EXAMPLE.objections)


def test_a_playbook_without_a_name_is_none(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).post(f"{LIST}new/", {"name": " ", "begin_with": "nothing"})

    assert response.status_code == 422
    assert "This field is required." in text_of(response)
    assert not Playbook.objects.exists()


def test_the_followed_one_is_not_deleted_before_another_is_followed(
    business: Business, playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    services.create_playbook(business, "Second")

    response = client_for(manager).post(at(playbook, "delete/"))

    assert response.status_code == 409
    assert "follow another one first" in text_of(response)
    assert Playbook.objects.count() == 2


def test_the_list_says_which_one_is_followed(
    business: Business, playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    services.create_playbook(business, "Second")

    page = text_of(client_for(manager).get(LIST))

    assert "2 stages · 1 objection ·" in page
    assert "0 stages · 0 objections ·" in page
    assert page.count("Followed") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_the_database_as_often_with_much_in_them(
    count: int,
    business: Business,
    playbook: Playbook,
    manager: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        services.create_playbook(business, str(number))
        services.put_stage(playbook, StageSpec(str(number), "Goal"))
        services.put_objection(playbook, ObjectionSpec(str(number), ("x",), "y"))
    client = client_for(manager)

    with django_assert_num_queries(8):
        client.get(LIST)
    with django_assert_num_queries(8):
        client.get(at(playbook))


def test_an_auditor_gets_no_way_to_change(
    playbook: Playbook, auditor: User, client_for: ClientFor
) -> None:
    client = client_for(auditor)

    assert "Add a stage" not in text_of(client.get(at(playbook)))
    assert "/edit/" not in text_of(client.get(at(playbook)))
    assert "New playbook" not in text_of(client.get(LIST))
    assert "/edit/" not in text_of(client.get(at(playbook, "stages/"), headers=HTMX))


def test_what_people_wrote_is_escaped(
    playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    services.put_stage(playbook, StageSpec(evil, evil, (evil,), (evil,)))
    services.put_objection(playbook, ObjectionSpec(evil, (evil,), evil))

    page = text_of(client_for(manager).get(at(playbook)))

    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


# ---------------------------------------------------------------- stages and objections


def test_a_stage_is_added_by_htmx(playbook: Playbook, manager: User, client_for: ClientFor) -> None:
    """The answer is its card, and behind it the way to the next one."""
    client = client_for(manager)
    form = text_of(client.get(at(playbook, "stages/new/"), headers=HTMX))
    assert "<html" not in form
    assert 'id="new-stage"' in form

    answer = text_of(client.post(at(playbook, "stages/new/"), STAGE, headers=HTMX))

    added = playbook.stages.get(name="Visit")
    assert spec_of(playbook).stages[2] == StageSpec(
        "Visit", "A day is agreed.", ("Which day?", "Which time?")
    )
    assert "<html" not in answer
    assert answer.index(f'id="stage-{added.pk}"') < answer.index('id="new-stage"')


def test_an_objection_is_edited_by_htmx(
    playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    objection = playbook.objections.get()
    address = at(playbook, f"objections/{objection.pk}/edit/")
    form = text_of(client.get(address, headers=HTMX))
    assert "What do you compare it with?</textarea>" in form

    answer = text_of(client.post(address, OBJECTION, headers=HTMX))

    assert f'id="objection-{objection.pk}"' in answer
    assert 'id="new-objection"' not in answer
    assert spec_of(playbook).objections == (
        ObjectionSpec("No time", ("no time", "busy"), "When suits you better?"),
    )


@pytest.mark.parametrize("headers", [HTMX, {}])
@pytest.mark.parametrize(
    ("kind", "given", "fault"),
    [
        ("stages", {**STAGE, "goal": ""}, "This field is required."),
        ("stages", {**STAGE, "questions": "x" * 301}, "A line can have 300 characters at most."),
        ("stages", {**STAGE, "lines": "\n".join(map(str, range(31)))}, "30 lines at most."),
        ("objections", {**OBJECTION, "signs": " \n "}, "This field is required."),
        ("objections", {**OBJECTION, "signs": "x" * 81}, "A line can have 80 characters at most."),
        ("objections", {**OBJECTION, "answer": "x" * 801}, "at most 800 characters"),
    ],
)
def test_what_cannot_be_saved_comes_back_as_it_was_written(
    kind: str,
    given: dict[str, str],
    fault: str,
    headers: dict[str, str],
    playbook: Playbook,
    manager: User,
    client_for: ClientFor,
) -> None:
    response = client_for(manager).post(at(playbook, f"{kind}/new/"), given, headers=headers)

    page = text_of(response)
    assert response.status_code == 422
    assert fault in page
    assert f'value="{given["name"]}"' in page
    assert ("<html" in page) is not bool(headers)
    assert spec_of(playbook) == SMALL


def test_too_many_stages_are_refused_and_kept_in_the_form(
    playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    for number in range(services.MOST_PARTS - 2):
        services.put_stage(playbook, StageSpec(str(number), "Goal"))

    response = client_for(manager).post(at(playbook, "stages/new/"), STAGE, headers=HTMX)

    assert response.status_code == 409
    assert "30 of these at most" in text_of(response)
    assert "A day is agreed." in text_of(response)


def test_giving_up_shows_the_part_as_it_was(
    playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    stage = playbook.stages.get(name="Need")

    answer = text_of(client_for(manager).get(at(playbook, f"stages/{stage.pk}/"), headers=HTMX))

    assert f'id="stage-{stage.pk}"' in answer
    assert "<form" in answer
    assert "<textarea" not in answer


@pytest.mark.parametrize(
    ("name", "to", "order"),
    [
        ("Need", "up", ["Need", "Greeting"]),
        ("Greeting", "down", ["Need", "Greeting"]),
        ("Greeting", "up", ["Greeting", "Need"]),
    ],
)
def test_moving_answers_with_the_list(
    name: str, to: str, order: list[str], playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    stage = playbook.stages.get(name=name)
    address = at(playbook, f"stages/{stage.pk}/move/")

    answer = text_of(client_for(manager).post(address, {"to": to}, headers=HTMX))

    assert [each.name for each in spec_of(playbook).stages] == order
    assert sorted(order, key=lambda each: answer.index(f"</span> {each}</h3>")) == order
    assert 'id="stages"' in answer


def test_moving_sideways_is_no_way(
    playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    stage = playbook.stages.get(name="Need")

    response = client_for(manager).post(at(playbook, f"stages/{stage.pk}/move/"), {"to": "left"})

    assert response.status_code == 422


def test_removing_answers_with_the_list_and_a_notice(
    playbook: Playbook, manager: User, client_for: ClientFor
) -> None:
    stage = playbook.stages.get(name="Need")

    answer = client_for(manager).post(at(playbook, f"stages/{stage.pk}/remove/"), headers=HTMX)

    assert "Need</h3>" not in text_of(answer)
    assert "The stage is removed." in answer.headers["HX-Trigger"]
    assert playbook.stages.count() == 1
