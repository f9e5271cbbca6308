"""Notes about calls: rich text in, sanitised HTML kept."""

import html as html_entities
from collections.abc import Iterable

import nh3

from calls import signals
from calls.enums import NoteCategory
from calls.models import Call, CallNote
from salesdesk.accounts.models import User
from salesdesk.lib.errors import InvalidInput

LONGEST_NOTE = 20_000
MOST_TAGS = 20
LONGEST_TAG = 40
ALLOWED_TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "i", "li", "ol", "p", "pre", "s", "strong",
    "u", "ul",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {"a": {"href"}}


def add_note(
    call: Call,
    html: str,
    *,
    author: User,
    category: str = NoteCategory.GENERAL,
    tags: Iterable[str] = (),
) -> CallNote:
    """Note something about the call. Sends ``note_changed``.

    Raises ``InvalidInput`` for an empty or too long note, an unknown category, too many tags.
    """
    values = _checked(html, category, tags)
    note = CallNote.objects.create(call=call, author=author, **values)
    signals.send_after_commit(signals.note_changed, call_id=call.public_id)
    return note


def edit_note(note: CallNote, html: str, *, category: str, tags: Iterable[str]) -> CallNote:
    """Replace the note's words. Sends ``note_changed``; raises like :func:`add_note`."""
    for field, value in _checked(html, category, tags).items():
        setattr(note, field, value)
    note.save()
    signals.send_after_commit(signals.note_changed, call_id=note.call.public_id)
    return note


def delete_note(note: CallNote) -> None:
    """Remove the note for good. Sends ``note_changed``."""
    note.delete()
    signals.send_after_commit(signals.note_changed, call_id=note.call.public_id)


def sanitise(html: str) -> str:
    """Only formatting is kept: no script, no style, no handlers, links to http(s) and mail."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def plain_text(html: str) -> str:
    spaced = html.replace("<", " <")
    return " ".join(html_entities.unescape(nh3.clean(spaced, tags=set())).split())


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Trimmed, lower case, each once, in the order given."""
    cleaned = list(dict.fromkeys(tag for raw in tags if (tag := " ".join(raw.split()).lower())))
    if len(cleaned) > MOST_TAGS:
        raise InvalidInput(f"A note can have {MOST_TAGS} tags at most.")
    if any(len(tag) > LONGEST_TAG for tag in cleaned):
        raise InvalidInput(f"A tag can have {LONGEST_TAG} characters at most.")
    return cleaned


def _checked(html: str, category: str, tags: Iterable[str]) -> dict[str, object]:
    if len(html) > LONGEST_NOTE:
        raise InvalidInput("This note is too long.")
    clean = sanitise(html)
    text = plain_text(clean)
    if not text:
        raise InvalidInput("Write something first.")
    if category not in NoteCategory.values:
        raise InvalidInput("There is no such category.")
    return {"html": clean, "text": text, "category": category, "tags": clean_tags(tags)}
