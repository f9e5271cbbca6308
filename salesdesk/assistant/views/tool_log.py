"""The log of tools: the list, and one entry in full."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from salesdesk.accounts.enums import Ability
from salesdesk.assistant.forms.metrics import ToolLogForm
from salesdesk.assistant.metrics.tool_log import MOST_SEARCHED, LogPage
from salesdesk.assistant.models import ToolInvocation
from salesdesk.assistant.permissions import businesses_where, get_business_for, get_invocation_for
from salesdesk.assistant.views.base import who
from salesdesk.lib.htmx import wants_partial


@require_GET
def tool_log(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    form = ToolLogForm(request.GET)
    context = {
        "business": business,
        "businesses": list(businesses_where(who(request), Ability.VIEW_ASSISTANT_LOG)),
        "form": form,
        "is_valid": form.is_valid(),
        "most_searched": MOST_SEARCHED,
    }
    if form.is_valid():
        visible = ToolInvocation.objects.filter(business=business)
        before = request.GET.get("before", "")
        context["shown"] = LogPage(visible, form.wanted(business.tz), before=before)
        context["is_later_page"] = bool(before)
    template = "assistant/metrics/log.html" + ("#entries" if wants_partial(request) else "")
    return render(request, template, context, status=200 if form.is_valid() else 422)


@require_GET
def invocation(request: HttpRequest, key: int) -> HttpResponse:
    entry = get_invocation_for(request.user, key)
    context = {"entry": entry, "business": entry.business}
    return render(request, "assistant/metrics/invocation.html", context)
