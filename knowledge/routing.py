"""The sockets of the knowledge pages."""

from django.urls import path

from knowledge import consumers

page_sockets = [
    path("ws/pages/knowledge/", consumers.DocumentListSocket.as_asgi()),
    path("ws/pages/knowledge/sites/", consumers.SiteListSocket.as_asgi()),
    path("ws/pages/knowledge/sites/<slug:site_id>/", consumers.SiteSocket.as_asgi()),
    path("ws/pages/knowledge/<slug:document_id>/", consumers.DocumentSocket.as_asgi()),
]
