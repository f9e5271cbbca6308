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

_SIGNATURE = re.compile(r"^\s*(?:sent (?:from|via) \w|get outlook for\b|--\s*$)", re.I | re.M)
_STOPS = re.compile(
    r"^\W*(?:please\W+)?(?:stop(?: ?all)?|remove(?: me)?|unsubscribe(?: me)?|revoke|opt[ -]?out)\b"
    r"(?:\W+(?:it|now|please|this|that|all|everything|immediately|thanks|thank you))*"
    r"(?:\W*[-–—,]\s*(?-i:[A-Z][\w'.]*(?: [A-Z][\w'.]*)?))?\W*$",
    re.I,
)
"""A line that says no more than this, with a name after it at most."""
_ENDS = re.compile(
    r"\bleave (?:me|us) alone\b"
    r"|\b(?:no more|(?<!n.t )(?<!not )stop(?: with)?(?: (?:the|these|those|all|your))*) "
    r"(?:text messages|texts|messages|sms|texting|messaging)\b"
    r"|\bno (?:more )?(?:calls?|texts?|messages?)(?:,| or| and)+ (?:no )?(?:more )?"
    r"(?:calls?|texts?|messages?)\b"
    r"|\b(?:don.?t|do not) want (?:(?:to (?:get|receive)|any|more|further|of|your|these|those) )*"
    r"(?:texts?|text messages|messages|sms|e-?mails|calls)\b"
    r"(?=\W*$|\s*[.,!;\n]| (?:from|please|any ?more|again|or|and)\b)",
    re.I,
)
_NO_CALLS = re.compile(
    r"(?:^|[.,!;]\s*|\bplease\W+)no (?:phone )?"
    r"(?:calls\W*$|calls?\W+(?:(?:please|thanks|thank you)\b|(?:please |just |only )*text me\b))",
    re.I,
)
_CALLS = re.compile(r"\b(?:call|ring|phon)(?:s|ed|ing|e)?\b", re.I)
_FOR_EVER = r"(?! (?:or|again|ever|any ?more)\b)"
_RATHER_TEXTS = re.compile(
    r"\b(?:just|only|rather|prefer)\W+(?:\w+\W+){0,2}text"
    r"|\btext(?:ing)?(?: me)? (?:instead|only|is (?:fine|ok|okay|better)|works)\b"
    rf"|(?:[.,!;\n]|[-–—] |\b(?:but|please))\s*(?:please )?text me\b{_FOR_EVER}",
    re.I,
)
_RATHER_CALLS = re.compile(
    r"\b(?:just|only|rather|prefer)\W+(?:\w+\W+){0,2}(?:call|ring|phone)"
    r"|\b(?:call|ring|phone|calls|calling)(?: me)? (?:instead|only|is (?:fine|ok|okay|better))\b"
    r"|(?:[.,!;\n]|[-–—] |\b(?:but|please|me and))\s*(?:please )?(?:call|ring|phone) me\b"
    rf"{_FOR_EVER}",
    re.I,
)
_NO_TEXTS = re.compile(r"\b(?:stop|quit|don.?t|do not|never|no more) (?:text|messag|sms)", re.I)
_STOP_FIRST = re.compile(r"^\W*stop\s*[.,!;\n]", re.I)
_NEVER_CALL = re.compile(
    r"\b(?:stop|quit|don.?t|do not|never|no|no more) (?:call|ring|phon)|\bor (?:call|ring|phon)",
    re.I,
)


def meaning_of(text: str, wants_peace: Callable[[str], bool]) -> MessageMeaning:
    """``wants_peace`` recognises a sentence in which somebody does not want to be contacted.

    Who asks for texts *instead of* calls has opted out of calls only, and the other way round.
    What stands above a signature counts, and the first line for itself.
    """
    read = _SIGNATURE.split(text[:LONGEST_READ])[0].strip()
    word = OF_WORD.get("".join(letter for letter in read.lower() if letter.isalpha()))
    if word is not None:
        return word
    if _wants_only_calls(read):
        return MessageMeaning.NO_TEXTS
    if _STOPS.search(read.partition("\n")[0]) or _STOPS.search(read):
        return MessageMeaning.STOP
    if wants_peace(read) or _ENDS.search(read):
        return MessageMeaning.NO_CALLS if _wants_only_texts(read) else MessageMeaning.STOP
    return MessageMeaning.NO_CALLS if _NO_CALLS.search(read) else MessageMeaning.REPLY


def _wants_only_texts(text: str) -> bool:
    said = _CALLS.search(text) and _RATHER_TEXTS.search(text)
    return bool(said) and not _NO_TEXTS.search(text)


def _wants_only_calls(text: str) -> bool:
    said = (_NO_TEXTS.search(text) or _STOP_FIRST.search(text)) and _RATHER_CALLS.search(text)
    return bool(said) and not _NEVER_CALL.search(text)
