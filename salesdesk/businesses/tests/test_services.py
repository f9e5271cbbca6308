"""What is written about businesses."""

import pytest
from django.core.exceptions import ValidationError

from conftest import POSTAL_ADDRESS
from salesdesk.businesses import demo
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business, set_postal_address

pytestmark = pytest.mark.django_db


def stored(business: Business) -> str:
    return Business.objects.get(pk=business.pk).postal_address


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  PO Box  12 \r\n\r\nSpringfield, IL 62701\n", "PO Box 12\nSpringfield, IL 62701"),
        ("東京都千代田区千代田1-1", "東京都千代田区千代田1-1"),
    ],
)
def test_a_postal_address_is_kept_in_lines(business: Business, given: str, kept: str) -> None:
    set_postal_address(business, given)

    assert stored(business) == kept
    assert create_business("Another", prompt="Hi.", postal_address=given).postal_address == kept


def test_nothing_takes_the_postal_address_away(business: Business) -> None:
    set_postal_address(business, " \n ")

    assert stored(business) == ""


@pytest.mark.parametrize(
    "given", ["n/a", "12345", "Main Street", "desk1@bright.example", "1 Elm Road, " * 30]
)
def test_what_cannot_be_a_postal_address_is_refused(business: Business, given: str) -> None:
    with pytest.raises(ValidationError):
        set_postal_address(business, given)
    with pytest.raises(ValidationError):
        create_business("Another", prompt="Hi.", postal_address=given)

    assert stored(business) == POSTAL_ADDRESS


def test_the_demo_business_has_a_postal_address_however_old_it_is() -> None:
    demo.load_demo("a long password")
    loaded = Business.objects.get()
    assert loaded.postal_address == demo.POSTAL_ADDRESS

    Business.objects.update(postal_address="")
    demo.load_demo("a long password")
    assert stored(loaded) == demo.POSTAL_ADDRESS

    set_postal_address(loaded, POSTAL_ADDRESS)
    demo.load_demo("a long password")
    assert stored(loaded) == POSTAL_ADDRESS
