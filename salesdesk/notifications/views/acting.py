"""Answering by a signed link, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from salesdesk.lib.errors import Conflict
from salesdesk.notifications import services
from salesdesk.notifications.enums import Via
from salesdesk.notifications.links import notification_of
from salesdesk.notifications.models import Notification


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, token: str) -> HttpResponse:
    """Asks on GET, answers on POST: mail programs follow links by themselves."""
    notification = notification_of(token)
    if request.method != "POST":
        return _page(request, notification)
    try:
        services.answer(notification, request.POST.get("action", "")[:40], via=Via.LINK)
    except Conflict as refusal:
        return _page(request, notification_of(token), refused=refusal.message, status=409)
    return _page(request, notification_of(token), is_done=True)


def _page(
    request: HttpRequest,
    notification: Notification,
    *,
    refused: str = "",
    is_done: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "notification": notification,
        "notice": notification.notice,
        "refused": refused,
        "is_done": is_done,
    }
    return render(request, "notifications/act.html", context, status=status)
