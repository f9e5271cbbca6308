"""The browsers' and programs' sockets of the web process."""

from django.urls import re_path

from calls.api_sockets import LiveApiConsumer

browser_sockets = [
    re_path(r"^ws/calls/?$", LiveApiConsumer.as_asgi()),
]
