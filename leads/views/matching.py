"""Changing all leads that the filters of the list let through."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from leads import matching
from leads.lists import matching as filtered
from leads.matching import Wish
from leads.permissions import get_desk_for
from leads.views.base import go_to, refused, who
from leads.views.forms import MatchingForm
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.htmx import wants_partial

WITHOUT_PLACE = ("after", "before", "sort")


@require_http_methods(["GET", "HEAD", "POST"])
def change_matching(request: HttpRequest) -> HttpResponse:
    """The address has the filters; how many match is said before anything is done."""
    business = get_desk_for(request.user, request.GET.get("business", ""), Ability.MANAGE_LEADS)
    query = _query(request)
    leads = matching.leads_of(who(request), business, query)
    count = leads.count()
    if request.method != "POST":
        form = MatchingForm(business=business, initial={"count": count})
        return _page(request, business, query, count, form)
    form = MatchingForm(request.POST, business=business)
    if form.is_valid() and form.cleaned_data["count"] != count:
        form.add_error(None, f"Meanwhile {count} match; look at it and say it again.")
    job = _begun(request, business, query, count, form) if form.is_valid() else None
    if job is None:
        return _page(request, business, query, count, form, status=422)
    if job.is_over:
        return go_to(request, f"{reverse('leads:list')}?{query}", job.sentence)
    return redirect("leads:matching_job", job.id)


def _begun(
    request: HttpRequest, business: Business, query: str, count: int, form: MatchingForm
) -> matching.Job | None:
    values = form.cleaned_data
    wish = Wish(
        user=who(request).pk,
        business=business.pk,
        query=query,
        action=values["action"],
        owner=values["owner"].pk if values["owner"] else None,
        stage=values["stage"] or "new",
        cadence=values["cadence"].pk if values["cadence"] else None,
        reason=values["reason"],
    )
    try:
        return matching.begin(wish, count)
    except SalesdeskError as error:
        refused(form, error)
        return None


@require_GET
def matching_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """How far it has come; the page asks again until it is over."""
    job = matching.job_of(who(request), job_id)
    piece = "#progress" if wants_partial(request) else ""
    address = f"{reverse('leads:list')}?{job.wish.query}"
    context = {"job": job, "back": address}
    return render(request, f"leads/matching_job.html{piece}", context)


def _query(request: HttpRequest) -> str:
    """The filters alone, without the place in the list."""
    kept = request.GET.copy()
    for name in WITHOUT_PLACE:
        kept.pop(name, None)
    return kept.urlencode()


def _page(
    request: HttpRequest,
    business: Business,
    query: str,
    count: int,
    form: MatchingForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "business": business,
        "query": query,
        "lead_count": count,
        "most": matching.MOST,
        "filters": _filters(request, business),
        "may_export": has_ability(who(request), business.pk, Ability.IMPORT_LEADS),
    }
    return render(request, "leads/matching.html", context, status=status)


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
