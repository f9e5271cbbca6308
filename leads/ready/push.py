"""News of a rep's Ready session over the channel layer, to the pages that show it.

Group ``ready.<user key>``; messages of type ``ready.news`` carry the session's public id.
"""

from django.db import transaction

from leads.models import ReadySession
from salesdesk.lib.news import send_news


def rep_group(user_id: int) -> str:
    return f"ready.{user_id}"


def tell_rep(session: ReadySession) -> None:
    """After commit, the rep's pages show the session as it then is."""
    user_id, session_id = session.user_id, session.public_id
    transaction.on_commit(lambda: _send(user_id, session_id))


def _send(user_id: int, session_id: str) -> None:
    message = {"type": "ready.news", "session": session_id}
    send_news(rep_group(user_id), message)
