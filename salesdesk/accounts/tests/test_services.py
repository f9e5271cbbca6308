"""Adding people."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from salesdesk.accounts.enums import Availability, CallBy
from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user, change_rep, rep_of, set_availability
from salesdesk.lib.errors import InvalidInput, NotAllowed

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


def test_a_member_who_works_leads_is_reached_by_a_number_of_their_own(rep: User) -> None:
    business_id = rep.memberships.get().business_id

    change_rep(rep_of(rep, business_id), phone="(415) 555-0123", call_by=CallBy.TEL, sounds=False)
    set_availability(rep_of(rep, business_id), Availability.AVAILABLE)

    kept = rep_of(rep, business_id)
    assert (kept.phone, kept.call_by, kept.sounds) == ("+14155550123", "tel", False)
    assert kept.availability == Availability.AVAILABLE


@pytest.mark.parametrize("member", ["auditor", "outsider", "superuser"])
def test_nobody_else_is_a_rep_of_the_business(
    member: str, rep: User, request: pytest.FixtureRequest
) -> None:
    business_id = rep.memberships.get().business_id

    with pytest.raises(NotAllowed):
        rep_of(request.getfixturevalue(member), business_id)


def test_what_is_no_number_is_refused(rep: User) -> None:
    profile = rep_of(rep, rep.memberships.get().business_id)

    with pytest.raises(InvalidInput):
        change_rep(profile, phone="12", call_by=CallBy.BRIDGE)

    profile.refresh_from_db()
    assert profile.phone == ""
