"""The pages of notifications. All but the signed link are for who is signed in."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from salesdesk.notifications.views import acting, channels, lists, preferences


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


ONE = "notifications/<slug:notification_id>"

app_name = "notifications"
urlpatterns: list[URLPattern] = [
    page("notifications/", lists.notification_list, "list"),
    page("notifications/bulk/", lists.bulk, "bulk"),
    page("notifications/preferences/", preferences.preferences, "preferences"),
    page("notifications/deliveries/", preferences.deliveries, "deliveries"),
    path("notifications/act/<str:token>/", acting.act, name="act"),
    page(f"{ONE}/open/", lists.open_it, "open"),
    page(f"{ONE}/read/", lists.read, "read"),
    page(f"{ONE}/answer/", lists.answer, "answer"),
    page(f"{ONE}/delete/", lists.delete, "delete"),
    page("settings/notifications/", channels.channels, "channels"),
    page("settings/notifications/slack/", channels.connect_slack, "connect_slack"),
    page("settings/notifications/slack/remove/", channels.disconnect_slack, "disconnect_slack"),
    page("settings/notifications/test/<slug:channel>/", channels.test, "test"),
    page("settings/notifications/deliveries/<slug:delivery_id>/retry/", channels.retry, "retry"),
]
