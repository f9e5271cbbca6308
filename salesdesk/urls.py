"""The web process's URLs."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from calls import webhooks
from salesdesk import health


def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


urlpatterns = [
    path("", include("calls.urls")),
    path("", include("salesdesk.assistant.urls")),
    path("knowledge/", include("knowledge.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("twilio/voice/", webhooks.voice, name="twilio_voice"),
    path("twilio/status/", webhooks.status, name="twilio_status"),
    path("twilio/stream-ended/", webhooks.stream_ended, name="twilio_stream_ended"),
    path("api/v1/", include("salesdesk.api_urls")),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(permission_classes=[AllowAny], throttle_classes=[]),
        name="schema",
    ),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(permission_classes=[AllowAny], throttle_classes=[]),
        name="docs",
    ),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", robots),
]
