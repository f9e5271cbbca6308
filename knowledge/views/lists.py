"""The pages about many documents: the list, and what is used."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from knowledge import pages
from knowledge.permissions import may_manage_any
from knowledge.views.base import who
from salesdesk.lib.htmx import wants_partial


@require_GET
def document_list(request: HttpRequest) -> HttpResponse:
    shown = pages.document_list(who(request), request.GET)
    context = {**shown.context(), "may_manage": may_manage_any(who(request))}
    status = 200 if shown.is_valid else 422
    if wants_partial(request):
        return render(request, "knowledge/list.html#results", context, status=status)
    context["numbers"] = pages.Numbers.of(who(request))
    return render(request, "knowledge/list.html", context, status=status)


@require_GET
def usage(request: HttpRequest) -> HttpResponse:
    context = {"usage": pages.usage_of(who(request)), "stale_days": pages.STALE_DAYS}
    return render(request, "knowledge/usage.html", context)
