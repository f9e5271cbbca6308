"""Tells browsers what happened, has noted which documents answers came from, and tells leads."""

from typing import Any

from django.dispatch import receiver

from calls import known, push, replies, signals, tasks
from calls.enums import Speaker
from salesdesk.assistant import signals as assistant
from salesdesk.assistant.tasks import tell_lead_soon


@receiver(signals.call_started)
def tell_started(call_id: str, business_id: int | None, **_: Any) -> None:
    push.call_news("call.started", call_id=call_id, business_id=business_id)


@receiver(signals.call_updated)
def tell_updated(call_id: str, business_id: int | None, **_: Any) -> None:
    push.call_news("call.updated", call_id=call_id, business_id=business_id)


@receiver(signals.call_ended)
def tell_ended(call_id: str, business_id: int | None, **_: Any) -> None:
    push.call_news("call.ended", call_id=call_id, business_id=business_id)


@receiver(signals.utterance_recorded)
def tell_utterance(
    call_id: str, business_id: int | None, sequence: int, version: int, **_: Any
) -> None:
    push.call_news(
        "interaction.added",
        call_id=call_id,
        business_id=business_id,
        sequence=sequence,
        version=version,
    )


@receiver(signals.answer_cited)
def note_uses(call_id: str, sequence: int, **_: Any) -> None:
    tasks.note_uses.delay(call_id, sequence)


@receiver(signals.note_changed)
def tell_note(call_id: str, **_: Any) -> None:
    push.call_news("note.changed", call_id=call_id, business_id=None)


@receiver(signals.utterance_recorded)
def note_read_back(call_id: str, sequence: int, speaker: str, **_: Any) -> None:
    if speaker == Speaker.AGENT:
        known.note_read_back(call_id, sequence)


@receiver(signals.call_ended)
def tell_lead(call_id: str, **_: Any) -> None:
    tell_lead_soon(call_id)


@receiver(signals.call_ended)
def find_opportunities(call_id: str, **_: Any) -> None:
    tasks.find_opportunities_soon(call_id)


@receiver(signals.call_ended)
def tell_of_reply(call_id: str, **_: Any) -> None:
    replies.tell_of_reply(call_id)


@receiver((assistant.facts_changed, assistant.escalation_requested, assistant.agent_worked))
def tell_known(conversation: str, **_: Any) -> None:
    push.call_news("known.changed", call_id=conversation, business_id=None)
