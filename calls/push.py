"""News over the channel layer: to browsers, and to the process that holds a call.

Messages carry ids and primitives. A browser's consumer reads what it shows from Postgres.

============================  ==========================  ==========================================
group                         who listens                 messages (``type``)
============================  ==========================  ==========================================
``call.<public_id>``          the media process           ``supervisor.command``
``call.<public_id>.news``     pages and API rooms of it   ``call.news``, ``call.interim``
``business.<key>.calls``      lists and API rooms         ``call.news``
============================  ==========================  ==========================================

``call.news`` says in ``room`` by which of the two it came: ``call`` or ``calls``.
"""

from typing import Any

from salesdesk.lib.news import send_news


def live_group(call_id: str) -> str:
    return f"call.{call_id}"


def news_group(call_id: str) -> str:
    return f"call.{call_id}.news"


def business_group(business_id: int | None) -> str:
    """Calls of nobody's number go to the group of superusers, ``business.0.calls``."""
    return f"business.{business_id or 0}.calls"


def to_live_call(call_id: str, command: str, text: str) -> None:
    """``command`` is one of say, instruct, pause, resume, hangup, picked_up."""
    message = {"type": "supervisor.command", "command": command, "text": text}
    send_news(live_group(call_id), message)


def call_news(event: str, *, call_id: str, business_id: int | None, **ids: Any) -> None:
    """``event`` is a name of the live API: ``call.started``, ``interaction.added`` and so on."""
    message = {"type": "call.news", "event": event, "call": call_id, **ids}
    send_news(news_group(call_id), {**message, "room": "call"})
    if event.startswith("call."):
        send_news(business_group(business_id), {**message, "room": "calls"})


def interim_message(call_id: str, sequence: int, speaker: str, text: str) -> dict[str, Any]:
    return {
        "type": "call.interim",
        "event": "interaction.interim",
        "call": call_id,
        "sequence": sequence,
        "speaker": speaker,
        "text": text,
    }
