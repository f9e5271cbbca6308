"""Transcripts as files."""

import datetime
import io
from collections.abc import Callable

import pytest
from django.test import Client
from pypdf import PdfReader

from calls import exports
from calls.enums import CallStatus
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call
from calls.services import record_utterance
from conftest import BUSINESS_NUMBER, CUSTOMER_NUMBER, MakeCall
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
WORLD = "Größe, ceny, Цена, τιμή, 価格はいくらですか, 가격, 价格"


@pytest.fixture
def told(make_call: MakeCall, business: Business) -> Call:
    call = make_call(
        said=[("agent", "How can I help?"), ("caller", WORLD)],
        status=CallStatus.COMPLETED,
        started_at=datetime.datetime(2026, 3, 10, 9, 30, tzinfo=business.tz),
        duration_seconds=125,
    )
    record_utterance(call, RecordUtterance(2, Speaker.AGENT, "We open at", 62_000, 63_000, True))
    return call


def test_txt(told: Call, manager: User, client_for: ClientFor) -> None:
    response = client_for(manager).get(f"/calls/{told.public_id}/transcript.txt")

    assert (
        response.content.decode()
        == f"""Call {told.public_id}
Business: Bright Solar
Direction: Inbound
From: {CUSTOMER_NUMBER}
To: {BUSINESS_NUMBER}
Started: 2026-03-10 09:30:00 EDT
Duration: 2:05
Status: Completed
Ended: The customer hung up

[0:00] Agent: How can I help?
[0:02] Customer: {WORLD}
[1:02] Agent (interrupted): We open at
"""
    )
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="call-{told.public_id}.txt"'
    )


def test_pdf_has_every_word_and_alphabet(told: Call, manager: User, client_for: ClientFor) -> None:
    response = client_for(manager).get(f"/calls/{told.public_id}/transcript.pdf")

    assert response.headers["Content-Type"] == "application/pdf"
    text = text_of(response.content)
    for words in ("How can I help?", "Größe, ceny, Цена, τιμή", "1:02 · Agent (interrupted)"):
        assert words in text


def test_markup_in_what_was_said_is_text(call: Call) -> None:
    record_utterance(call, RecordUtterance(0, Speaker.CALLER, "<b>1 < 2 & 3</para>", 0, 9))

    pdf = exports.transcript_pdf(call, call.utterances.in_order())

    assert "<b>1 < 2 & 3</para>" in text_of(pdf)


def test_long_transcripts_run_over_pages(call: Call) -> None:
    for sequence in range(120):
        record_utterance(call, RecordUtterance(sequence, Speaker.CALLER, "And so on.", 0, 9))

    reader = PdfReader(io.BytesIO(exports.transcript_pdf(call, call.utterances.in_order())))

    assert len(reader.pages) > 3
    assert "Page 2" in reader.pages[1].extract_text()


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("plain & simple", "plain &amp; simple"),
        ("価格は", f'<font name="{exports.JAPANESE}">価格は</font>'),
        ("a 가격 b", f'a <font name="{exports.KOREAN}">가격</font> b'),
        ("价格", f'<font name="{exports.CHINESE}">价格</font>'),
        ("ไทย", exports.UNKNOWN * 3),
    ],
)
def test_each_stretch_gets_a_font_that_has_it(text: str, markup: str) -> None:
    assert exports.in_fonts(text) == markup


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
