"""Changing all leads that the filters of the list let through."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from leads.enums import BulkStatus
from leads.lists import matching as filtered
from leads.matching import services
from leads.matching.audience import leads_of
from leads.matching.permissions import get_change_for
from leads.matching.services import Told
from leads.models import BulkChange
from leads.permissions import get_desk_for
from leads.views.base import refused, who
from leads.views.forms import MatchingForm
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound, SalesdeskError
from salesdesk.lib.htmx import wants_partial

WITHOUT_PLACE = ("after", "before", "sort")
LEVELS = {"success": messages.SUCCESS, "warning": messages.WARNING, "error": messages.ERROR}
ASK_NO_MORE = 286
"""What ends htmx's polling (https://htmx.org/docs/#polling)."""


@require_http_methods(["GET", "HEAD", "POST"])
def change_matching(request: HttpRequest) -> HttpResponse:
    """The address has the filters; how many match is said before anything is done."""
    business = get_desk_for(request.user, request.GET.get("business", ""), Ability.MANAGE_LEADS)
    if request.method != "POST":
        return _page(request, business)
    form = MatchingForm(request.POST, business=business)
    change = _begun(request, business, form) if form.is_valid() else None
    if change is None:
        return _page(request, business, form)
    if change.status != BulkStatus.DONE:
        return redirect("leads:bulk_change", change.public_id)
    told = Told(change)
    messages.add_message(request, LEVELS[told.level], told.sentence)
    return redirect(_list_of(change))


def _begun(request: HttpRequest, business: Business, form: MatchingForm) -> BulkChange | None:
    """``None`` when it is refused, and then the form says why."""
    seen = form.cleaned_data["count"]
    try:
        return services.begin(business, _query(request), form.wish(), seen=seen, by=who(request))
    except SalesdeskError as error:
        refused(form, error)
        return None


@require_GET
def bulk_change(request: HttpRequest, change_id: str) -> HttpResponse:
    """How far it has come; the page asks again until it is over, or is not there for it."""
    is_piece = wants_partial(request)
    try:
        change = get_change_for(request.user, change_id)
    except NotFound as error:
        if not is_piece:
            raise
        told = {"gone": error.message}
        return render(request, "leads/matching/change.html#gone", told, status=ASK_NO_MORE)
    context = {"told": Told(change), "back": _list_of(change)}
    piece = "#progress" if is_piece else ""
    return render(request, f"leads/matching/change.html{piece}", context)


def _list_of(change: BulkChange) -> str:
    return f"{reverse('leads:list')}?{change.query}"


def _query(request: HttpRequest) -> str:
    """The filters alone, without the place in the list."""
    kept = request.GET.copy()
    for name in WITHOUT_PLACE:
        kept.pop(name, None)
    return kept.urlencode()


def _page(
    request: HttpRequest, business: Business, posted: MatchingForm | None = None
) -> HttpResponse:
    """With what can be done; ``posted`` was refused."""
    query = _query(request)
    count = leads_of(who(request), business, query).count()
    context = {
        "forms": MatchingForm.each(business, count, posted),
        "posted": posted,
        "business": business,
        "query": query,
        "lead_count": count,
        "most": services.MOST,
        "is_ready": 0 < count <= services.MOST,
        "filters": _filters(request, business),
        "lately": services.lately(who(request), business),
        "may_export": has_ability(who(request), business.pk, Ability.IMPORT_LEADS),
    }
    status = 422 if posted else 200
    return render(request, "leads/matching/matching.html", context, status=status)


def _filters(request: HttpRequest, business: Business) -> list[tuple[str, str]]:
    """What is filtered by, in words."""
    form = filtered(who(request), business, request.GET).form
    told = ((form[name], form.cleaned_data.get(name)) for name in form.fields if form.is_valid())
    return [
        (str(bound.label), _in_words(bound, value))
        for bound, value in told
        if value and bound.name not in ("business", "sort")
    ]


def _in_words(bound: object, value: object) -> str:
    choices = dict(getattr(getattr(bound, "field", None), "choices", ()) or ())
    return str(choices.get(value, value))
