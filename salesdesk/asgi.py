"""The web process: pages, API, webhooks, and the browsers' sockets.

Callers' audio has a process of its own, :mod:`calls.live.asgi`.
"""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdesk.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # Django must be set up
from django.urls import re_path  # noqa: E402

from calls.routing import browser_sockets  # noqa: E402
from knowledge.routing import page_sockets as knowledge_sockets  # noqa: E402
from leads.arriving.routing import page_sockets as arriving_sockets  # noqa: E402
from leads.campaigns.routing import page_sockets as campaign_sockets  # noqa: E402
from leads.pipeline.routing import page_sockets as pipeline_sockets  # noqa: E402
from leads.ready.routing import page_sockets as ready_sockets  # noqa: E402
from leads.visits.routing import page_sockets as visit_sockets  # noqa: E402
from salesdesk.accounts.sockets import SocketAuthentication  # noqa: E402
from salesdesk.assistant.routing import page_sockets as assistant_sockets  # noqa: E402
from salesdesk.notifications.routing import page_sockets as notification_sockets  # noqa: E402


async def nowhere(scope: Any, receive: Any, send: Any) -> Any:
    """Turn a socket away that was opened at an address that is none."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


sockets = URLRouter(
    [
        *browser_sockets,
        *knowledge_sockets,
        *campaign_sockets,
        *assistant_sockets,
        *notification_sockets,
        *arriving_sockets,
        *pipeline_sockets,
        *ready_sockets,
        *visit_sockets,
        re_path("", nowhere),
    ]
)
application = ProtocolTypeRouter({"http": http, "websocket": SocketAuthentication(sockets)})
