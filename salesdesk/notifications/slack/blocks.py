"""What a notice looks like in Slack. Pure.

Source: docs.slack.dev/reference/block-kit/blocks, with its limits: 3000 characters of a section,
75 of a button. Words of ours and of callers are escaped, so that they cannot mention anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from salesdesk.notifications.wording import one_line

Block = dict[str, Any]
ACTION_PREFIX = "salesdesk."
OPEN = "_open"
"""No action of a notice is called that."""
LONGEST_BUTTON = 75
LONGEST_SECTION = 2900


@dataclass(frozen=True, slots=True)
class Card:
    """A notice as far as Slack shows it. ``buttons``: pairs of key and label."""

    notice_id: str
    title: str
    body: str
    address: str
    business: str
    is_urgent: bool = False
    buttons: Sequence[tuple[str, str]] = ()
    settled: str = ""


def message_of(card: Card) -> dict[str, Any]:
    """``text`` is what lock screens and screen readers get."""
    return {"text": escaped(card.title), "blocks": _blocks(card), "unfurl_links": False}


def escaped(text: str) -> str:
    """Source: docs.slack.dev/messaging/formatting-message-text#escaping."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(card: Card) -> list[Block]:
    sign = ":rotating_light: " if card.is_urgent and not card.settled else ""
    words = f"{sign}*{_plain(card.title)}*"
    if card.body:
        words += f"\n{_plain(card.body)}"
    blocks: list[Block] = [_section(words), _context(card)]
    if not card.settled:
        blocks.append({"type": "actions", "elements": _buttons(card)})
    return blocks


def _plain(text: str) -> str:
    """Escaped, and cut before escaping could be cut in two."""
    return escaped(text[: LONGEST_SECTION // 6].replace("*", "＊"))


def _section(words: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words[:LONGEST_SECTION]}}


def _context(card: Card) -> Block:
    told = card.settled or card.business
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(told)}]}


def _buttons(card: Card) -> list[Block]:
    buttons = [_button(card, key, label) for key, label in card.buttons]
    open_it = {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}{OPEN}",
        "text": _label("Open"),
        "url": card.address,
        "value": card.notice_id,
    }
    return [*buttons, open_it]


def _button(card: Card, key: str, label: str) -> Block:
    return {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}{key}",
        "text": _label(label),
        "value": card.notice_id,
    }


def _label(words: str) -> Block:
    return {"type": "plain_text", "text": one_line(words, LONGEST_BUTTON)}
