"""Plain text: its encoding, and its characters as they are kept."""

import re
import unicodedata

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff\u200b\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_LINE_ENDS = re.compile(r"\r\n?|\f|\u2028|\u2029")


def decode(data: bytes) -> str:
    """The text, in UTF-8, UTF-16 with a mark, or else Windows-1252; any bytes give a text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _lines(data[len(mark) :] if encoding == "utf-8" else data, encoding)
    try:
        return _lines(data, "utf-8", errors="strict")
    except UnicodeDecodeError:
        return _lines(data, "cp1252")


def _lines(data: bytes, encoding: str, errors: str = "replace") -> str:
    return _LINE_ENDS.sub("\n", data.decode(encoding, errors))


def printable(text: str) -> str:
    """Without control characters (Postgres refuses NUL) and marks that take no room."""
    return _CONTROL.sub("", text)


def clean(text: str) -> str:
    """Composed characters, single spaces, no control characters, no empty lines."""
    composed = unicodedata.normalize("NFC", printable(text))
    lines = (_SPACES.sub(" ", line).strip() for line in composed.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    return " ".join(clean(text).split())
