"""Loaders: what a view about arrivals begins with, so that nobody can forget to ask who looks."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from leads.models import (
    InboxMessage,
    LeadImport,
    Mailbox,
    MailRule,
    WebForm,
    WebhookEndpoint,
)
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require, within
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound

M = TypeVar("M", bound=Model)


def businesses_where(user: Visitor, ability: Ability) -> QuerySet[Business]:
    return Business.objects.where(user, ability).order_by("name", "pk")


def get_business_for(
    user: Visitor, business_id: str, ability: Ability = Ability.IMPORT_LEADS
) -> Business:
    """The business that is meant; without ``business_id``, the user's first.

    Raises ``NotFound`` for who belongs to none, ``NotAllowed`` for who may not do this there.
    """
    known = businesses_where(user, Ability.VIEW_LEADS)
    business = (known.filter(public_id=business_id) if business_id else known).first()
    if business is None:
        raise NotFound("There is no such page, or not for you.")
    require(user, business.pk, view=Ability.VIEW_LEADS, ability=ability)
    return business


def get_import_for(user: Visitor, public_id: str) -> LeadImport:
    """Raises ``NotFound``, or ``NotAllowed`` for who may only look at leads."""
    imports = LeadImport.objects.select_related("business", "by")
    return _one(user, imports, public_id, Ability.IMPORT_LEADS)


def get_form_for(user: Visitor, public_id: str) -> WebForm:
    """Raises as :func:`get_import_for` does."""
    forms = WebForm.objects.select_related("business")
    return _one(user, forms, public_id, Ability.IMPORT_LEADS)


def get_endpoint_for(user: Visitor, public_id: str) -> WebhookEndpoint:
    """Raises as :func:`get_import_for` does; endpoints have secrets, and are for admins."""
    endpoints = WebhookEndpoint.objects.select_related("business")
    return _one(user, endpoints, public_id, Ability.CONFIGURE)


def get_mailbox_for(user: Visitor, public_id: str) -> Mailbox:
    """Raises as :func:`get_import_for` does; mailboxes have passwords, and are for admins."""
    return _one(user, Mailbox.objects.select_related("business"), public_id, Ability.CONFIGURE)


def get_message_for(user: Visitor, public_id: str) -> InboxMessage:
    """Raises as :func:`get_import_for` does."""
    messages = InboxMessage.objects.select_related("business", "mailbox", "lead", "settled_by")
    return _one(user, messages, public_id, Ability.IMPORT_LEADS)


def get_rule_for(user: Visitor, key: int) -> MailRule:
    """Raises as :func:`get_import_for` does."""
    visible = MailRule.objects.filter(within(user, Ability.VIEW_LEADS)).filter(pk=key)
    rule = visible.select_related("business").first()
    if rule is None:
        raise NotFound("There is no such rule, or not for you.")
    require(user, rule.business_id, view=Ability.VIEW_LEADS, ability=Ability.IMPORT_LEADS)
    return rule


def _one(user: Visitor, rows: QuerySet[M], public_id: str, ability: Ability) -> M:
    found = rows.filter(within(user, Ability.VIEW_LEADS)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such page, or not for you.")
    business_id: int = getattr(found, "business_id")  # noqa: B009  # each of them has one
    require(user, business_id, view=Ability.VIEW_LEADS, ability=ability)
    return found
