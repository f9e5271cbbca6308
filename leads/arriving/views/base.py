"""What the views about arrivals share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from leads.arriving.permissions import businesses_where
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import who as who
from salesdesk.businesses.models import Business
from salesdesk.lib.htmx import go_to as go_to
from salesdesk.lib.htmx import wants_partial


def page(
    request: HttpRequest,
    business: Business,
    template: str,
    context: dict[str, Any],
    *,
    partial: str = "",
    ability: Ability = Ability.IMPORT_LEADS,
    status: int = 200,
) -> HttpResponse:
    """The page, or its ``partial`` where HTMX asks for a piece."""
    piece = f"#{partial}" if partial and wants_partial(request) else ""
    shared = {"business": business, "businesses": businesses_where(request.user, ability)}
    return render(request, f"arriving/{template}{piece}", {**shared, **context}, status=status)
