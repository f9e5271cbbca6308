"""What people tell the agent during a call, as far as it can be followed without a model."""

import re

_SAY = re.compile(r"^\s*(?:please\s+)?say\b(?:\s+that\b)?[\s:,]*(?P<rest>.+)$", re.I | re.S)
_TELL = re.compile(
    r"^\s*(?:please\s+)?(?:tell|let)\s+(?:the\s+)?(?:caller|customer|lead|him|her|them)"
    r"(?:\s+know)?(?:\s+that)?[\s:,]+(?P<rest>.+)$",
    re.I | re.S,
)
_MENTION = re.compile(r"^\s*(?:please\s+)?mention(?:\s+that)?[\s:,]+(?P<rest>.+)$", re.I | re.S)
_ASK = re.compile(
    r"^\s*(?:please\s+)?ask\s+(?:(?:the\s+)?(?:caller|customer|lead|him|her"
    r"|them)\s+)?(?P<rest>.+)$",
    re.I | re.S,
)
_TO_SECOND_PERSON = (
    (re.compile(r"\b(they are|he is|she is)\b", re.I), "you are"),
    (re.compile(r"\b(they have|he has|she has)\b", re.I), "you have"),
    (re.compile(r"\b(they|he|she|him|them)\b", re.I), "you"),
    (re.compile(r"\b(their|his)\b", re.I), "your"),
)


def words_for_caller(guidance: str) -> str:
    """What the caller is to hear because of an instruction, or nothing.

    “say …” is spoken word for word; “tell the caller …”, “mention …” and “ask the caller …” are
    turned towards the caller. Anything else needs a model to be followed and stays unspoken.
    """
    if said := _SAY.match(guidance):
        return _as_sentence(said["rest"].strip().strip("\"“”'"))
    if told := _TELL.match(guidance) or _MENTION.match(guidance):
        return _as_sentence(_to_caller(told["rest"]))
    if asked := _ASK.match(guidance):
        return _as_sentence(f"A colleague would like to ask you {_to_caller(asked['rest'])}")
    return ""


def _to_caller(text: str) -> str:
    for pattern, replacement in _TO_SECOND_PERSON:
        text = pattern.sub(replacement, text)
    return text


def _as_sentence(text: str) -> str:
    words = text.strip()
    if not words:
        return ""
    ended = words if words[-1] in ".!?" else f"{words}."
    return ended[0].upper() + ended[1:]
