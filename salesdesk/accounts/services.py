"""Every write about people that means something."""

from allauth.account.models import EmailAddress
from django.db import transaction

from salesdesk.accounts.enums import Ability, Availability, CallBy, Role
from salesdesk.accounts.models import Membership, Rep, User
from salesdesk.lib.errors import NotAllowed
from salesdesk.lib.phone import to_e164


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


def rep_of(user: User, business_id: int) -> Rep:
    """How ``user`` is reached as a rep of the business; made at the first asking.

    Raises ``NotAllowed`` for who is no member of it that works leads.
    """
    memberships = Membership.objects.granting(Ability.WORK_LEADS)
    membership = memberships.filter(user=user, business_id=business_id).first()
    if membership is None:
        raise NotAllowed("Only members of the business who work leads can take them.")
    rep, _ = Rep.objects.get_or_create(membership=membership)
    return rep


def change_rep(rep: Rep, *, phone: str, call_by: CallBy, sounds: bool = True) -> Rep:
    """Set how the rep is reached. Raises ``InvalidInput`` for what is no phone number."""
    rep.phone = to_e164(phone) if phone.strip() else ""
    rep.call_by, rep.sounds = call_by, sounds
    rep.save(update_fields=["phone", "call_by", "sounds", "updated_at"])
    return rep


def set_availability(rep: Rep, availability: Availability) -> None:
    """Say whether the rep takes work now."""
    Rep.objects.filter(pk=rep.pk).update(availability=availability)
    rep.availability = availability
