"""What a file is, told by its content; its name is never asked."""

import io
import re
import zipfile

from knowledge.parsing.errors import Unreadable
from knowledge.parsing.text import decode

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
TEXT = "text/plain"

ACCEPTED = "PDF, Word (DOCX), HTML, Markdown and plain text"

_OTHERS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"RIFF", "a sound, film or picture"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (save it as DOCX)"),
    (b"{\\rtf", "an RTF file (save it as DOCX)"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_OFFICE_PARTS = (
    ("word/document.xml", ""),
    ("xl/workbook.xml", "an Excel workbook"),
    ("ppt/presentation.xml", "a PowerPoint file"),
    ("META-INF/container.xml", "an e-book"),
    ("content.xml", "an OpenDocument file (save it as DOCX)"),
)
_PROLOGUE = r"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+"
"""Taken or left as a whole: trying other ends of comments would take time without end."""
_HTML_START = re.compile(_PROLOGUE + r"<(?:!doctype\s+html|html)\b", re.I | re.S)
_HTML_TAGS = re.compile(r"</(?:p|div|h[1-6]|table|ul|ol|body|section|article)\s*>", re.I)
_FRAGMENT_START = re.compile(
    _PROLOGUE
    + r"<(?:(?:head|title|meta|link|body|main|article|section|header|div|p|h[1-6]|ul|ol|dl|table|"
    r"blockquote|pre)(?:\s[^<>]*)?>|(a|abbr|b|em|i|small|span|strong|u)(?:\s[^<>]*)?>.*?</\1\s*>)",
    re.I | re.S,
)
"""A piece of a page, as it is pasted: it begins with an element."""
_MARKDOWN_SIGNS = re.compile(
    r"^(?:\#{1,6}[ ]\S|\s*[-*+][ ]\S|\|.*\|\s*$|```|>[ ]\S)|\[[^\[\]\n]+\]\([^()\s]+\)|\*\*\S",
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(r"---\r?\n.*?\r?\n---\r?\n", re.DOTALL)
_LOOKED_AT = 20_000
_MOST_CONTROL = 0.01


def content_type_of(data: bytes) -> str:
    """One of the five types that are read.

    Raises :class:`Unreadable` for what is empty or something else, and says what it is.
    """
    if not data.strip():
        raise Unreadable("The file is empty.")
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _office_type(data)
    for start, name in _OTHERS:
        if data.startswith(start):
            raise Unreadable(f"This is {name}, which cannot be read; {ACCEPTED} can.")
    return _text_type(data)


def _office_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise Unreadable("The file is damaged: it ends too early or was changed.") from error
    for part, other in _OFFICE_PARTS:
        if part in names:
            if other:
                raise Unreadable(f"This is {other}, which cannot be read; {ACCEPTED} can.")
            return DOCX
    raise Unreadable(f"This is a ZIP archive; upload what is in it. {ACCEPTED} can be read.")


def _text_type(data: bytes) -> str:
    text = decode(data)[:_LOOKED_AT]
    control = sum(1 for character in text if ord(character) < 32 and character not in "\t\n\r\f")
    if control > len(text) * _MOST_CONTROL:
        raise Unreadable(f"This is no kind of text that is known here; {ACCEPTED} can be read.")
    if _HTML_START.match(text) or len(_HTML_TAGS.findall(text)) >= 3:
        return HTML
    if _FRONT_MATTER.match(text) or len(_MARKDOWN_SIGNS.findall(text)) >= 2:
        return MARKDOWN
    return HTML if _FRAGMENT_START.match(text) else TEXT
