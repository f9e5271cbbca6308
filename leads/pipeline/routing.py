"""The socket of the board."""

from django.urls import path

from leads.pipeline.consumers import PipelineSocket

page_sockets = [path("ws/pages/pipeline/", PipelineSocket.as_asgi())]
