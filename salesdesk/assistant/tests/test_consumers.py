"""The socket of a conversation's page, on a real channel layer and database."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import MessageStatus
from salesdesk.assistant.models import Thread
from salesdesk.assistant.routing import page_sockets
from salesdesk.assistant.tests.conftest import FollowScript
from salesdesk.assistant.tests.scripted import ScriptedAgent
from salesdesk.assistant.writing import answering, threads
from salesdesk.tests.browser import do

pytestmark = pytest.mark.django_db(transaction=True)

application = URLRouter(page_sockets)
PATIENCE = 20
Open = Callable[..., Awaitable[WebsocketCommunicator]]


@pytest.fixture
async def open_socket(thread: Thread) -> AsyncIterator[Open]:
    """``await open_socket(user, after=0)``: the page's socket, accepted; closed after the test."""
    opened: list[WebsocketCommunicator] = []

    async def connect(user: User | AnonymousUser, after: int = 0) -> WebsocketCommunicator:
        path = f"/ws/pages/assistant/{thread.public_id}/?after={after}"
        socket = WebsocketCommunicator(application, path)
        socket.scope["user"] = user
        accepted, _ = await socket.connect()
        assert accepted
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        await socket.disconnect()


async def until(socket: WebsocketCommunicator, *wanted: str) -> str:
    """Everything up to the message after which all of ``wanted`` has come."""
    seen = ""
    while not all(text in seen for text in wanted):
        seen += await socket.receive_from(timeout=PATIENCE)
    return seen


async def closed_with(socket: WebsocketCommunicator) -> int:
    while True:
        message = await socket.receive_output(timeout=PATIENCE)
        if message["type"] == "websocket.close":
            return int(message["code"])


async def test_an_answer_comes_as_it_is_written(
    thread: Thread, rep: User, open_socket: Open, follow: FollowScript
) -> None:
    socket = await open_socket(rep)
    await until(socket, 'data-state="open"')

    turn = await do(threads.begin_turn, thread, "How <b>long</b>?")
    came = await until(socket, 'data-state="answering"', "The assistant is answering.")
    assert 'hx-swap-oob="beforeend:#thread-messages"' in came
    assert "How &lt;b&gt;long" in came and "Thinking" in came

    await do(threads.write, turn.answer, text="It is")
    came = await until(socket, "It is", "Writing")
    assert f'id="message-{turn.answer.public_id}" hx-swap-oob="true"' in came
    assert "announcement" not in came
    await do(threads.finish, turn.answer, MessageStatus.DONE, text="It is long.")
    came = await until(socket, 'data-state="open"', "The assistant: It is long.")
    assert "Good answer" in came and "csrfmiddlewaretoken" not in came


async def test_tools_are_seen_while_they_run(
    thread: Thread, rep: User, open_socket: Open, follow: FollowScript
) -> None:
    socket = await open_socket(rep)
    turn = await do(threads.begin_turn, thread, "How long?")
    running: dict[str, object] = {
        "id": "t",
        "name": "find_slots",
        "arguments": {},
        "latency_ms": None,
        "output": "",
    }
    await do(threads.write, turn.answer, tools=[{**running, "status": ""}])
    await until(socket, "Find free times", 'data-tool-status="running"')
    done = {**running, "status": "timed_out", "latency_ms": 4000}
    await do(threads.write, turn.answer, tools=[done])
    await until(socket, 'data-tool-status="timed_out"', "Took too long", "4000 ms")


async def test_a_page_that_was_away_gets_what_it_missed(
    thread: Thread, rep: User, open_socket: Open, follow: FollowScript
) -> None:
    """It saw the question and an empty answer; the answer and another turn came meanwhile."""
    turn = await do(threads.begin_turn, thread, "How long?")
    await do(threads.finish, turn.answer, MessageStatus.DONE, text="Long.")
    async for _ in answering.answer(thread, "How much?", agent=ScriptedAgent()):
        pass

    socket = await open_socket(rep, after=2)
    came = await until(socket, "How much?", "25 years", 'data-state="open"')
    assert f'id="message-{turn.answer.public_id}" hx-swap-oob="true"' in came
    assert came.count("beforeend:#thread-messages") == 2
    assert f'id="message-{turn.asked.public_id}"' not in came


async def test_a_page_that_is_up_to_date_gets_nothing_again(
    thread: Thread, rep: User, open_socket: Open
) -> None:
    turn = await do(threads.begin_turn, thread, "How long?")
    await do(threads.finish, turn.answer, MessageStatus.DONE, text="Long.")
    socket = await open_socket(rep, after=3)
    came = await until(socket, 'data-state="open"')
    assert "message-" not in came


async def test_managers_read_along(thread: Thread, manager: User, open_socket: Open) -> None:
    socket = await open_socket(manager)
    await do(threads.begin_turn, thread, "How long?")
    came = await until(socket, "They wrote:")
    assert "begun by Ray" in came


async def test_others_are_turned_away(outsider: User, auditor: User, open_socket: Open) -> None:
    for user in (outsider, auditor):
        assert await closed_with(await open_socket(user)) == 4404


async def test_who_is_not_signed_in_is_turned_away(open_socket: Open) -> None:
    assert await closed_with(await open_socket(AnonymousUser())) == 4401
