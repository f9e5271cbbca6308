"""Who has taken a call: a person or an answering machine, by its words. Pure, and rather mistaken
about machines than about people: who is taken for a machine is talked to by nobody.

The carrier's own detection goes before it; see ``docs/operations.md``.
"""

import re
from collections.abc import Sequence
from enum import Enum

OPENING_MS = 60_000
"""Greetings of machines are over by then; what is said later is said by somebody."""
LONG_HELLO_MS = 2_400
"""People who answer say less than this at first: what is longer is read before it is answered."""
MOST_REMEMBERED = 4
"""Stretches of speech of the opening that are read as one: greetings have pauses."""

_LEAVE = (
    r"(?:^|[.!;,:]\s*|\b(?:please|just|and|so|but|or)\s+)(?:leave|record)\s+(?:me\s+|us\s+)?"
    r"(?:a|your|the)\s+(?:\w+\s+){0,3}(?:message|voice ?mail|name)\b"
)
_AWAY = (
    r"\b(?:can(?:no|')t|can not|unable to|not able to)\s+(?:come to|get to|answer|take)\s+"
    r"(?:the|your)\s+(?:phone|call)|\b(?:not|n't)\s+(?:available|here|home|in|around)\b"
    r"|\bmissed your call|\baway from (?:my|the|our) (?:phone|desk)"
)
_RETURN = r"\b(?:i|we)(?:'ll| will)\s+(?:\w+\s+)?(?:get back to you|call you|return your call)"
_BOX = r"(?:voice ?mail(?: ?box)?|mail ?box|answering (?:machine|service)|voice message system)"

_SURE: Sequence[re.Pattern[str]] = [
    re.compile(pattern)
    for pattern in (
        rf"{_LEAVE}.{{0,60}}\b(?:after|at|following|when you hear) the (?:tone|beep|signal)",
        r"\b(?:after|at|following) the (?:tone|beep|signal)\b.{0,20}\b(?:leave|record|please)\b",
        rf"\b(?:you have|you've|you) reached (?:the|a|an|my|our)?\s*(?:\w+\s+){{0,2}}{_BOX}",
        rf"\b(?:forwarded|transferred) to (?:an? )?(?:automat\w+ )?{_BOX}|automated voice messag",
        rf"\b(?:the|this|that|their|customer's|user's) {_BOX}\b.{{0,60}}"
        r"\b(?:is full|not (?:been )?set ?up|n't (?:been )?set ?up|not accept\w+)",
    )
]
"""Nobody says this who talks to somebody."""
_LIKELY: Sequence[re.Pattern[str]] = [
    re.compile(pattern)
    for pattern in (
        r"\b(?:person|party|customer|subscriber|number|user) (?:that )?"
        r"(?:you|you're|you are|you have) .{0,24}"
        r"\b(?:reach|calling|called|dial\w*)\b.{0,12}\b(?:(?:is|are) (?:currently |temporarily )?"
        r"(?:not (?:available|answering|accepting|in service)|un(?:available|able)|switched off)"
        r"|has a voice ?mail|has not set up|can(?:no|')t (?:be reached|take|come))",
        rf"(?:{_AWAY}).{{0,80}}(?:{_LEAVE})",
        rf"(?:{_LEAVE}).{{0,80}}(?:{_RETURN})",
        r"\bplease leave (?:me |us )?(?:a|your) (?:\w+ )?message\W*$",
    )
]
"""A machine, if it is the first that is heard."""
_PERSON = re.compile(
    r"\?|\b(?:yesterday|earlier|before|last (?:time|week|night)|this morning)\b"
    r"|\b(?:i|we|he|she|they|somebody|someone|you)(?:'ve|'d| have| had| just| already)?"
    r" (?:left|got|heard|received|leave)\b"
    r"|\b(?:want|like|need|can|could|should|may|shall|rather|happy|let) (?:\w+ ){0,3}leave\b"
    r"|\bmessage (?:with|for) (?:me|him|her|them|us|my|the)\b"
    r"|\bmy (?:voice ?mail|mail ?box) (?:is|was)\b|\bthis is not\b|\bnot a machine\b"
)
"""What is said by people who speak of messages, not by machines that take them."""


def is_machine(text: str, *, surely: bool = False) -> bool:
    """Whether only a machine says this: “please leave a message after the tone”.

    ``surely`` leaves out what a polite person might say, too. The whole of what was said is wanted:
    “please leave a message” may go on “with me”.
    """
    words = " ".join(text.lower().replace("’", "'").split())
    says = _SURE if surely else (*_SURE, *_LIKELY)
    return not _PERSON.search(words) and any(pattern.search(words) for pattern in says)


class Stage(Enum):
    """Where a machine is that has taken the call."""

    GREETING = "greeting"
    RECORDING = "recording"


class FarEnd:
    """Who has taken a call that was placed, as far as is known: a person until a machine is sure.

    Nobody is looked for behind a call that came in.
    """

    def __init__(self, *, was_called: bool) -> None:
        self._was_called = was_called
        self._heard: list[str] = []
        self._has_heard_agent = False
        self._has_answered_agent = False
        self._carrier_has_told = False
        self._has_message = False
        self._stage: Stage | None = None

    @property
    def is_machine(self) -> bool:
        return self._stage is not None

    @property
    def is_greeting(self) -> bool:
        return self._stage is Stage.GREETING

    @property
    def is_person(self) -> bool:
        """Whether somebody has answered what the agent said, which hardly a machine does."""
        return self._has_answered_agent

    @property
    def carrier_has_told(self) -> bool:
        """Whether the carrier has said who it is: it says so once, and of a beep at the beep."""
        return self._carrier_has_told

    def sounds_like_machine(self, text: str, at_ms: int, *, is_whole: bool = True) -> bool:
        """Whether a machine shows in what was said, alone or after what was heard before.

        What is not the whole of a sentence, and whoever has answered the agent, must be sure.
        """
        if not self._was_called or self.is_machine or at_ms > OPENING_MS:
            return False
        surely = self.is_person or not is_whole
        heard = (text, " ".join((*self._heard, text)))
        return any(is_machine(each, surely=surely) for each in heard)

    def is_long_hello(self, spoken_ms: int) -> bool:
        """Whether the words of what was said first must be read before it is answered."""
        return self._was_called and spoken_ms > LONG_HELLO_MS

    def hears_agent(self) -> None:
        self._has_heard_agent = True

    def has_said(self, text: str, *, into_agent: bool) -> None:
        """Keep a finished stretch of speech; ``into_agent`` is while the agent spoke."""
        self._heard = [*self._heard, text.strip()][-MOST_REMEMBERED:]
        if self._has_heard_agent and not into_agent and text.strip():
            self._has_answered_agent = True

    def carrier_tells(self) -> None:
        self._carrier_has_told = True

    def greets(self) -> None:
        """It is a machine, and it talks."""
        self._stage = Stage.GREETING

    def records(self) -> None:
        self._stage = Stage.RECORDING

    def hears_message(self) -> bool:
        """Whether it records what the agent says, for the first time."""
        is_first = self._stage is Stage.RECORDING and not self._has_message
        self._has_message = self._has_message or is_first
        return is_first
