"""The REST API, version 1: each app brings its own part."""

from django.urls import include, path

urlpatterns = [
    path("", include("calls.api_urls")),
    path("", include("knowledge.api_urls")),
    path("", include("leads.api_urls")),
    path("", include("salesdesk.assistant.api_urls")),
    path("", include("salesdesk.notifications.api_urls")),
    path("auth/", include("salesdesk.accounts.api_urls")),
    path("config/", include("salesdesk.businesses.api_urls")),
]
