"""The page of the fields: who may see and change them, its forms, and trying one out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from salesdesk.accounts.models import User
from salesdesk.assistant.models import CaptureField
from salesdesk.assistant.tests.capturing import with_fields
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}
LIST = "/settings/capture/"
GOOD = {"label": "Roof area", "question": "How large is the roof?", "type": "number"}
CHANGES = [
    ("new/", GOOD),
    ("usual/", {}),
    ("budget/edit/", GOOD),
    ("budget/move/", {"to": "up"}),
    ("budget/active/", {"active": "no"}),
]


@pytest.fixture
def fields(business: Business) -> Business:
    return with_fields(business)


@pytest.fixture
def page(manager: User, client_for: ClientFor) -> Client:
    return client_for(manager)


def keys(business: Business) -> list[str]:
    return [field.key for field in business.capture_fields.all()]


def field(key: str) -> CaptureField:
    return CaptureField.objects.get(key=key)


# ---------------------------------------------------------------- who may what


@pytest.mark.parametrize(
    ("member", "status"),
    [
        ("admin_user", 200),
        ("manager", 200),
        ("superuser", 200),
        ("auditor", 200),
        ("rep", 404),
        ("outsider", 404),
        (None, 302),
    ],
)
def test_who_sees_the_fields(
    member: str | None,
    status: int,
    fields: Business,
    request: pytest.FixtureRequest,
    client_for: ClientFor,
) -> None:
    client = client_for(request.getfixturevalue(member) if member else None)
    address = f"{LIST}?business={fields.public_id}"

    assert client.get(address).status_code == status
    tried = client.post(
        f"{LIST}try/?business={fields.public_id}", {"field": "age", "sentence": "ten"}
    )
    assert tried.status_code == status


@pytest.mark.parametrize(
    ("member", "status"),
    [("auditor", 403), ("rep", 404), ("outsider", 404), (None, 302)],
)
@pytest.mark.parametrize(("path", "given"), CHANGES)
def test_who_may_not_change_them(
    member: str | None,
    status: int,
    path: str,
    given: dict[str, str],
    fields: Business,
    request: pytest.FixtureRequest,
    client_for: ClientFor,
) -> None:
    client = client_for(request.getfixturevalue(member) if member else None)
    before = list(CaptureField.objects.order_by("pk").values())

    response = client.post(f"{LIST}{path}?business={fields.public_id}", given)

    assert response.status_code == status
    assert list(CaptureField.objects.order_by("pk").values()) == before


def test_who_only_looks_is_shown_no_buttons(
    fields: Business, auditor: User, client_for: ClientFor
) -> None:
    html = client_for(auditor).get(LIST).content.decode()

    assert "Budget" in html
    assert "Edit Budget" not in html
    assert "Add a field" not in html


@pytest.mark.parametrize("path", ["new/", "budget/edit/"])
def test_getting_a_form_changes_nothing(path: str, fields: Business, page: Client) -> None:
    assert page.get(LIST + path).status_code == 200
    assert len(keys(fields)) == 9


def test_a_field_of_another_business_is_not_there(
    fields: Business, other_business: Business, page: Client
) -> None:
    CaptureField.objects.create(business=other_business, key="theirs", label="T", question="T?")

    assert page.get(f"{LIST}theirs/edit/").status_code == 404
    assert page.post(f"{LIST}theirs/active/", {"active": "no"}).status_code == 404
    assert field("theirs").is_active


# ---------------------------------------------------------------- the list


def test_the_list_says_what_each_field_is(fields: Business, page: Client) -> None:
    CaptureField.objects.filter(key="age").update(is_active=False)
    html = page.get(LIST).content.decode()

    assert html.index("field-name") < html.index("field-budget") < html.index("field-address")
    assert "“Roughly how old is the house?”" in html
    assert "from 0 · up to 200" in html.replace("\n", "")
    assert html.count("Put away") == 1
    assert "heating and cooling (heat pump" in html


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries(
    number: int, fields: Business, page: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CaptureField.objects.filter(position__gte=number).delete()

    with django_assert_num_queries(8):
        page.get(LIST)


def test_a_business_without_fields_begins_with_the_usual_ones(
    business: Business, page: Client
) -> None:
    assert b"Nothing is asked for" in page.get(LIST).content

    response = page.post(f"{LIST}usual/", follow=True)

    assert b"These are the usual fields" in response.content
    assert keys(business) == ["name", "topic", "email", "phone"]
    assert page.post(f"{LIST}usual/").status_code == 409


def test_moving_answers_with_the_list(fields: Business, page: Client) -> None:
    response = page.post(f"{LIST}interest/move/", {"to": "up"}, headers=HTMX)

    html = response.content.decode()
    assert html.lstrip().startswith('<ol id="capture-fields"')
    assert html.index("field-interest") < html.index("field-name")
    assert keys(fields)[:2] == ["interest", "name"]
    assert page.post(f"{LIST}interest/move/", {"to": "left"}).status_code == 422


def test_putting_away_and_asking_again(fields: Business, page: Client) -> None:
    html = page.post(f"{LIST}age/active/", {"active": "no"}, headers=HTMX).content.decode()
    assert "Ask for Age of the house or roof (years) again" in html
    assert not field("age").is_active

    response = page.post(f"{LIST}age/active/", {"active": "yes"}, follow=True)
    assert b"is asked for again" in response.content
    assert field("age").is_active


# ---------------------------------------------------------------- the form


def test_adding(fields: Business, page: Client) -> None:
    given = {**GOOD, "smallest": "10", "largest": "5000", "is_required": "on"}

    response = page.post(f"{LIST}new/", given)

    assert response.headers["Location"] == f"{LIST}?business={fields.public_id}"
    added = field("roof_area")
    assert keys(fields)[-1] == "roof_area"
    assert (added.type, added.smallest, added.largest) == ("number", 10, 5000)
    assert (added.is_required, added.reads_back, added.is_active) == (True, False, True)


def test_editing_begins_with_what_is_there(fields: Business, page: Client) -> None:
    form = page.get(f"{LIST}interest/edit/").context["form"]
    assert form.initial["choices"].splitlines()[2] == "roof (roofing, shingles)"

    given = {
        **form.initial,
        "label": "Wants",
        "choices": "solar\n\n roof \nsolar",
        "is_required": "",
    }
    page.post(f"{LIST}interest/edit/", {k: v for k, v in given.items() if v is not None})

    changed = field("interest")
    assert (changed.label, changed.choices, changed.is_required) == (
        "Wants",
        ["solar", "roof"],
        False,
    )


@pytest.mark.parametrize(
    ("given", "name", "error"),
    [
        ({"label": ""}, "label", "This field is required."),
        ({"question": "x" * 201}, "question", "at most 200 characters"),
        ({"type": "colour"}, "type", "Select a valid choice"),
        ({"type": "choice", "choices": "solar"}, "choices", "at least two"),
        ({"type": "choice", "choices": "a\n" + "x" * 200}, "choices", "160 characters at most"),
        ({"smallest": "9", "largest": "3"}, "largest", "less than the smallest"),
        ({"smallest": "nine"}, "smallest", "Enter a number."),
        ({"lead_field": "email"}, "lead_field", "of the type e-mail address"),
        ({"type": "email", "lead_field": "first_name"}, "lead_field", "of the type text"),
        ({"lead_field": "owner"}, "lead_field", "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("path", ["new/", "budget/edit/"])
def test_a_form_with_errors_comes_back_with_what_was_written(
    path: str, given: dict[str, Any], name: str, error: str, fields: Business, page: Client
) -> None:
    response = page.post(LIST + path, {**GOOD, **given})

    assert response.status_code == 422
    assert error in " ".join(response.context["form"].errors[name])
    assert b"Roof area" in response.content or given.get("label") == ""
    assert not CaptureField.objects.filter(label="Roof area").exists()


def test_what_does_not_belong_to_the_type_is_dropped(fields: Business, page: Client) -> None:
    page.post(f"{LIST}new/", {**GOOD, "type": "text", "smallest": "1", "choices": "a\nb"})

    added = field("roof_area")
    assert (added.choices, added.smallest, added.largest) == ([], None, None)


def test_too_many_fields_are_refused_on_the_form(
    fields: Business, page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salesdesk.assistant.capture.fields.MOST_FIELDS", 9)

    response = page.post(f"{LIST}new/", GOOD)

    assert response.status_code == 409
    assert b"9 fields at most" in response.content
    assert b"Roof area" in response.content


# ---------------------------------------------------------------- trying


def test_trying_says_how_a_sentence_is_read(fields: Business, page: Client) -> None:
    given = {"field": "budget", "sentence": "<b>Around</b> eighteen thousand dollars"}

    html = page.post(f"{LIST}try/", given, headers=HTMX).content.decode()

    assert html.lstrip().startswith('<form id="try-field"')
    assert "$18,000" in html
    assert "“eighteen thousand dollars”" in html
    assert "&lt;b&gt;Around" in html


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_trying_says_why_it_is_not_understood(
    headers: dict[str, str], fields: Business, page: Client
) -> None:
    given = {"field": "budget", "sentence": "quite a lot"}

    response = page.post(f"{LIST}try/", given, headers=headers)

    assert response.status_code == 200
    assert b"I did not catch an amount." in response.content
    assert b"quite a lot" in response.content


@pytest.mark.parametrize(
    "given", [{}, {"field": "budget"}, {"field": "nothing", "sentence": "a"}, {"sentence": "a"}]
)
def test_trying_needs_a_field_and_a_sentence(
    given: dict[str, str], fields: Business, page: Client
) -> None:
    assert page.post(f"{LIST}try/", given).status_code == 422
