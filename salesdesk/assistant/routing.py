"""The sockets of the assistant's pages."""

from django.urls import path

from salesdesk.assistant import consumers

page_sockets = [path("ws/pages/assistant/<slug:thread_id>/", consumers.ThreadSocket.as_asgi())]
