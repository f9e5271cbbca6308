"""News about conversations over the channel layer, to the pages that show them.

Messages carry ids only; a browser's consumer reads what it shows from Postgres.

==================================  ====================================  ===================
group                               who listens                           messages (``type``)
==================================  ====================================  ===================
``assistant.thread.<public_id>``    the conversation's page               ``thread.news``
``assistant.answer.<public_id>``    who writes that answer, to be stopped ``answer.stop``
==================================  ====================================  ===================

``thread.news`` has ``thread`` (public id) and ``event``: one of those of
:data:`salesdesk.assistant.signals.thread_changed`.
"""

from channels.layers import get_channel_layer

from salesdesk.lib.news import send_news


def thread_group(thread_id: str) -> str:
    return f"assistant.thread.{thread_id}"


def answer_group(message_id: str) -> str:
    return f"assistant.answer.{message_id}"


def thread_news(event: str, *, thread_id: str) -> None:
    send_news(thread_group(thread_id), {"type": "thread.news", "event": event, "thread": thread_id})


def stop_answer(message_id: str) -> None:
    send_news(answer_group(message_id), {"type": "answer.stop"})


async def told_to_stop(message_id: str) -> None:
    """Waits until somebody wants no more of the answer."""
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(answer_group(message_id), channel)
    try:
        await layer.receive(channel)
    finally:
        await layer.group_discard(answer_group(message_id), channel)
