"""The web process's URLs."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from calls import webhooks
from calls.dialling import webhooks as rep_webhooks
from leads.messaging import webhooks as message_webhooks
from salesdesk import health
from salesdesk.notifications import webhooks as notification_webhooks


def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


urlpatterns = [
    path("leads/prediction/", include("leads.prediction.urls")),
    path("campaigns/", include("leads.campaigns.urls")),
    path("", include("calls.urls")),
    path("", include("salesdesk.assistant.urls")),
    path("", include("leads.gate.urls")),
    path("", include("salesdesk.notifications.urls")),
    path("", include("leads.arriving.urls")),
    path("", include("leads.arriving.public_urls")),
    path("", include("leads.speed.urls")),
    path("", include("leads.cadences.urls")),
    path("", include("leads.priority.urls")),
    path("", include("leads.ready.urls")),
    path("", include("leads.outcomes.urls")),
    path("", include("leads.messaging.urls")),
    path("", include("leads.urls")),
    path("", include("leads.visits.urls")),
    path("knowledge/", include("knowledge.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("twilio/voice/", webhooks.voice, name="twilio_voice"),
    path("twilio/status/", webhooks.status, name="twilio_status"),
    path("twilio/amd/", webhooks.amd, name="twilio_amd"),
    path("twilio/rep/answer/", rep_webhooks.answer, name="twilio_rep_answer"),
    path("twilio/rep/pressed/", rep_webhooks.pressed, name="twilio_rep_pressed"),
    path("twilio/rep/lead/", rep_webhooks.lead, name="twilio_rep_lead"),
    path("twilio/rep/left/", rep_webhooks.left, name="twilio_rep_left"),
    path("twilio/rep/unreached/", rep_webhooks.unreached, name="twilio_rep_unreached"),
    path("twilio/rep/status/", rep_webhooks.status, name="twilio_rep_status"),
    path("twilio/stream-ended/", webhooks.stream_ended, name="twilio_stream_ended"),
    path(
        "twilio/messages/<slug:delivery_id>/",
        notification_webhooks.message_status,
        name="twilio_message_status",
    ),
    path("twilio/text/", message_webhooks.text, name="twilio_text"),
    path("slack/actions/", notification_webhooks.slack_actions, name="slack_actions"),
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
