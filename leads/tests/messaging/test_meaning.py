"""What a text message asks for."""

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


def test_a_very_long_message_is_read_at_once() -> None:
    assert meaning_of("please " * 20_000, wants_no_more_calls) == MessageMeaning.REPLY
