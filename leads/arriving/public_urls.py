"""What anybody may reach: forms on other sites, and the address for programs."""

from django.urls import path

from leads.arriving.views import public_form, webhooks

urlpatterns = [
    path("f/<slug:form_id>/", public_form.form, name="public_form"),
    path("f/<slug:form_id>/thanks/", public_form.thanks, name="public_form_thanks"),
    path("f/<slug:form_id>/embed.js", public_form.embed, name="public_form_embed"),
    path("hooks/leads/<slug:endpoint_id>/", webhooks.receive, name="lead_webhook"),
]
