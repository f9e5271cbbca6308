"""How one is told, and what was sent to oneself."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from salesdesk.notifications import pages
from salesdesk.notifications.enums import Channel, NotificationKind
from salesdesk.notifications.forms import ReachForm
from salesdesk.notifications.permissions import deliveries_of
from salesdesk.notifications.preferences import choose, reach_of, set_reach
from salesdesk.notifications.views.base import go_to, who


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = who(request)
    form = ReachForm.of(reach_of(user), request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "rows": pages.kind_rows(user), "channels": Channel}
        status = 422 if form.is_bound else 200
        return render(request, "notifications/preferences.html", context, status=status)
    set_reach(user, **form.cleaned_data)
    choose(user, {kind: _chosen(request.POST, kind) for kind in NotificationKind})
    return go_to(request, reverse("notifications:preferences"), "Saved.")


def _chosen(given: QueryDict, kind: NotificationKind) -> list[Channel]:
    return [channel for channel in Channel if f"{kind.value}.{channel.value}" in given]


@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    found = Paginator(deliveries_of(who(request)), pages.PAGE_SIZE)
    context = {"page_obj": found.get_page(request.GET.get("page"))}
    return render(request, "notifications/deliveries.html", context)
