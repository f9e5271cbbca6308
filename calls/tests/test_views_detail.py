"""The page of one call."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from calls import services
from calls.enums import CallStatus, EndReason
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call
from conftest import MakeCall, say
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}
TALK = [
    ("agent", "How can I help?"),
    ("caller", "My <b>roof</b> leaks."),
    ("agent", "Since when does the roof leak?"),
]


def url(call: Call, rest: str = "") -> str:
    return f"/calls/{call.public_id}/{rest}"


def lines(client: Client, address: str) -> list[str]:
    window = client.get(address).context["window"]
    return [line.text for line in window.lines]


@pytest.fixture
def page(manager: User, client_for: ClientFor) -> Client:
    return client_for(manager)


def test_shows_the_transcript_in_order_with_times(page: Client, make_call: MakeCall) -> None:
    call = make_call(said=TALK)

    html = page.get(url(call)).content.decode()

    places = [html.index(text) for text in ("How can I", "&lt;b&gt;roof", "Since when")]
    assert places == sorted(places)
    assert "<b>roof" not in html
    assert [stamp for stamp in ("0:00", "0:02", "0:04") if stamp in html] == [
        "0:00",
        "0:02",
        "0:04",
    ]
    assert '<data id="transcript-version" value="3"' in html


def test_marks_interrupted_lines_and_back_channels(page: Client, call: Call) -> None:
    spoken = RecordUtterance(0, Speaker.AGENT, "We open at", 0, 900, interrupted=True)
    murmured = RecordUtterance(1, Speaker.CALLER, "mm-hm", 500, 800, metadata={"backchannel": True})
    services.record_utterance(call, spoken)
    services.record_utterance(call, murmured)

    html = page.get(url(call)).content.decode()

    assert html.count("Interrupted") == 1
    assert html.count('class="backchannel"') == 1


def test_filters_by_speaker_and_words(page: Client, make_call: MakeCall) -> None:
    call = make_call(said=TALK)

    assert lines(page, url(call, "?speaker=caller")) == ["My <b>roof</b> leaks."]
    assert lines(page, url(call, "?search=leaking")) == [TALK[1][1], TALK[2][1]]
    assert lines(page, url(call, "?search=leaking&speaker=agent")) == [TALK[2][1]]
    found = page.get(url(call, "?search=roof"), headers=HTMX).content.decode()
    assert "My &lt;b&gt;<mark>roof</mark>&lt;/b&gt; leaks." in found


def test_htmx_gets_the_transcript_with_a_socket_of_the_same_view(
    page: Client, make_call: MakeCall
) -> None:
    call = make_call(said=TALK)

    part = page.get(url(call, "?search=roof+leak&speaker=agent"), headers=HTMX).content.decode()

    assert part.lstrip().startswith('<div id="transcript"')
    socket = f"/ws/pages/calls/{call.public_id}/?speaker=agent&amp;search=roof%20leak"
    assert f'ws-connect="{socket}"' in part


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"?search={'x' * 10_240}", "A search can have 200 characters at most."),
        ("?speaker=dog", "Select a valid choice."),
        ("?before=soon", "Enter a whole number."),
    ],
)
def test_views_that_cannot_be_are_refused(
    query: str, sentence: str, call: Call, page: Client
) -> None:
    refused = page.get(url(call, query))
    toast = page.get(url(call, query), headers=HTMX)

    assert (refused.status_code, toast.status_code) == (422, 422)
    assert sentence in refused.content.decode()
    assert sentence in toast.headers["HX-Trigger"]


def test_long_transcripts_come_in_windows(page: Client, call: Call) -> None:
    """The newest first; each earlier window on demand; none twice."""
    say(call, [("caller", f"Line {number}.") for number in range(450)])

    newest = page.get(url(call)).content.decode()
    earlier = page.get(url(call, "?before=250"), headers=HTMX).content.decode()
    earliest = page.get(url(call, "?before=50"), headers=HTMX).content.decode()

    assert numbers(newest) == list(range(250, 450))
    assert numbers(earlier) == list(range(50, 250))
    assert numbers(earliest) == list(range(50))
    assert "?before=250" in newest
    assert "?before=50" in earlier
    assert "?before=" not in earliest
    assert 'id="transcript-start"' in earliest


def numbers(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"Line (\d+)\.", html)]


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries(
    number: int,
    manager: User,
    page: Client,
    make_call: MakeCall,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from calls.notes import add_note

    call = make_call(said=TALK[:number])
    for _ in range(number):
        add_note(call, "<p>Noted</p>", author=manager)

    with django_assert_num_queries(15):
        page.get(url(call))
    with django_assert_num_queries(15):
        page.get(url(call, "history/"))


def test_a_failed_call_says_why(page: Client, make_call: MakeCall) -> None:
    call = make_call(
        status=CallStatus.FAILED,
        end_reason=EndReason.ENGINE_FAILED,
        error="OpenAI refused the key.",
    )

    html = page.get(url(call)).content.decode()

    assert "OpenAI refused the key." in html
    assert EndReason.ENGINE_FAILED.label in html
    assert 'data-phase="over"' in html
    assert 'data-agent="off"' in html


def test_the_header_says_what_the_agent_does(
    page: Client, manager: User, call: Call, make_call: MakeCall
) -> None:
    ringing = make_call(status=CallStatus.RINGING)

    assert 'data-agent="on"' in page.get(url(call)).content.decode()
    assert 'data-agent="off"' in page.get(url(ringing)).content.decode()
    services.pause_agent(call, by=manager)
    assert 'data-agent="paused"' in page.get(url(call)).content.decode()


def test_history_is_told_in_words(
    page: Client, manager: User, call: Call, business: Business
) -> None:
    services.instruct_agent(call, "Offer the <i>free</i> check.", by=manager)
    services.end_stream(call.media_streams.get(), EndReason.CALLER_HUNG_UP)
    services.advance_call(call, CallStatus.COMPLETED)

    html = page.get(url(call, "history/")).content.decode()

    told = [
        "A customer called.",
        "The call was answered.",
        "Mary told the agent: “Offer the &lt;i&gt;free&lt;/i&gt; check.”",
        "The audio ended: the customer hung up.",
        "The call ended.",
    ]
    places = [html.index(sentence) for sentence in told]
    assert places == sorted(places)


CITED = {
    "passage": "p1",
    "document": "warranty1",
    "title": "Warranty on <panels>",
    "heading": "Warranty › Labor",
    "page": 3,
    "url": "",
    "version": 1,
    "sentence": "Labor is free.",
}


def test_shows_under_an_answer_which_documents_it_came_from(page: Client, call: Call) -> None:
    other = {**CITED, "sentence": "It really is."}
    services.record_utterance(
        call,
        RecordUtterance(
            0, Speaker.AGENT, "Labor is free.", 0, 900, metadata={"citations": [CITED, other]}
        ),
    )
    services.record_utterance(call, RecordUtterance(1, Speaker.AGENT, "Bye.", 900, 1200))

    html = " ".join(page.get(url(call)).content.decode().split())

    assert html.count("1 source<") == html.count("source<") == 1
    assert 'href="/knowledge/warranty1/">Warranty on &lt;panels&gt;</a>' in html
    assert "› Warranty › Labor (page 3)" in html
    assert "searched for" not in html


def test_shows_how_long_the_documents_were_searched_also_in_vain(page: Client, call: Call) -> None:
    cost = {"retrieval_ms": 35, "waited_ms": 0, "prefetched": True}
    for at, citations in enumerate(([CITED], [])):
        metadata = {"citations": citations, **cost}
        services.record_utterance(
            call, RecordUtterance(at, Speaker.AGENT, "Well.", at, at + 1, metadata=metadata)
        )

    html = " ".join(page.get(url(call)).content.decode().split())

    assert html.count("searched for 35 ms, from while the caller spoke") == 2
    assert html.count("Not in the documents;") == 1
