"""The socket of Ready mode."""

from django.urls import path

from leads.ready.consumers import ReadySocket

page_sockets = [path("ws/pages/ready/", ReadySocket.as_asgi())]
