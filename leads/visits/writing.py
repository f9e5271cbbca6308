"""The words of messages about appointments: templates with a few variables. Pure.

A template names what it is told with ``{{ name }}``. There is nothing to run in it, and nothing
else to reach: what is no variable is refused when the template is saved.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from leads.enums import MessageChannel, VisitNews
from salesdesk.lib.errors import InvalidInput

VARIABLE = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")
LONGEST_VALUE = 300
LONGEST_TEXT = {MessageChannel.EMAIL: 4000, MessageChannel.SMS: 480}
LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Told:
    """What a template may tell, ready to be read."""

    business: str
    name: str
    first_name: str
    purpose: str
    when: str
    day: str
    time: str
    minutes: str
    rep: str
    address: str
    link: str


VARIABLES: Mapping[str, str] = {
    "business": "Your name",
    "name": "The customer's name, or “there”",
    "first_name": "The customer's first name, or “there”",
    "purpose": "What the appointment is for",
    "when": "Tuesday, November 24 at 3:00 PM EST",
    "day": "Tuesday, November 24",
    "time": "3:00 PM EST",
    "minutes": "How long it takes, in minutes",
    "rep": "Whose calendar it is in",
    "address": "Where it takes place",
    "link": "Where the customer confirms, moves or cancels; good until the appointment is over",
}
assert set(VARIABLES) == {field.name for field in fields(Told)}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one message. A text message has no subject."""

    text: str
    subject: str = ""


USUAL: Mapping[tuple[VisitNews, MessageChannel], Words] = {
    (VisitNews.BOOKED, MessageChannel.EMAIL): Words(
        "Hello {{ first_name }},\n\nyour appointment is booked:\n\n{{ purpose }}\n{{ when }}\n"
        "{{ address }}\n\nConfirm, move or cancel it here:\n{{ link }}\n\n{{ business }}",
        "{{ purpose }}: {{ when }}",
    ),
    (VisitNews.BOOKED, MessageChannel.SMS): Words(
        "{{ business }}: {{ purpose }} booked for {{ when }}. Confirm, move or cancel: {{ link }}"
    ),
    (VisitNews.MOVED, MessageChannel.EMAIL): Words(
        "Hello {{ first_name }},\n\nyour appointment has a new time:\n\n{{ purpose }}\n{{ when }}\n"
        "{{ address }}\n\nConfirm, move or cancel it here:\n{{ link }}\n\n{{ business }}",
        "New time: {{ purpose }}, {{ when }}",
    ),
    (VisitNews.MOVED, MessageChannel.SMS): Words(
        "{{ business }}: {{ purpose }} is now on {{ when }}. Confirm, move or cancel: {{ link }}"
    ),
    (VisitNews.CANCELED, MessageChannel.EMAIL): Words(
        "Hello {{ first_name }},\n\nthis appointment is canceled:\n\n{{ purpose }}\n{{ when }}\n\n"
        "Call us if you would like another one.\n\n{{ business }}",
        "Canceled: {{ purpose }}, {{ when }}",
    ),
    (VisitNews.CANCELED, MessageChannel.SMS): Words(
        "{{ business }}: {{ purpose }} on {{ when }} is canceled."
    ),
    (VisitNews.REMINDER, MessageChannel.EMAIL): Words(
        "Hello {{ first_name }},\n\nwe look forward to seeing you:\n\n{{ purpose }}\n{{ when }}\n"
        "{{ address }}\n\nConfirm, move or cancel it here:\n{{ link }}\n\n{{ business }}",
        "Reminder: {{ purpose }}, {{ when }}",
    ),
    (VisitNews.REMINDER, MessageChannel.SMS): Words(
        "{{ business }}: reminder of {{ purpose }}, {{ when }}. Confirm, move or cancel: {{ link }}"
    ),
}


def checked(words: Words, channel: MessageChannel) -> Words:
    """The words, trimmed. Raises ``InvalidInput`` for what cannot be sent, and says why."""
    clean = Words(words.text.replace("\r\n", "\n").strip(), " ".join(words.subject.split()))
    if not clean.text:
        raise InvalidInput("Write what is to be sent.")
    if len(clean.text) > LONGEST_TEXT[channel] or len(clean.subject) > LONGEST_SUBJECT:
        raise InvalidInput(f"The text may have {LONGEST_TEXT[channel]} characters at most.")
    if channel == MessageChannel.EMAIL and not clean.subject:
        raise InvalidInput("An e-mail needs a subject.")
    _refuse_unknown(clean.subject + clean.text)
    return clean


def _refuse_unknown(text: str) -> None:
    for name in VARIABLE.findall(text):
        if name not in VARIABLES:
            raise InvalidInput(f"“{name}” is no variable; use one of {', '.join(VARIABLES)}.")
    if "{{" in VARIABLE.sub("", text) or "{%" in text:
        raise InvalidInput("A variable is written like {{ when }}.")


def filled(words: Words, told: Told) -> Words:
    """The words as the customer reads them; what is told stays on its line."""
    values = {field.name: _one_line(getattr(told, field.name)) for field in fields(Told)}

    def value(found: re.Match[str]) -> str:
        return values.get(found[1], "")

    lines = [VARIABLE.sub(value, line) for line in words.text.split("\n")]
    kept = [
        line for line, was in zip(lines, words.text.split("\n"), strict=True) if line or not was
    ]
    return Words("\n".join(kept).strip(), VARIABLE.sub(value, words.subject))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_VALUE]


def day_in_words(moment: datetime) -> str:
    """“Tuesday, November 24”."""
    return f"{moment:%A, %B} {moment.day}"


def time_in_words(moment: datetime) -> str:
    """“3:00 PM EST”: the zone is told, since the reader may be in another one."""
    return f"{moment.hour % 12 or 12}:{moment:%M %p %Z}"


def when_in_words(moment: datetime) -> str:
    return f"{day_in_words(moment)} at {time_in_words(moment)}"


EXAMPLE = Told(
    business="Bright Solar",
    name="Maria Lopez",
    first_name="Maria",
    purpose="Roof inspection",
    when="Tuesday, November 24 at 3:00 PM EST",
    day="Tuesday, November 24",
    time="3:00 PM EST",
    minutes="60",
    rep="Ray",
    address="12 Elm Street",
    link="https://example.com/visit/…",
)
"""What the settings page fills templates with."""
