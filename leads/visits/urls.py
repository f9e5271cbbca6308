"""The pages of appointments: for who is signed in, and for customers with a link."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, include, path

from leads.visits.views import board, booking, calendars, public, rules, visit


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


appointment_pages = [
    page("", board.board, "board"),
    page("events/", board.grid_events, "events"),
    page("outside/", board.outside, "outside"),
    page("new/", booking.new, "new"),
    page("leads/", booking.find_leads, "find_leads"),
    page("<slug:visit_id>/", visit.detail, "detail"),
    page("<slug:visit_id>/place/", visit.place, "place"),
    page("<slug:visit_id>/move/", visit.move, "move"),
    page("<slug:visit_id>/confirm/", visit.confirm, "confirm"),
    page("<slug:visit_id>/cancel/", visit.cancel, "cancel"),
    page("<slug:visit_id>/<slug:how>/", visit.close, "close"),
]
calendar_pages = [
    page("", calendars.calendar_list, "list"),
    page("new/", calendars.new, "new"),
    page("<slug:calendar_id>/", calendars.edit, "edit"),
    page("<slug:calendar_id>/check/", calendars.check, "check"),
    page("<slug:calendar_id>/feeds/", calendars.open_feed, "open_feed"),
    page("<slug:calendar_id>/feeds/<int:key>/revoke/", calendars.revoke_feed, "revoke_feed"),
]
rule_pages = [
    page("", rules.rules, "rules"),
    page("<slug:kind>/<slug:channel>/", rules.words, "words"),
    page("<slug:kind>/<slug:channel>/usual/", rules.usual_words, "usual_words"),
]
customer_pages = [
    path("<str:token>/", public.page, name="page"),
    path("<str:token>/confirm/", public.confirm, name="confirm"),
    path("<str:token>/cancel/", public.cancel, name="cancel"),
    path("<str:token>/move/", public.move, name="move"),
    path("<str:token>/appointment.ics", public.file, name="file"),
]
urlpatterns = [
    path("appointments/", include((appointment_pages, "appointments"))),
    path("settings/calendars/", include((calendar_pages, "calendars"))),
    path("settings/appointments/", include((rule_pages, "visit_rules"))),
    path("visit/", include((customer_pages, "visit"))),
    path("feeds/<str:token>.ics", public.feed, name="calendar_feed"),
]
