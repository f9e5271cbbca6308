"""Writing to leads, for who is signed in; and the page behind “unsubscribe”, for everybody."""

from django.urls import URLPattern, path

from leads.messaging import views
from leads.urls import page

app_name = "messaging"
urlpatterns: list[URLPattern] = [
    page("leads/<slug:lead_id>/messages/", views.send, "send"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
