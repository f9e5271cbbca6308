"""Notes: what is kept of them, and their pages."""

import datetime
import json
from collections.abc import Callable

import pytest
from django.test import Client

from calls import notes
from calls.models import Call
from salesdesk.accounts.models import User
from salesdesk.lib.errors import InvalidInput

ClientFor = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}

EVIL = (
    '<p onclick="steal()">Call <b>back</b><script>alert(1)</script></p>'
    '<a href="javascript:alert(1)">here</a><img src=x onerror=alert(1)><style>p{}</style>'
)


@pytest.fixture
def page(rep: User, client_for: ClientFor) -> Client:
    return client_for(rep)


def note_data(body: str, **changes: str) -> dict[str, str]:
    return {"body": body, "body_format": "html", "category": "general", "tags": "", **changes}


# ---------------------------------------------------------------- service


def test_only_formatting_is_kept(call: Call, rep: User) -> None:
    note = notes.add_note(call, EVIL, author=rep)

    assert note.html == ('<p>Call <b>back</b></p><a rel="noopener noreferrer nofollow">here</a>')
    assert note.text == "Call back here"


def test_tags_are_cleaned_in_the_order_given(call: Call, rep: User) -> None:
    note = notes.add_note(call, "x", author=rep, tags=[" Heat  Pump", "urgent", "heat pump", ""])

    assert note.tags == ["heat pump", "urgent"]


@pytest.mark.parametrize(
    ("html", "tags", "sentence"),
    [
        ("<p> </p><script>x</script>", [], "Write something first."),
        ("x" * 20_001, [], "This note is too long."),
        ("x", [f"tag {number}" for number in range(21)], "A note can have 20 tags at most."),
        ("x", ["t" * 41], "A tag can have 40 characters at most."),
    ],
)
def test_what_is_no_note_is_refused(
    html: str, tags: list[str], sentence: str, call: Call, rep: User
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        notes.add_note(call, html, author=rep, tags=tags)

    assert call.notes.count() == 0


# ---------------------------------------------------------------- pages


def test_adds_a_note_from_the_editor(page: Client, call: Call, rep: User) -> None:
    data = note_data(EVIL, category="follow_up", tags="Urgent, heat pump")

    response = page.post(f"/calls/{call.public_id}/notes/new/", data, headers=HTMX)

    note = call.notes.get()
    assert (note.text, note.author, note.category) == ("Call back here", rep, "follow_up")
    assert note.tags == ["urgent", "heat pump"]
    assert response.content.decode().lstrip().startswith('<details id="note-editor"')
    assert json.loads(response.headers["HX-Trigger"])["notes:changed"] is True


def test_without_script_a_note_is_plain_text(page: Client, call: Call) -> None:
    data = note_data("Two lines:\n<b>1 < 2</b>\n\nSecond paragraph", body_format="")

    response = page.post(f"/calls/{call.public_id}/notes/new/", data)

    assert call.notes.get().html == (
        "<p>Two lines:<br>&lt;b&gt;1 &lt; 2&lt;/b&gt;</p>\n\n<p>Second paragraph</p>"
    )
    assert response.headers["Location"] == f"/calls/{call.public_id}/#notes"


def test_edits_a_note(page: Client, call: Call, rep: User) -> None:
    note = notes.add_note(call, "<p>Old <b>words</b></p>", author=rep, tags=["one", "two"])
    call.notes.update(created_at=note.created_at - datetime.timedelta(minutes=5))
    url = f"/calls/{call.public_id}/notes/{note.public_id}/edit/"

    form = page.get(url, headers=HTMX).content.decode()
    page.post(url, note_data("<p>New words</p>", category="coaching", tags="two"), headers=HTMX)

    assert 'data-note-html="&lt;p&gt;Old &lt;b&gt;words&lt;/b&gt;&lt;/p&gt;"' in form
    assert ">\nOld words</textarea>" in form
    assert 'value="one, two"' in form
    note.refresh_from_db()
    assert (note.text, note.category, note.tags) == ("New words", "coaching", ["two"])
    assert note.was_edited


def test_deletes_a_note(page: Client, call: Call, rep: User) -> None:
    note = notes.add_note(call, "Old", author=rep)
    url = f"/calls/{call.public_id}/notes/{note.public_id}/delete/"

    response = page.post(url, headers=HTMX)

    assert call.notes.count() == 0
    assert response.status_code == 204
    assert json.loads(response.headers["HX-Trigger"])["notes:changed"] is True
    assert page.post(url, headers=HTMX).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": ""}, "Write something first."),
        ({"body": "<p></p>"}, "Write something first."),
        ({"body": "x" * 20_001}, "at most 20000 characters"),
        ({"category": "gossip"}, "Select a valid choice."),
        ({"tags": "t" * 41}, "A tag can have 40 characters at most."),
    ],
)
def test_a_wrong_note_comes_back_with_its_errors(
    changes: dict[str, str], sentence: str, page: Client, call: Call
) -> None:
    url = f"/calls/{call.public_id}/notes/new/"
    data = {**note_data("Kept words"), **changes}

    part = page.post(url, data, headers=HTMX)
    whole = page.post(url, data)

    assert (part.status_code, whole.status_code) == (422, 422)
    assert sentence in part.content.decode()
    assert sentence in whole.content.decode()
    assert "<details" in part.content.decode()
    assert " open>" in part.content.decode()
    assert call.notes.count() == 0


def test_lists_and_searches_notes(page: Client, call: Call, rep: User, manager: User) -> None:
    notes.add_note(call, "Bring a ladder", author=manager, tags=["roof"])
    notes.add_note(call, "Ask for <em>the</em> breaker", author=rep)
    url = f"/calls/{call.public_id}/notes/"

    def found(search: str) -> list[bool]:
        html = page.get(url, {"note_search": search}, headers=HTMX).content.decode()
        return ["ladder" in html, "<em>the</em> breaker" in html]

    assert found("") == [True, True]
    assert found("LADDER") == [True, False]
    assert found("roof") == [True, False]
    assert found("ray") == [False, True]
    assert found("nothing") == [False, False]


def test_a_note_is_offered_to_be_changed_to_who_may(
    call: Call, rep: User, manager: User, auditor: User, client_for: ClientFor
) -> None:
    notes.add_note(call, "By the manager", author=manager)
    url = f"/calls/{call.public_id}/notes/"

    def offered(user: User) -> bool:
        return "Edit note" in client_for(user).get(url, headers=HTMX).content.decode()

    assert [offered(user) for user in (manager, rep, auditor)] == [True, False, False]
