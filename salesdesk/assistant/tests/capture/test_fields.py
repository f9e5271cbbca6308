"""The fields of a business: adding, changing, moving, putting away."""

import pytest
from django.core.exceptions import ValidationError

from salesdesk.assistant.capture import fields as capture_fields
from salesdesk.assistant.capture.defaults import add_default_fields
from salesdesk.assistant.models import CaptureField
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

pytestmark = pytest.mark.django_db


def keys(business: Business) -> list[str]:
    return [field.key for field in business.capture_fields.all()]


def add(business: Business, label: str, **values: object) -> CaptureField:
    return capture_fields.add_field(business, label=label, question="And?", **values)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Age of the roof", "age_of_the_roof"),
        ("Größe (m²)", "groe_m2"),
        ("屋根", "field"),
        ("x" * 80, "x" * 36),
    ],
)
def test_a_key_is_made_from_the_label(business: Business, label: str, key: str) -> None:
    assert add(business, label).key == key
    assert add(business, label).key == f"{key}_2"


def test_a_new_field_is_asked_for_last(business: Business) -> None:
    for label in ("One", "Two", "Three"):
        add(business, label)

    assert keys(business) == ["one", "two", "three"]


def test_what_cannot_be_is_refused(business: Business) -> None:
    with pytest.raises(ValidationError):
        add(business, "Colour", type="choice", choices="red")
    assert not business.capture_fields.exists()


def test_there_is_an_end_to_it(business: Business) -> None:
    for number in range(capture_fields.MOST_FIELDS):
        add(business, f"Field {number}")

    with pytest.raises(Conflict, match="40 fields at most"):
        add(business, "One more")


@pytest.mark.parametrize(
    ("key", "by", "order"),
    [
        ("two", -1, ["two", "one", "three"]),
        ("two", 1, ["one", "three", "two"]),
        ("one", -1, ["one", "two", "three"]),
        ("three", 1, ["one", "two", "three"]),
    ],
)
def test_moving(business: Business, key: str, by: int, order: list[str]) -> None:
    for label in ("One", "Two", "Three"):
        add(business, label)
    CaptureField.objects.update(position=0)  # as an admin may leave them

    capture_fields.move_field(business.capture_fields.get(key=key), by)

    assert keys(business) == order


def test_changing_keeps_the_key_and_what_is_not_given(business: Business) -> None:
    add_default_fields(business)
    field = business.capture_fields.get(key="email")

    capture_fields.change_field(field, label="Mail", is_required=True)

    field.refresh_from_db()
    assert (field.key, field.label, field.is_required, field.reads_back) == (
        "email",
        "Mail",
        True,
        True,
    )


def test_putting_away_and_asking_again(business: Business) -> None:
    field = add(business, "One")

    capture_fields.set_active(field, False)
    assert not CaptureField.objects.get().is_active
    capture_fields.set_active(field, True)
    assert CaptureField.objects.get().is_active
