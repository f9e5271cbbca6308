"""What the views of knowledge share."""

from typing import Any

from django.urls import reverse

from knowledge.models import Document
from knowledge.permissions import businesses_where
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor
from salesdesk.accounts.permissions import who as who
from salesdesk.lib.forms import all_errors as all_errors
from salesdesk.lib.htmx import go_to as go_to


def address_of(document: Document) -> str:
    return reverse("knowledge:document", args=[document.public_id])


def business_chosen(user: Visitor, query: Any) -> dict[str, str]:
    """Initial value of a form's business: the one that the list was filtered by, or the first."""
    given = query.get("business", "")
    mine = businesses_where(user, Ability.MANAGE_KNOWLEDGE)
    chosen = mine.filter(public_id=given).first() or mine.first()
    return {"business": chosen.public_id} if chosen else {}
