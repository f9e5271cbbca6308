"""The socket of the page of appointments."""

from django.urls import path

from leads.visits import consumers

page_sockets = [path("ws/pages/appointments/", consumers.BoardSocket.as_asgi())]
