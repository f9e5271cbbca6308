"""The ledger: what was decided about each contact, and by which facts."""

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from leads.gate.filters import LedgerFilter
from leads.gate.ledger import as_csv, ledger_of, lines_of
from leads.gate.permissions import get_gate_of
from leads.views.base import all_errors, streamed, who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.htmx import wants_partial


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    business = get_gate_of(request.user, request.GET.get("business", ""))
    shown = ledger_of(business, request.GET)
    context = {
        **shown.context(),
        "business": business,
        "businesses": Business.objects.where(who(request), Ability.VIEW_LEDGER),
    }
    template = "gate/ledger.html#lines" if wants_partial(request) else "gate/ledger.html"
    return render(request, template, context, status=200 if shown.is_valid else 422)


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All lines that the filters let through, as CSV, sent while they are read."""
    business = get_gate_of(request.user, request.GET.get("business", ""))
    chosen = LedgerFilter(request.GET, queryset=lines_of(business))
    if not chosen.form.is_valid():
        raise all_errors(chosen.form)
    lines = as_csv(chosen.qs)
    name = f"dial-ledger-{timezone.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = streamed(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
