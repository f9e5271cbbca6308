"""What a text message asks for."""

import time

import pytest

from leads.enums import MessageMeaning
from leads.messaging.meaning import meaning_of
from salesdesk.assistant.offline.understanding import wants_no_more_calls


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *((word, "stop") for word in ("STOP", "stopall", "Unsubscribe", "CANCEL", "End", "quit")),
        *((word, "stop") for word in ("REVOKE", "optout", "Opt-out", "STOP ALL", " stop!! ")),
        ("Stop please", "stop"),
        ("please stop texting me", "stop"),
        ("Please remove me from your list", "stop"),
        ("remove me", "stop"),
        ("Take me off your list!", "stop"),
        ("Don't text me again.", "stop"),
        ("no more texts", "stop"),
        ("Leave me alone", "stop"),
        ("Please don't call or text me", "stop"),
        ("START", "start"),
        ("unstop", "start"),
        ("Help", "help"),
        ("INFO", "help"),
        ("Don't call me, just text me.", "no_calls"),
        ("Stop calling, text me instead", "no_calls"),
        ("No call please, text me", "no_calls"),
        ("No calls please", "no_calls"),
        ("I do not want any calls, text me", "no_calls"),
        ("No more calls", "stop"),
        ("No calls, no texts", "stop"),
        ("Don't text or call me", "stop"),
        ("Stop texting me and calling me", "stop"),
        ("Don't call, text me ever again", "stop"),
        ("Don't text me. Don't call me.", "stop"),
        ("Stop texting me, call me instead", "no_texts"),
        ("No more texts please, call me", "no_texts"),
        ("Please don't text me, I'd rather you call", "no_texts"),
        ("Stop. Call me instead", "no_texts"),
        ("Stop texting me, never call me", "stop"),
        ("STOP\n\nSent from my iPhone", "stop"),
        ("CANCEL\nSent from my iPhone", "stop"),
        ("Help\n\nSent from my iPhone", "help"),
        ("Stop.\nRegards, Bob", "stop"),
        ("\n Stop please\n\nBob", "stop"),
        ("STOP - John", "stop"),
        ("Please stop - John Smith", "stop"),
        ("Stop messages", "stop"),
        ("please stop the text messages", "stop"),
        ("remove", "stop"),
        ("I do not want any more emails", "stop"),
        ("I don't want to get any more texts from you", "stop"),
        ("Don't stop the messages, I like them", "reply"),
        ("Stop, wait", "reply"),
        ("Cancel\nI cannot make it on Tuesday", "reply"),
        ("No call yet, when will you ring?", "reply"),
        ("I got no call from you. Text me the price", "reply"),
        ("I don't want calls to be a surprise", "reply"),
        ("Help\nmy roof leaks", "reply"),
        ("Yes, tomorrow at nine works.", "reply"),
        ("Can you stop by tomorrow?", "reply"),
        ("I need help with my roof", "reply"),
        ("Please cancel my appointment", "reply"),
        ("When does it start", "reply"),
        ("Is this the end of the offer?", "reply"),
        ("", "reply"),
        ("👍", "reply"),
    ],
)
def test_what_a_message_asks_for(text: str, meaning: str) -> None:
    assert meaning_of(text, wants_no_more_calls) == MessageMeaning(meaning)


@pytest.mark.parametrize("text", ["stop" + "!" * 3000, "stop " * 900, "stop" + "-," * 1500])
def test_no_message_takes_long_to_read(text: str) -> None:
    began = time.perf_counter()
    meaning_of(text, wants_no_more_calls)

    assert time.perf_counter() - began < 1


def test_a_very_long_message_is_read_at_once() -> None:
    assert meaning_of("please " * 20_000, wants_no_more_calls) == MessageMeaning.REPLY
