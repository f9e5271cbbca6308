"""Which role may do what, and that the database is asked in the same words."""

import pytest
from django.contrib.auth.models import AnonymousUser

from salesdesk.accounts.enums import ABILITIES, Ability, Role
from salesdesk.accounts.models import Membership, User
from salesdesk.accounts.permissions import Visitor, has_ability, require, within
from salesdesk.accounts.services import give_role
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db

MAY = {
    "admin_user": set(Ability),
    "manager": set(Ability) - {Ability.CONFIGURE},
    "rep": {
        Ability.VIEW_CALLS,
        Ability.PLACE_CALLS,
        Ability.WRITE_NOTES,
        Ability.VIEW_KNOWLEDGE,
        Ability.VIEW_LEADS,
        Ability.MANAGE_LEADS,
        Ability.WORK_LEADS,
        Ability.USE_ASSISTANT,
    },
    "auditor": {
        Ability.VIEW_CALLS,
        Ability.VIEW_KNOWLEDGE,
        Ability.VIEW_LEADS,
        Ability.VIEW_LEDGER,
        Ability.VIEW_ASSISTANT_LOG,
    },
    "outsider": set(),
    "superuser": set(Ability),
}


@pytest.mark.parametrize("somebody", MAY)
def test_each_role_may_do_just_this(
    somebody: str, business: Business, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(somebody)

    allowed = {ability for ability in Ability if has_ability(user, business.pk, ability)}
    seen = {
        ability
        for ability in Ability
        if Business.objects.filter(within(user, ability, "pk"), pk=business.pk).exists()
    }

    assert allowed == seen == MAY[somebody]


def test_every_role_is_spoken_of() -> None:
    assert set(ABILITIES) == set(Role)


def _inactive(business: Business) -> Visitor:
    user = User.objects.create_superuser("gone@example.com", is_active=False)
    give_role(user, business_id=business.pk, role=Role.ADMIN)
    return user


@pytest.mark.parametrize("make", [_inactive, lambda _: AnonymousUser()])
def test_who_is_not_active_or_not_signed_in_may_nothing(make: object, business: Business) -> None:
    assert callable(make)
    nobody: Visitor = make(business)

    for ability in Ability:
        assert not has_ability(nobody, business.pk, ability)
        assert not Business.objects.filter(within(nobody, ability, "pk")).exists()


def test_who_may_not_look_learns_nothing(business: Business, outsider: User) -> None:
    with pytest.raises(NotFound):
        require(outsider, business.pk, view=Ability.VIEW_CALLS, ability=Ability.CONTROL_CALLS)


def test_who_may_only_look_is_told_so(business: Business, auditor: User) -> None:
    require(auditor, business.pk, view=Ability.VIEW_CALLS, ability=Ability.VIEW_CALLS)
    with pytest.raises(NotAllowed, match="control calls"):
        require(auditor, business.pk, view=Ability.VIEW_CALLS, ability=Ability.CONTROL_CALLS)


def test_a_new_role_takes_the_place_of_the_old(business: Business, rep: User) -> None:
    give_role(rep, business_id=business.pk, role=Role.MANAGER)

    assert Membership.objects.get(user=rep).role == Role.MANAGER
    assert has_ability(rep, business.pk, Ability.CONTROL_CALLS)
