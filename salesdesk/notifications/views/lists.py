"""One's notifications: the list, and what is done to them there."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.htmx import toast, wants_partial
from salesdesk.notifications import pages, services
from salesdesk.notifications.enums import Via
from salesdesk.notifications.models import Notification
from salesdesk.notifications.permissions import get_notification_for, notifications_of
from salesdesk.notifications.views.base import go_to, who

MOST_CHOSEN = 100


@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    return _list(request, request.GET)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """What was ticked is read or deleted; “all” is everything that the filters show."""
    done = request.POST.get("do", "")
    if done not in ("read", "delete", "read-all"):
        raise InvalidInput("Say what is to be done.")
    if done == "read-all":
        count = services.read_all(who(request), notifications_of(who(request)))
        return _after(request, f"{_counted(count)} marked as read.")
    keys = request.POST.getlist("id")[:MOST_CHOSEN]
    chosen = notifications_of(who(request)).filter(public_id__in=keys).order_by()
    if not keys:
        raise InvalidInput("Tick the notifications first.")
    if done == "delete":
        count = services.delete_all(who(request), chosen)
        return _after(request, f"{_counted(count)} deleted.")
    count = services.read_all(who(request), chosen)
    return _after(request, f"{_counted(count)} marked as read.")


@require_POST
def open_it(request: HttpRequest, notification_id: str) -> HttpResponse:
    """Reads it, and leads to what it is about."""
    notification = get_notification_for(request.user, notification_id)
    services.mark_read(notification)
    return go_to(request, notification.notice.url or reverse("notifications:list"))


@require_POST
def read(request: HttpRequest, notification_id: str) -> HttpResponse:
    notification = get_notification_for(request.user, notification_id)
    services.mark_read(notification, is_read=request.POST.get("unread") != "true")
    return _row(request, notification, "")


@require_POST
def answer(request: HttpRequest, notification_id: str) -> HttpResponse:
    notification = get_notification_for(request.user, notification_id)
    services.answer(notification, request.POST.get("action", "")[:40], via=Via.APP)
    return _row(request, notification, "Done.")


@require_POST
def delete(request: HttpRequest, notification_id: str) -> HttpResponse:
    services.delete(get_notification_for(request.user, notification_id))
    if wants_partial(request):
        return toast(HttpResponse(), "Deleted.")
    return go_to(request, reverse("notifications:list"), "Deleted.")


def _counted(count: int) -> str:
    return f"{count} notification{'' if count == 1 else 's'}"


def _row(request: HttpRequest, notification: Notification, sentence: str) -> HttpResponse:
    """The row as it is now; without HTMX the list."""
    if not wants_partial(request):
        return go_to(request, reverse("notifications:list"), sentence)
    fresh = get_notification_for(request.user, notification.public_id)
    return render(request, "notifications/list.html#row", {"notification": fresh})


def _after(request: HttpRequest, sentence: str) -> HttpResponse:
    if not wants_partial(request):
        return go_to(request, reverse("notifications:list"), sentence)
    return toast(_list(request, QueryDict(request.POST.get("query", "")[:500])), sentence)


def _list(request: HttpRequest, query: QueryDict) -> HttpResponse:
    shown = pages.notification_list(who(request), query)
    status = 200 if shown.is_valid else 422
    piece = "#results" if wants_partial(request) else ""
    return render(request, f"notifications/list.html{piece}", shown.context(), status=status)
