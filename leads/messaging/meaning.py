"""What a text message asks for, by its words alone. Pure.

The keywords are those of the carriers (CTIA Messaging Principles, 5.1.3) and of the FCC's list of
words that always revoke consent (47 CFR 64.1200(a)(10)): alone in a message they mean nothing
else. Whoever opts out in a sentence has opted out too ("any reasonable means").
"""

import re
from collections.abc import Callable

from leads.enums import MessageMeaning

STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)
START_WORDS = frozenset({"start", "unstop"})
HELP_WORDS = frozenset({"help", "info"})
OF_WORD = {
    **dict.fromkeys(STOP_WORDS, MessageMeaning.STOP),
    **dict.fromkeys(START_WORDS, MessageMeaning.START),
    **dict.fromkeys(HELP_WORDS, MessageMeaning.HELP),
}
LONGEST_READ = 2000

_STOPS = re.compile(
    r"^\W*(?:please\W+)?(?:stop|remove me|unsubscribe me)\b"
    r"(?:\W+(?:it|now|please|this|that|all|everything|immediately|thanks|thank you))*\W*$"
    r"|\bleave (?:me|us) alone\b"
    r"|\b(?:no more|stop (?:the|these|those|all|with the)) (?:texts|messages|sms|texting)\b",
    re.I,
)
_CALLS = re.compile(r"\b(?:call|ring|phon)(?:s|ed|ing|e)?\b", re.I)
_RATHER_TEXTS = re.compile(
    r"\b(?:just|only|rather|prefer)\W+(?:\w+\W+){0,2}text"
    r"|\btext(?:ing)?(?: me)? (?:instead|only|is (?:fine|ok|okay|better)|works)\b",
    re.I,
)
_NO_TEXTS = re.compile(r"\b(?:stop|quit|don.?t|do not|never|no more) (?:text|messag)", re.I)


def meaning_of(text: str, wants_peace: Callable[[str], bool]) -> MessageMeaning:
    """``wants_peace`` recognises a sentence in which somebody does not want to be contacted.

    Who asks for texts *instead of* calls has opted out of calls only.
    """
    read = text[:LONGEST_READ]
    word = OF_WORD.get("".join(letter for letter in read.lower() if letter.isalpha()))
    if word is not None:
        return word
    if _STOPS.search(read):
        return MessageMeaning.STOP
    if not wants_peace(read):
        return MessageMeaning.REPLY
    return MessageMeaning.NO_CALLS if _wants_only_texts(read) else MessageMeaning.STOP


def _wants_only_texts(text: str) -> bool:
    said = _CALLS.search(text) and _RATHER_TEXTS.search(text)
    return bool(said) and not _NO_TEXTS.search(text)
