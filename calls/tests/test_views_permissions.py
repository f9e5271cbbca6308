"""Who of the cast may open which page, and who may do what to a call."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from calls.models import Call
from calls.notes import add_note
from salesdesk.accounts.models import User

ClientFor = Callable[[User | None], Client]

SEEN_BY_ALL = {"admin_user": 200, "manager": 200, "rep": 200, "auditor": 200}
READING = {**SEEN_BY_ALL, "outsider": 404, "anonymous": 302, "superuser": 200}
LISTS = {**READING, "outsider": 200}
WRITING_NOTES = {**READING, "auditor": 403}
CONTROLLING = {**READING, "admin_user": 302, "manager": 302, "superuser": 302} | {
    "rep": 403,
    "auditor": 403,
}


def cases(table: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    return [(page, who, status) for page, by in table.items() for who, status in by.items()]


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)


PAGES = {
    "overview": LISTS,
    "live": LISTS,
    "list": LISTS,
    "new": {**LISTS, "auditor": 403},
    "detail": READING,
    "history": READING,
    "transcript_txt": READING,
    "transcript_pdf": READING,
    "new_note": WRITING_NOTES,
}
OF_ONE_CALL = {"detail", "history", "transcript_txt", "transcript_pdf", "new_note"}


@pytest.mark.parametrize(("page", "who", "status"), cases(PAGES))
def test_pages(
    page: str,
    who: str,
    status: int,
    call: Call,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    arguments = [call.public_id] if page in OF_ONE_CALL else []
    user = visitor(who, request)

    response = client_for(user).get(reverse(f"calls:{page}", args=arguments))

    assert response.status_code == status
    if user is None:
        assert response.headers["Location"].startswith("/accounts/login/")


COMMANDS = {
    "pause": CONTROLLING,
    "say": CONTROLLING,
    "instruct": CONTROLLING,
    "end": CONTROLLING,
}


@pytest.mark.parametrize(("command", "who", "status"), cases(COMMANDS))
@pytest.mark.usefixtures("carrier")
def test_commands(
    command: str,
    who: str,
    status: int,
    call: Call,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    """Whoever may not command leaves no trace in the call's history."""
    url = reverse(f"calls:{command}", args=[call.public_id])

    response = client_for(visitor(who, request)).post(url, {"text": "We close at six."})

    assert response.status_code == status
    may = status == 302 and who != "anonymous"
    assert call.events.filter(kind=f"supervisor.{command}").count() == int(may)


@pytest.mark.parametrize("command", ["end", "say", "instruct", "pause", "resume"])
def test_looking_never_commands(
    command: str, call: Call, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).get(reverse(f"calls:{command}", args=[call.public_id]))

    assert response.status_code == 405


NOTE_OF_THE_REP = {
    "admin_user": 302,
    "manager": 302,
    "rep": 302,
    "auditor": 403,
    "outsider": 404,
    "anonymous": 302,
}


@pytest.mark.parametrize(("who", "status"), NOTE_OF_THE_REP.items())
@pytest.mark.parametrize("action", ["edit_note", "delete_note"])
def test_notes_are_changed_by_author_and_managers(
    action: str,
    who: str,
    status: int,
    call: Call,
    rep: User,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    note = add_note(call, "<p>Old</p>", author=rep)
    url = reverse(f"calls:{action}", args=[call.public_id, note.public_id])

    response = client_for(visitor(who, request)).post(
        url, {"body": "New", "category": "general", "tags": ""}
    )

    assert response.status_code == status
    changed = not call.notes.filter(text="Old").exists()
    assert changed == (status == 302 and who != "anonymous")


def test_a_rep_may_not_change_the_note_of_a_manager(
    call: Call, manager: User, rep: User, client_for: ClientFor
) -> None:
    note = add_note(call, "<p>Old</p>", author=manager)
    url = reverse("calls:delete_note", args=[call.public_id, note.public_id])

    assert client_for(rep).post(url).status_code == 403
    assert call.notes.count() == 1


@pytest.mark.parametrize(
    ("who", "buttons"),
    [("manager", ["Pause agent", "End call", "Say it"]), ("rep", []), ("auditor", [])],
)
def test_only_who_may_control_is_offered_to(
    who: str,
    buttons: list[str],
    call: Call,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    user = request.getfixturevalue(who)

    page = client_for(user).get(reverse("calls:detail", args=[call.public_id]))

    offered = [label for label in ("Pause agent", "End call", "Say it") if label in text_of(page)]
    assert offered == buttons


def text_of(response: object) -> str:
    return str(getattr(response, "content", b"").decode())
