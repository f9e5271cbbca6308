"""Adding people."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user

pytestmark = pytest.mark.django_db


def test_whoever_is_added_can_sign_in_at_once() -> None:
    user = add_user("Ann@Example.COM", name="Ann", password="correct horse battery")

    assert user.email == "ann@example.com"
    assert user.check_password("correct horse battery")
    address = EmailAddress.objects.get()
    assert (address.user, address.email, address.verified) == (user, user.email, True)
    assert not user.is_staff


def test_adding_somebody_twice_changes_nothing() -> None:
    first = add_user("ann@example.com", name="Ann", password="correct horse battery")

    again = add_user("ANN@example.com", name="Anna", password="other", superuser=True)

    assert again == first
    first.refresh_from_db()
    assert (first.name, first.is_superuser) == ("Ann", False)
    assert first.check_password("correct horse battery")


def test_without_a_password_nobody_signs_in() -> None:
    assert not add_user("ann@example.com").has_usable_password()


def test_addresses_are_one_whatever_their_case() -> None:
    add_user("ann@example.com")

    with pytest.raises(IntegrityError):
        User.objects.create(email="ANN@example.com")


def test_people_are_called_by_name_or_address() -> None:
    ann = User(email="ann@example.com", name="Ann Lee")
    ben = User(email="ben@example.com")

    assert (str(ann), ann.get_short_name()) == ("Ann Lee", "Ann")
    assert (str(ben), ben.get_short_name()) == ("ben@example.com", "ben")
