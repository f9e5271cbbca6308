"""Loaders: what a view about leads begins with, so that nobody can forget to ask who looks."""

from leads.models import Account, Appointment, Contact, Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require, within
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotFound


def get_lead_for(user: Visitor, public_id: str, ability: Ability = Ability.VIEW_LEADS) -> Lead:
    """The lead, if ``user`` may do this with it.

    Raises ``NotFound`` when it is not there or not for this user, ``NotAllowed`` when the user
    may only look.
    """
    visible = Lead.objects.where(user, Ability.VIEW_LEADS).select_related("business", "owner")
    lead = visible.filter(public_id=public_id).first()
    if lead is None:
        raise NotFound("There is no such lead, or not for you.")
    require(user, lead.business_id, view=Ability.VIEW_LEADS, ability=ability)
    return lead


def get_account_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Account:
    """The account; raises as :func:`get_lead_for` does."""
    visible = Account.objects.where(user, Ability.VIEW_LEADS).select_related("business")
    account = visible.filter(public_id=public_id).first()
    if account is None:
        raise NotFound("There is no such account, or not for you.")
    require(user, account.business_id, view=Ability.VIEW_LEADS, ability=ability)
    return account


def get_contact_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Contact:
    """Somebody around a lead or an account; raises as :func:`get_lead_for` does."""
    visible = Contact.objects.filter(within(user, Ability.VIEW_LEADS))
    known = visible.select_related("business", "lead__business", "account__business")
    contact = known.filter(public_id=public_id).first()
    if contact is None:
        raise NotFound("There is nobody like that, or not for you.")
    require(user, contact.business_id, view=Ability.VIEW_LEADS, ability=ability)
    return contact


def get_appointment_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Appointment:
    """The appointment; raises as :func:`get_lead_for` does."""
    visible = Appointment.objects.where(user, Ability.VIEW_LEADS)
    known = visible.select_related("business", "calendar", "lead")
    appointment = known.filter(public_id=public_id).first()
    if appointment is None:
        raise NotFound("There is no such appointment, or not for you.")
    require(user, appointment.business_id, view=Ability.VIEW_LEADS, ability=ability)
    return appointment


def get_leads_of(
    user: Visitor, business_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Business:
    """The business whose leads are meant; without an id, the only one the user belongs to.

    Raises ``InvalidInput`` when there are several, else as :func:`get_lead_for` does.
    """
    known = Business.objects.where(user, Ability.VIEW_LEADS).order_by("name", "pk")
    chosen = list((known.filter(public_id=business_id) if business_id else known)[:2])
    if not chosen:
        raise NotFound("There is no such business, or not for you.")
    if len(chosen) > 1:
        raise InvalidInput("You belong to several businesses: say which one is meant.")
    require(user, chosen[0].pk, view=Ability.VIEW_LEADS, ability=ability)
    return chosen[0]


def get_desk_for(
    user: Visitor, business_id: str = "", ability: Ability = Ability.VIEW_LEADS
) -> Business:
    """The business whose leads a page shows; without an id, the user's first by its name.

    Raises as :func:`get_lead_for` does.
    """
    known = Business.objects.where(user, Ability.VIEW_LEADS).order_by("name", "pk")
    business = (known.filter(public_id=business_id) if business_id else known).first()
    if business is None:
        raise NotFound("There is no such business, or not for you.")
    require(user, business.pk, view=Ability.VIEW_LEADS, ability=ability)
    return business
