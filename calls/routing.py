"""The browsers' and programs' sockets of the web process."""

from django.urls import path, re_path

from calls.api_sockets import LiveApiConsumer
from calls.consumers.call import CallSocket
from calls.consumers.lists import CallListSocket, LiveSocket, OverviewSocket

browser_sockets = [
    re_path(r"^ws/calls/?$", LiveApiConsumer.as_asgi()),
    path("ws/pages/overview/", OverviewSocket.as_asgi()),
    path("ws/pages/live/", LiveSocket.as_asgi()),
    path("ws/pages/calls/", CallListSocket.as_asgi()),
    path("ws/pages/calls/<slug:call_id>/", CallSocket.as_asgi()),
]
