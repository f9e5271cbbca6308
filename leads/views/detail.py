"""The page of one lead, and its timeline."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from leads.lead_page import lead_context, timeline_context, who_context
from leads.models import Merge
from leads.permissions import get_lead_for
from leads.views.base import address_of, who
from salesdesk.lib.errors import InvalidInput, NotFound
from salesdesk.lib.htmx import wants_partial


@require_GET
def lead(request: HttpRequest, lead_id: str) -> HttpResponse:
    """A lead that became part of another one leads there."""
    try:
        shown = get_lead_for(request.user, lead_id)
    except NotFound:
        return redirect(_merged_into(request, lead_id))
    if wants_partial(request):
        return render(request, "leads/lead.html#who", who_context(who(request), shown))
    return render(request, "leads/lead.html", lead_context(who(request), shown))


def _merged_into(request: HttpRequest, lead_id: str) -> str:
    merges = Merge.objects.filter(absorbed_id=lead_id, undone_at=None, kept__isnull=False)
    merge = merges.select_related("kept").first()
    if merge is None or merge.kept is None:
        raise NotFound("There is no such lead, or not for you.")
    return address_of(get_lead_for(request.user, merge.kept.public_id))


@require_GET
def timeline(request: HttpRequest, lead_id: str) -> HttpResponse:
    """What happened before ``?before=``, or the newest."""
    shown = get_lead_for(request.user, lead_id)
    before = _moment(request.GET.get("before", ""))
    context = timeline_context(who(request), shown, before)
    if not wants_partial(request):
        return redirect(address_of(shown))
    piece = "entries" if before else "timeline"
    return render(request, f"leads/lead.html#{piece}", context)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("This is no moment.") from None
    if moment.tzinfo is None:
        raise InvalidInput("This moment lacks its time zone.")
    return moment


@require_GET
def why(request: HttpRequest, lead_id: str) -> HttpResponse:
    """What speaks for a call now, and how likely the lead is won."""
    context = {"lead": get_lead_for(request.user, lead_id)}
    return render(request, "leads/_why.html", context)
