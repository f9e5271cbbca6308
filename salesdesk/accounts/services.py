"""Every write about people that means something."""

from allauth.account.models import EmailAddress
from django.db import transaction

from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import Membership, User


@transaction.atomic
def add_user(
    email: str, *, name: str = "", password: str | None = None, superuser: bool = False
) -> User:
    """A user with a verified address: whoever adds people vouches for them.

    Without a password they set one through “forgot password”. Adding an address that is there
    changes nothing and returns that user.
    """
    existing = User.objects.filter(email__iexact=email).first()
    if existing is not None:
        return existing
    make = User.objects.create_superuser if superuser else User.objects.create_user
    user = make(email, password, name=name)
    vouch_for_address(user)
    return user


def vouch_for_address(user: User) -> None:
    """The user's address counts as confirmed, and any other that they had is forgotten."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def give_role(user: User, *, business_id: int, role: Role) -> Membership:
    """Make ``user`` a ``role`` of the business, in place of any role before."""
    membership, _ = Membership.objects.update_or_create(
        user=user, business_id=business_id, defaults={"role": role}
    )
    return membership
