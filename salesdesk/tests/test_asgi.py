"""The web process as its server meets it."""

import pytest
from channels.testing import HttpCommunicator, WebsocketCommunicator

from salesdesk.asgi import application

FROM_HERE = [(b"origin", b"http://localhost")]


@pytest.mark.parametrize("path", ["/ws/nothing", "/", "/ws/calls/x/y"])
async def test_a_socket_at_no_address_is_turned_away(path: str, db: None) -> None:
    communicator = WebsocketCommunicator(application, path, headers=FROM_HERE)

    assert await communicator.connect() == (False, 4404)


@pytest.mark.django_db(transaction=True)
async def test_pages_are_answered() -> None:
    request = HttpCommunicator(application, "GET", "/healthz", headers=[(b"host", b"localhost")])
    response = await request.get_response(timeout=10)

    assert (response["status"], response["body"]) == (200, b'{"status": "ok"}')
