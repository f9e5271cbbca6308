"""The list of leads: looking, ticking, taking away as a file; and a new lead."""

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads import bulk
from leads.enums import LeadSource
from leads.lists import ORDERS, lead_list, matching, sort_of
from leads.models import Lead, LeadQuerySet
from leads.paging import with_key
from leads.permissions import get_desk_for
from leads.services import add_note, create_lead
from leads.views.base import address_of, all_errors, go_to, refused, streamed, who
from leads.views.forms import MOST_AT_ONCE, BulkForm, NewLeadForm
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import abilities_in
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotAllowed, SalesdeskError
from salesdesk.lib.htmx import toast, wants_partial


@require_GET
def leads(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""))
    return _list(request, business, request.GET)


def _list(
    request: HttpRequest, business: Business, query: QueryDict, *, whole: bool = False
) -> HttpResponse:
    shown = lead_list(who(request), business, query)
    abilities = abilities_in(who(request), business.pk)
    context = {
        **shown.context(),
        "may_manage": Ability.MANAGE_LEADS in abilities,
        "may_export": Ability.IMPORT_LEADS in abilities,
        "businesses": Business.objects.where(who(request), Ability.VIEW_LEADS).order_by("name"),
        "bulk_form": BulkForm(business=business, auto_id="bulk_%s"),
    }
    piece = "#results" if wants_partial(request) and not whole else ""
    status = 200 if shown.is_valid else 422
    return render(request, f"leads/list.html{piece}", context, status=status)


@require_POST
def change_several(request: HttpRequest) -> HttpResponse:
    """Whatever the form names is done to each of the leads that were ticked."""
    query = QueryDict(request.POST.get("query", ""))
    business = get_desk_for(request.user, query.get("business", ""), Ability.MANAGE_LEADS)
    form = BulkForm(request.POST, business=business)
    if not form.is_valid():
        raise all_errors(form)
    done = bulk.change_all(_ticked(request, business), form.wish(), by=who(request))
    response = _list(request, business, query, whole=not wants_partial(request))
    return toast(response, str(done), done.level)


def _ticked(request: HttpRequest, business: Business) -> LeadQuerySet:
    ids = request.POST.getlist("lead")
    if not ids:
        raise InvalidInput("Tick at least one lead.")
    if len(ids) > MOST_AT_ONCE:
        raise InvalidInput(f"{MOST_AT_ONCE} leads at a time at most.")
    return Lead.objects.of(business).filter(public_id__in=ids).select_related("business", "owner")


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All leads that the filters let through, as CSV."""
    business = get_desk_for(request.user, request.GET.get("business", ""))
    if Ability.IMPORT_LEADS not in abilities_in(who(request), business.pk):
        raise NotAllowed("Your role does not allow you to take leads away as a file.")
    chosen = matching(who(request), business, request.GET)
    if not chosen.form.is_valid():
        raise all_errors(chosen.form)
    keyed = with_key(chosen.qs, ORDERS[sort_of(request.GET)])
    lines = bulk.as_csv(keyed.order_by("-sort_key", "pk"))
    name = f"leads-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = streamed(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""), Ability.MANAGE_LEADS)
    if request.method != "POST":
        form = NewLeadForm(business=business, initial={"owner": who(request).pk})
        return _new_page(request, business, form)
    form = NewLeadForm(request.POST, business=business)
    lead = _created(request, business, form) if form.is_valid() else None
    if lead is None:
        return _new_page(request, business, form, status=422)
    return go_to(request, address_of(lead), f"{lead} is a lead now.")


def _created(request: HttpRequest, business: Business, form: NewLeadForm) -> Lead | None:
    """The new lead; ``None`` when it is refused, and then the form says why."""
    values, by = form.values(), who(request)
    source, note = LeadSource(values.pop("source")), values.pop("note")
    try:
        lead = create_lead(business, source=source, by=by, **values)
        if note.strip():
            add_note(lead, note, by=by)
    except SalesdeskError as error:
        refused(form, error)
        return None
    return lead


def _new_page(
    request: HttpRequest, business: Business, form: NewLeadForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "business": business}
    return render(request, "leads/new.html", context, status=status)
