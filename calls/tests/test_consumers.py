"""The sockets of pages, on a real channel layer and database."""

import json
import logging
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from calls import notes, push, services
from calls.enums import CallStatus
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call
from calls.routing import browser_sockets
from conftest import BUSINESS_NUMBER, MakeCall, open_stream, say
from salesdesk.accounts.models import Membership, User
from salesdesk.assistant.playbooks.demo import load_demo_playbook
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db(transaction=True)

application = URLRouter(browser_sockets)
PATIENCE = 20
Open = Callable[..., Awaitable[WebsocketCommunicator]]


@pytest.fixture
async def open_socket() -> AsyncIterator[Open]:
    """``await open_socket(user, path)``: the page's socket, accepted; closed after the test."""
    opened: list[WebsocketCommunicator] = []

    async def connect(user: User | AnonymousUser, path: str) -> WebsocketCommunicator:
        socket = WebsocketCommunicator(application, path)
        socket.scope["user"] = user
        accepted, _ = await socket.connect()
        assert accepted
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        await socket.disconnect()


async def do(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """As a view or the recorder does it: in a thread, with a commit."""
    return await database_sync_to_async(function)(*arguments, **keywords)


async def until(socket: WebsocketCommunicator, *wanted: str) -> str:
    """The first message with all of ``wanted``; fails when none comes in time."""
    while True:
        message: str = await socket.receive_from(timeout=PATIENCE)
        if all(text in message for text in wanted):
            return message


async def closed_with(socket: WebsocketCommunicator) -> int:
    while True:
        output = await socket.receive_output(timeout=PATIENCE)
        if output["type"] == "websocket.close":
            code: int = output["code"]
            return code


def path_of(call: Call, query: str = "") -> str:
    return f"/ws/pages/calls/{call.public_id}/{query}"


def spoken(sequence: int, text: str, speaker: Speaker = Speaker.CALLER) -> RecordUtterance:
    return RecordUtterance(sequence, speaker, text, sequence * 1000, sequence * 1000 + 900)


# ---------------------------------------------------------------- who may listen

PATHS = ["/ws/pages/overview/", "/ws/pages/live/", "/ws/pages/calls/", "/ws/pages/calls/{call}/"]


@pytest.mark.parametrize("path", PATHS)
async def test_strangers_are_closed_out(path: str, call: Call, open_socket: Open) -> None:
    socket = await open_socket(AnonymousUser(), path.format(call=call.public_id))

    assert await closed_with(socket) == 4401


async def test_a_call_is_closed_to_other_businesses(
    call: Call, outsider: User, open_socket: Open
) -> None:
    assert await closed_with(await open_socket(outsider, path_of(call))) == 4404


async def test_a_call_that_is_not_there(manager: User, open_socket: Open) -> None:
    assert await closed_with(await open_socket(manager, "/ws/pages/calls/nothing/")) == 4404


@pytest.fixture(params=["admin_user", "manager", "rep", "auditor", "superuser"])
def listener(request: pytest.FixtureRequest) -> User:
    user: User = request.getfixturevalue(request.param)
    return user


async def test_everybody_in_the_business_hears(
    call: Call, listener: User, open_socket: Open
) -> None:
    socket = await open_socket(listener, path_of(call))
    await until(socket, "call-header")

    await do(services.record_utterance, call, spoken(0, "My roof leaks."))

    assert await until(socket, "My roof leaks.")


async def test_who_is_sent_away_hears_no_more(call: Call, rep: User, open_socket: Open) -> None:
    socket = await open_socket(rep, path_of(call))
    await until(socket, "call-header")
    await do(Membership.objects.filter(user=rep).delete)

    await do(services.record_utterance, call, spoken(0, "A secret."))

    assert await closed_with(socket) == 4404


# ---------------------------------------------------------------- the transcript


async def test_connecting_brings_what_the_page_has_not(
    make_call: MakeCall, manager: User, open_socket: Open
) -> None:
    call = await do(make_call, said=[("agent", "Hello."), ("caller", "Hi."), ("agent", "Well?")])

    message = await until(await open_socket(manager, path_of(call, "?after=2")), "call-header")

    assert "Well?" in message
    assert "Hello." not in message
    assert '<data id="transcript-version" hx-swap-oob="true" value="3"' in message


async def test_a_client_that_says_nothing_gets_everything(
    make_call: MakeCall, manager: User, open_socket: Open
) -> None:
    call = await do(make_call, said=[("agent", "Hello."), ("caller", "Hi.")])

    message = await until(await open_socket(manager, path_of(call)), "call-header")

    assert message.index("Hello.") < message.index("Hi.")


async def test_new_lines_go_behind_their_predecessor(
    call: Call, manager: User, open_socket: Open
) -> None:
    """A late one with a lower sequence lands at its place."""
    socket = await open_socket(manager, path_of(call))
    await do(services.record_utterance, call, spoken(1, "First said."))
    first = await do(call.utterances.get, sequence=1)
    assert 'hx-swap-oob="afterend:#transcript-start"' in await until(socket, "First said.")

    await do(services.record_utterance, call, spoken(2, "Next."))
    assert f'hx-swap-oob="afterend:#utterance-{first.public_id}"' in await until(socket, "Next.")

    await do(services.record_utterance, call, spoken(0, "Late, but before."))
    late = await until(socket, "Late, but before.")
    assert 'hx-swap-oob="afterend:#transcript-start"' in late


async def test_a_changed_line_is_replaced(call: Call, manager: User, open_socket: Open) -> None:
    await do(services.record_utterance, call, spoken(0, "We are open from", Speaker.AGENT))
    line = await do(call.utterances.get)
    socket = await open_socket(manager, path_of(call, "?after=1"))
    await until(socket, "call-header")

    await do(services.record_utterance, call, spoken(0, "We are open", Speaker.AGENT))

    message = await until(socket, "We are open")
    assert f'<li id="utterance-{line.public_id}" hx-swap-oob="true"' in message
    assert "afterend" not in message


async def test_too_much_missed_brings_the_newest_window(
    call: Call, manager: User, open_socket: Open
) -> None:
    await do(say, call, [("caller", f"Line {number}.") for number in range(230)])

    message = await until(await open_socket(manager, path_of(call)), "call-header")

    assert 'hx-swap-oob="innerHTML:#transcript-lines"' in message
    assert re.findall(r"Line (\d+)\.", message) == [str(number) for number in range(30, 230)]
    assert "Show earlier" in message


class Page:
    """What a browser does with the fragments, for the lines of a transcript only."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.version = 0

    def take(self, message: str) -> None:
        for place, line_id, text in OPERATIONS.findall(message):
            ids = [each for each, _ in self.lines]
            if not place:
                self.lines[ids.index(line_id)] = (line_id, text)
            else:
                assert line_id not in ids, "a line came twice"
                at = 0 if place == "transcript-start" else ids.index(place) + 1
                self.lines.insert(at, (line_id, text))
        for version in re.findall(
            r'id="transcript-version" hx-swap-oob="true" value="(\d+)"', message
        ):
            self.version = int(version)

    async def read_until(self, socket: WebsocketCommunicator, version: int) -> None:
        while self.version < version:
            self.take(await socket.receive_from(timeout=PATIENCE))


OPERATIONS = re.compile(
    r'(?:<div hx-swap-oob="afterend:#([\w-]+)">)?<li id="(utterance-\w+)"'
    r'.*?class="bubble-text">(.*?)</p>',
    re.DOTALL,
)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_readers_end_with_the_same_lines_whatever_happens(
    seed: int, call: Call, manager: User, rep: User, open_socket: Open
) -> None:
    """Lines late and changed, one reader who stays, one who comes again and again."""
    dice = random.Random(seed)
    sequences = [number for number in range(20) for _ in range(dice.randint(1, 2))]
    dice.shuffle(sequences)
    staying, returning = Page(), Page()
    stays = await open_socket(manager, path_of(call))
    comes = await open_socket(rep, path_of(call))

    for number, sequence in enumerate(sequences, start=1):
        await do(services.record_utterance, call, spoken(sequence, f"{sequence} v{number}"))
        if dice.random() < 0.3:
            await returning.read_until(comes, dice.randint(returning.version, number))
            await comes.disconnect()
            comes = await open_socket(rep, path_of(call, f"?after={returning.version}"))
    await staying.read_until(stays, len(sequences))
    await returning.read_until(comes, len(sequences))

    stored = await do(lambda: [each.text for each in call.utterances.in_order()])
    assert [text for _, text in staying.lines] == stored
    assert returning.lines == staying.lines


async def test_a_filtered_page_stays_filtered(
    make_call: MakeCall, manager: User, open_socket: Open
) -> None:
    call = await do(make_call, said=[("agent", "Hello."), ("caller", "My roof leaks.")])
    socket = await open_socket(manager, path_of(call, "?after=2&speaker=caller&search=roof"))
    await until(socket, "call-header")

    await do(services.record_utterance, call, spoken(2, "A roof?", Speaker.AGENT))
    await do(services.record_utterance, call, spoken(3, "Yes, the roof."))

    message = await until(socket, "Yes, the")
    assert 'hx-swap-oob="innerHTML:#transcript-lines"' in message
    assert message.index("My <mark>roof</mark> leaks.") < message.index("Yes, the <mark>roof")
    assert "A <mark>roof" not in message


# ---------------------------------------------------------------- text still being spoken


async def interim(call: Call, sequence: int, speaker: str, text: str) -> None:
    message = push.interim_message(call.public_id, sequence, speaker, text)
    await get_channel_layer().group_send(push.news_group(call.public_id), message)


async def test_interim_text_gives_way_to_its_line(
    call: Call, manager: User, open_socket: Open
) -> None:
    socket = await open_socket(manager, path_of(call))
    await until(socket, "call-header")

    await interim(call, 0, "caller", "My ro")
    assert "Listening…" in await until(socket, "My ro")

    await do(services.record_utterance, call, spoken(0, "My roof leaks."))
    final = await until(socket, "My roof leaks.")
    assert 'id="transcript-interim" hx-swap-oob="true"' in final
    assert "My ro<" not in final

    await interim(call, 0, "caller", "My ro")
    await interim(call, 1, "agent", "Since")
    assert "My ro" not in await until(socket, "Since")


async def test_interim_text_that_was_nothing_is_taken_back(
    call: Call, manager: User, open_socket: Open
) -> None:
    socket = await open_socket(manager, path_of(call))
    await until(socket, "call-header")
    await interim(call, 0, "caller", "Hm")
    await until(socket, "Hm")

    await interim(call, 0, "caller", "")

    assert "bubble" not in await until(socket, "transcript-interim")


async def test_interim_text_passes_the_filter_of_the_page(
    call: Call, manager: User, open_socket: Open
) -> None:
    socket = await open_socket(manager, path_of(call, "?speaker=agent"))
    await until(socket, "call-header")

    await interim(call, 0, "caller", "Not shown")
    await interim(call, 1, "agent", "Shown")

    assert "Not shown" not in await until(socket, "Shown")


# ---------------------------------------------------------------- header, notes, history


async def test_the_header_follows_the_call(call: Call, manager: User, open_socket: Open) -> None:
    socket = await open_socket(manager, path_of(call))
    await until(socket, 'data-agent="on"')

    await do(services.pause_agent, call, by=manager)
    await until(socket, 'data-agent="paused"')
    await do(services.advance_call, call, CallStatus.COMPLETED)

    assert "Completed" in await until(socket, 'data-phase="over"')


async def test_a_changed_note_makes_the_page_fetch_its_notes(
    call: Call, manager: User, rep: User, open_socket: Open
) -> None:
    """The message has no note in it: each reader's own list, search and rights stay."""
    socket = await open_socket(manager, path_of(call))
    assert "notes-news" not in await until(socket, "call-header")

    await do(notes.add_note, call, "Bring a ladder", author=rep)

    message = await until(socket, "notes-news")
    assert f'hx-get="/calls/{call.public_id}/notes/" hx-trigger="load"' in message
    assert "ladder" not in message


async def test_a_page_that_comes_again_fetches_its_notes(
    call: Call, manager: User, open_socket: Open
) -> None:
    assert await until(await open_socket(manager, path_of(call, "?again=")), "notes-news")


async def test_the_history_is_told_live(call: Call, manager: User, open_socket: Open) -> None:
    socket = await open_socket(manager, path_of(call, "?show=history"))
    assert "transcript" not in await until(socket, 'id="history" hx-swap-oob="true"')

    await do(services.pause_agent, call, by=manager)

    assert await until(socket, "Mary paused the agent.")


# ---------------------------------------------------------------- bad clients, faults


async def test_what_a_client_sends_is_ignored_and_logged_once(
    call: Call, manager: User, open_socket: Open, caplog: pytest.LogCaptureFixture
) -> None:
    socket = await open_socket(manager, path_of(call, "?after=-1&speaker=dog&search=%00"))
    await until(socket, "call-header")

    with caplog.at_level(logging.INFO, logger="salesdesk.lib.page_socket"):
        for text in ("{", json.dumps({"after": "x"}), "DROP TABLE"):
            await socket.send_to(text_data=text)
        await socket.send_to(bytes_data=b"\xff\x00")
        await do(services.record_utterance, call, spoken(0, "Still here."))
        assert await until(socket, "Still here.")

    assert [record.message for record in caplog.records] == ["a page's socket was sent a message"]


async def test_a_huge_message_closes_the_socket(
    call: Call, manager: User, open_socket: Open
) -> None:
    socket = await open_socket(manager, path_of(call))

    await socket.send_to(text_data="x" * 4097)

    assert await closed_with(socket) == 1009


async def test_a_url_with_a_thousand_parameters_closes_the_socket(
    call: Call, manager: User, open_socket: Open
) -> None:
    assert await closed_with(await open_socket(manager, path_of(call, "?" + "a&" * 1000))) == 1009


async def test_a_fault_is_logged_and_the_page_told_to_come_again(
    call: Call,
    manager: User,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    socket = await open_socket(manager, path_of(call))
    await until(socket, "call-header")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the template is gone")

    monkeypatch.setattr("salesdesk.lib.page_socket.render_to_string", broken)
    await do(services.record_utterance, call, spoken(0, "Hello."))

    assert await closed_with(socket) == 1011
    assert "a page's socket broke" in caplog.text


# ---------------------------------------------------------------- many calls


async def test_the_floor_shows_calls_come_talk_and_go(
    business: Business, manager: User, open_socket: Open
) -> None:
    socket = await open_socket(manager, "/ws/pages/live/")
    await until(socket, "No call in progress")

    call = await do(
        services.receive_call, sid="CA7", from_number="+14155550177", to_number=BUSINESS_NUMBER
    )
    card = await until(socket, f'<article id="live-{call.public_id}"')
    assert 'hx-swap-oob="afterbegin:#live-calls"' in card
    assert "1 call in progress" in card

    await do(open_stream, call)
    await until(socket, f'id="live-{call.public_id}" hx-swap-oob="true"', "In progress")
    await do(services.record_utterance, call, spoken(0, "My roof leaks."))
    await until(socket, f'id="live-{call.public_id}" hx-swap-oob="true"', "My roof leaks.")

    await do(services.advance_call, call, CallStatus.COMPLETED)
    gone = await until(socket, "No call in progress")
    assert f'<div id="live-{call.public_id}" hx-swap-oob="delete">' in gone


async def test_the_floor_is_of_ones_own_businesses(
    business: Business, other_business: Business, outsider: User, superuser: User, open_socket: Open
) -> None:
    theirs = await open_socket(outsider, "/ws/pages/live/")
    everybodys = await open_socket(superuser, "/ws/pages/live/")
    await until(theirs, "No call in progress")
    await until(everybodys, "No call in progress")

    await do(
        services.receive_call, sid="CA7", from_number="+14155550177", to_number=BUSINESS_NUMBER
    )
    other = await do(
        services.receive_call, sid="CA8", from_number="+14155550188", to_number="+13125550100"
    )

    seen = await until(theirs, f"live-{other.public_id}")
    assert "555-0177" not in seen
    assert await until(everybodys, "2 calls in progress")


async def test_the_list_updates_its_rows(
    make_call: MakeCall, manager: User, open_socket: Open
) -> None:
    call = await do(make_call)
    socket = await open_socket(manager, "/ws/pages/calls/")
    await until(socket, 'hx-swap-oob="innerHTML:#call-rows"')

    await do(services.advance_call, call, CallStatus.COMPLETED)
    row = await until(socket, f'<tr id="call-{call.public_id}" hx-swap-oob="true"')
    assert "Completed" in row

    newer = await do(make_call, status=CallStatus.RINGING)
    added = await until(socket, f'<tr id="call-{newer.public_id}"')
    assert added.startswith('<tbody hx-swap-oob="afterbegin:#call-rows">')
    assert "of 2 calls" in await until(socket, "call-pages")


async def test_the_list_keeps_its_filter(
    make_call: MakeCall, manager: User, open_socket: Open
) -> None:
    call = await do(make_call)
    socket = await open_socket(manager, "/ws/pages/calls/?status=in_progress")
    await until(socket, call.public_id)

    await do(services.advance_call, call, CallStatus.COMPLETED)

    assert await until(socket, f'<div id="call-{call.public_id}" hx-swap-oob="delete">')


async def test_calls_to_nobodys_number_are_news_for_superusers(
    superuser: User, open_socket: Open
) -> None:
    socket = await open_socket(superuser, "/ws/pages/calls/")
    await until(socket, "call-pages")

    lost = await do(
        services.receive_call, sid="CA9", from_number="+14155550177", to_number="+19995550000"
    )

    assert await until(socket, f"call-{lost.public_id}")


async def test_the_overview_counts_along(
    make_call: MakeCall, manager: User, open_socket: Open
) -> None:
    socket = await open_socket(manager, "/ws/pages/overview/")
    await until(socket, 'id="numbers" hx-swap-oob="true"')

    call = await do(make_call)
    await until(socket, f'<article id="live-{call.public_id}"')
    await do(services.advance_call, call, CallStatus.COMPLETED)

    await until(socket, f'<div id="live-{call.public_id}" hx-swap-oob="delete">')
    assert "Completed" in await until(socket, f'<tr id="call-{call.public_id}"')


# ---------------------------------------------------------------- cue cards


async def test_a_cue_card_follows_the_call(
    call: Call, business: Business, rep: User, open_socket: Open
) -> None:
    await do(load_demo_playbook, business)
    socket = await open_socket(rep, path_of(call))
    assert "Stage 1 of 6" in await until(socket, 'id="call-cue"')

    await do(services.record_utterance, call, spoken(0, "How can I help you?", Speaker.AGENT))
    await do(services.record_utterance, call, spoken(1, "Solar, but it is expensive."))
    message = await until(socket, 'id="call-cue"', "Stage 2 of 6")
    assert "Too expensive" in message

    await do(services.advance_call, call, CallStatus.COMPLETED)
    message = await until(socket, 'id="call-cue"', 'data-phase="over"')
    assert "Stage" not in message


async def test_a_cue_card_that_says_the_same_is_not_sent_again(
    call: Call, business: Business, rep: User, open_socket: Open
) -> None:
    await do(load_demo_playbook, business)
    await do(services.record_utterance, call, spoken(0, "How can I help you?", Speaker.AGENT))
    socket = await open_socket(rep, path_of(call))
    await until(socket, 'id="call-cue"')

    await do(services.record_utterance, call, spoken(1, "Good morning to you.", Speaker.AGENT))

    assert "call-cue" not in await until(socket, "Good morning to you.")


async def test_who_only_looks_gets_no_cue_card(
    call: Call, business: Business, auditor: User, open_socket: Open
) -> None:
    await do(load_demo_playbook, business)
    socket = await open_socket(auditor, path_of(call))

    assert "call-cue" not in await until(socket, "call-header")
