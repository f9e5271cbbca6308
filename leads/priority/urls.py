"""The pages of priorities, for who is signed in; their loaders decide the rest."""

from django.urls import URLPattern

from leads.priority import views
from leads.urls import page

app_name = "priority"
urlpatterns: list[URLPattern] = [
    page("settings/priority/", views.weights, "settings"),
    page("settings/priority/preview/", views.preview, "preview"),
]
