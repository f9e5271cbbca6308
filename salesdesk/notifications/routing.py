"""The sockets of notifications."""

from django.urls import path

from salesdesk.notifications import consumers

page_sockets = [
    path("ws/pages/notifications/", consumers.ListSocket.as_asgi()),
    path("ws/pages/notifications/bell/", consumers.BellSocket.as_asgi()),
]
