"""The web process: pages, API, webhooks, and the browsers' sockets.

Callers' audio has a process of its own, :mod:`calls.live.asgi`.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdesk.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # Django must be set up

from calls.routing import browser_sockets  # noqa: E402
from salesdesk.accounts.sockets import SocketAuthentication  # noqa: E402

application = ProtocolTypeRouter(
    {"http": http, "websocket": SocketAuthentication(URLRouter(browser_sockets))}
)
