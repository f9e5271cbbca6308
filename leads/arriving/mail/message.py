"""What a message says, as text, whatever it was sent as. Pure.

Messages are hostile: nothing of them is run, loaded or believed, and all of it is bounded.
"""

import email
import email.errors
import email.header
import email.message
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

import nh3

LONGEST_TEXT = 20_000
LONGEST_HEADER = 300
MOST_PARTS = 100
_BREAKS = re.compile(r"(?i)<\s*(?:br|/p|/div|/tr|/li|/h[1-6]|/table|/ul|/ol)\b[^>]*>")
_CELLS = re.compile(r"(?i)</\s*t[dh]\s*>")
_BLANKS = re.compile(r"[ \t\xa0]+")
_MANY_LINES = re.compile(r"\n\s*\n\s*(?:\n\s*)+")
_QUOTED = re.compile(
    r"(?m)^>.*$|^On .{5,120} wrote:\s*$(?s:.*)|^-{3,} ?Original Message ?-{3,}(?s:.*)"
)
_NO_REPLY = re.compile(r"(?i)^(?:no-?_?reply|do-?not-?reply|notifications?|mailer|alerts?)\b")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it is read. ``sender`` and ``reply_to`` are addresses in small letters.

    ``text`` is what was written, without what it quotes; ``is_automatic`` says why no person wrote
    it, or nothing.
    """

    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    is_automatic: str = ""

    @property
    def answers_go_to(self) -> str:
        """Where a person would answer; nothing where nobody reads it."""
        address = self.reply_to or self.sender
        return "" if _NO_REPLY.match(address.partition("@")[0]) else address


def parse(raw: bytes) -> Mail:
    """What the message says; what cannot be read of it is left out."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    name, sender = _address(message, "From")
    return Mail(
        sender=sender,
        sender_name=name,
        reply_to=_address(message, "Reply-To")[1],
        subject=_header(message, "Subject"),
        text=_text_of(message),
        sent_at=_sent_at(message),
        message_id=_header(message, "Message-ID"),
        is_automatic=_why_automatic(message, sender),
    )


def tidy(text: str) -> str:
    """One blank between words, one empty line between paragraphs."""
    lines = (_BLANKS.sub(" ", line).strip() for line in text.replace("\r", "").split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def text_of_html(html: str) -> str:
    """The words of a page, a line for each block; a table's cells are told apart by a colon."""
    broken = _CELLS.sub(" ", _BREAKS.sub("\n", html.replace("\n", " ")))
    return _unescaped(nh3.clean(broken, tags=set(), clean_content_tags={"script", "style"}))


def _unescaped(text: str) -> str:
    for sign, letter in (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(sign, letter)
    return text


def _text_of(message: email.message.Message) -> str:
    plain: list[str] = []
    html: list[str] = []
    for _, part in zip(range(MOST_PARTS), message.walk(), strict=False):
        if part.is_multipart() or part.get_filename():
            continue
        kind = part.get_content_type()
        if kind == "text/plain":
            plain.append(_decoded(part))
        elif kind == "text/html":
            html.append(text_of_html(_decoded(part)))
    text = "\n\n".join(plain).strip() or "\n\n".join(html)
    return _QUOTED.sub("", tidy(text.replace("\x00", "")[: LONGEST_TEXT * 2]))[
        :LONGEST_TEXT
    ].strip()


def _decoded(part: email.message.Message) -> str:
    body = part.get_payload(decode=True)
    data = body if isinstance(body, bytes) else b""
    try:
        return data[: LONGEST_TEXT * 4].decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return data[: LONGEST_TEXT * 4].decode("utf-8", "replace")


def _header(message: email.message.Message, name: str) -> str:
    """The header's words on one line, decoded (RFC 2047)."""
    value = str(message.get(name, ""))[: LONGEST_HEADER * 4]
    parts: list[str] = []
    try:
        for piece, charset in email.header.decode_header(value):
            is_bytes = isinstance(piece, bytes)
            parts.append(piece.decode(charset or "utf-8", "replace") if is_bytes else str(piece))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        parts = [value]
    text = "".join(parts).replace("\x00", "").encode("utf-8", "replace").decode()
    return " ".join(text.split())[:LONGEST_HEADER]


def _address(message: email.message.Message, name: str) -> tuple[str, str]:
    pairs = getaddresses([_header(message, name)])
    shown, address = pairs[0] if pairs else ("", "")
    return shown.strip(), address.strip().lower() if "@" in address else ""


def _sent_at(message: email.message.Message) -> datetime | None:
    try:
        sent = parsedate_to_datetime(str(message.get("Date", "")))
        return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _why_automatic(message: email.message.Message, sender: str) -> str:
    """RFC 3834 for answers by machines; newsletters say that one can leave them."""
    if str(message.get("Auto-Submitted", "no")).strip().lower() not in ("", "no"):
        auto = str(message.get("Auto-Submitted", "")).strip().lower()
        if auto.startswith("auto-replied"):
            return "An answer that a machine has given."
    if sender.partition("@")[0] in ("mailer-daemon", "postmaster"):
        return "A report about a message that was not delivered."
    if message.get("List-Unsubscribe") and str(message.get("Precedence", "")).lower() in BULK:
        return "A newsletter."
    return ""


BULK = ("bulk", "list", "junk")
