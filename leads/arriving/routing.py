"""The sockets of the pages about what comes in."""

from django.urls import path

from leads.arriving import consumers

page_sockets = [
    path("ws/pages/leads/import/<slug:import_id>/", consumers.ImportSocket.as_asgi()),
]
