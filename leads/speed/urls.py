"""The pages of speed to lead, for who is signed in; their loaders decide the rest.

They stand before those of leads, whose ids could else be ``speed``.
"""

from django.urls import URLPattern

from leads.speed import views
from leads.urls import page

app_name = "speed"
urlpatterns: list[URLPattern] = [
    page("leads/speed/", views.speed, "speed"),
    page("settings/arrivals/", views.rules, "settings"),
]
