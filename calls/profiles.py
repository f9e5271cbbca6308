"""What a call is led by, read from Postgres when its media stream is claimed."""

from collections.abc import Mapping

from django.conf import settings

from calls.live.profile import CallProfile, Line
from calls.models import Call
from knowledge.models import Passage
from salesdesk.assistant.tools import describe, tools_for
from salesdesk.lib.tools import Trust

HISTORY = 100
"""Utterances that a stream which takes a call up again is told."""


def profile_of(call: Call) -> CallProfile:
    business = call.business
    assert business is not None, "a call of nobody's number has no media stream"
    history = list(call.utterances.order_by("-sequence")[:HISTORY])[::-1]
    engine = call.engine or business.engine_name
    return CallProfile(
        call_id=call.public_id,
        business_name=business.name,
        engine=engine,
        greeting=_greeting(call),
        prompt=business.prompt,
        direction=call.direction,
        language=business.language,
        voice=business.voice,
        temperature=business.temperature,
        response_delay_ms=business.response_delay_ms,
        no_input_ms=business.no_input_seconds * 1000,
        longest_call_ms=business.longest_call_seconds * 1000,
        facts=tuple((question, answer) for question, answer in business.facts),
        vocabulary=(business.name, *business.vocabulary),
        tools=_tools_for(engine),
        history=tuple(Line(utterance.speaker, utterance.text) for utterance in history),
        next_sequence=history[-1].sequence + 1 if history else 1,
        business_id=business.pk,
        customer_phone=customer_phone(call),
        has_documents=Passage.objects.filter(business=business).exists(),
    )


def customer_phone(call: Call) -> str:
    """The other side's number, or nothing where it is withheld or no number (“anonymous”)."""
    number = call.from_number if call.is_inbound else call.to_number
    return number if number.startswith("+") else ""


def _tools_for(engine: str) -> tuple[Mapping[str, object], ...]:
    """What callers may have used for them, where the engine's model asks for tools itself."""
    if not settings.VOICE_ENGINES.get(engine, {}).get("TOOLS"):
        return ()
    return tuple(describe(tool) for tool in tools_for(Trust.CALLER).values())


def _greeting(call: Call) -> str:
    assert call.business is not None
    if call.is_inbound:
        return call.business.greeting
    return call.business.outbound_greeting or call.business.greeting
