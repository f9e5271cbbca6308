"""Reads a message by the rule for its sender. Pure.

A pattern is a label, whose line's rest is the value (or the next line, where the rest is empty),
or a regular expression, whose first group is. Expressions are people's own: each has little time.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

from leads.arriving.mail.message import Mail
from salesdesk.lib.errors import InvalidInput

SECONDS = 0.2
LONGEST_PATTERN = 300
LONGEST_VALUE = 2000
MOST_PATTERNS = 40


@dataclass(frozen=True, slots=True)
class Read:
    """``values`` as :func:`leads.arriving.values.told_of` takes them; ``problem`` where a person
    must look, and then ``values`` are only a guess.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    reader: str = ""
    problem: str = ""


def fits(sender: str, subject: str, mail: Mail) -> bool:
    """Whether a rule for this sender (``@domain`` or an address) and subject is for the message."""
    wanted = sender.strip().lower()
    known = mail.sender.endswith(wanted) if wanted.startswith("@") else mail.sender == wanted
    return bool(wanted) and known and subject.strip().lower() in mail.subject.lower()


def read_by(patterns: Mapping[str, Mapping[str, str]], mail: Mail) -> dict[str, str]:
    """The values of all fields whose pattern was found.

    Raises ``InvalidInput`` for an expression that is none, or that takes too long.
    """
    text = f"Subject: {mail.subject}\n{mail.text}"
    found = {key: _found(pattern, text) for key, pattern in patterns.items()}
    return {key: value[:LONGEST_VALUE] for key, value in found.items() if value}


def check(patterns: Mapping[str, Mapping[str, str]]) -> None:
    """Raises ``InvalidInput`` where a pattern can never be used."""
    if not patterns:
        raise InvalidInput("Say where one field stands at least.")
    if len(patterns) > MOST_PATTERNS:
        raise InvalidInput(f"{MOST_PATTERNS} fields at most.")
    for pattern in patterns.values():
        if "regex" in pattern:
            _compiled(pattern["regex"])


def _found(pattern: Mapping[str, str], text: str) -> str:
    if "regex" in pattern:
        return _by_expression(pattern["regex"], text)
    return by_label([pattern.get("label", "")], text)


def by_label(labels: Iterable[str], text: str) -> str:
    """What follows a line's label and its colon, on the same line or the next one."""
    for label in labels:
        words = r"\s+".join(re.escape(word) for word in label.strip(" :").split())
        if not words:
            continue
        found = re.search(rf"(?im)^[ \t*•-]*{words}[ \t*]*[:=][ \t*]*(.*)(?:\n(.+))?", text)
        if found is not None:
            value = found[1].strip(" *\t") or _next_line(found[2])
            if value:
                return value
    return ""


def _next_line(line: str | None) -> str:
    """The line below a label, unless it is the next label."""
    text = (line or "").strip()
    return "" if re.match(r"^[\w /-]{1,40}:", text) else text


def _by_expression(pattern: str, text: str) -> str:
    try:
        found = _compiled(pattern).search(text, timeout=SECONDS)
    except TimeoutError:
        raise InvalidInput(f"The expression “{pattern[:60]}” takes too long.") from None
    if found is None:
        return ""
    return str((found.group(1) if found.re.groups else found.group()) or "").strip()


def _compiled(pattern: str) -> "regex.Pattern[str]":
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidInput(f"An expression has {LONGEST_PATTERN} characters at most.")
    try:
        return regex.compile(pattern, regex.IGNORECASE | regex.MULTILINE)
    except regex.error as error:
        raise InvalidInput(f"“{pattern[:60]}” is no regular expression: {error}.") from None
