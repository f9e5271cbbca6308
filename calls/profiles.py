"""What a call is led by, read from Postgres when its media stream is claimed."""

from dataclasses import replace

from django.conf import settings

from calls.briefing import brief_call
from calls.dialling.machines import carrier_tells_beep, message_for
from calls.dialling.wishes import instructed, wishes_of_call
from calls.live.profile import CallProfile, Line
from calls.models import Call
from knowledge.models import Passage
from leads.campaigns.wishes import NONE, Wishes

HISTORY = 100
"""Utterances that a stream which takes a call up again is told."""


def profile_of(call: Call) -> CallProfile:
    business = call.business
    assert business is not None, "a call of nobody's number has no media stream"
    history = list(call.utterances.order_by("-sequence")[:HISTORY])[::-1]
    engine = call.engine or business.engine_name
    wishes = NONE if call.is_inbound else wishes_of_call(call.public_id)
    profile = CallProfile(
        call_id=call.public_id,
        business_name=business.name,
        engine=engine,
        greeting=_greeting(call, wishes),
        prompt=instructed(business.prompt, wishes),
        direction=call.direction,
        language=business.language,
        voice=business.voice,
        temperature=business.temperature,
        response_delay_ms=business.response_delay_ms,
        no_input_ms=business.no_input_seconds * 1000,
        longest_call_ms=business.longest_call_seconds * 1000,
        facts=tuple((question, answer) for question, answer in business.facts),
        vocabulary=(business.name, *business.vocabulary),
        history=tuple(Line(utterance.speaker, utterance.text) for utterance in history),
        next_sequence=history[-1].sequence + 1 if history else 1,
        business_id=business.pk,
        customer_phone=customer_phone(call),
        machine_message=message_for(call),
        carrier_tells_beep=carrier_tells_beep(call),
        has_documents=Passage.objects.filter(business=business).exists(),
    )
    return _briefed(profile) if settings.VOICE_ENGINES.get(engine, {}).get("TOOLS") else profile


def _briefed(profile: CallProfile) -> CallProfile:
    """With the prompt and tools of the desk's agent, for an engine whose model thinks itself."""
    assert profile.business_id is not None
    briefing = brief_call(
        profile.business_id,
        profile.call_id,
        phone=profile.customer_phone,
        direction=profile.direction,
    )
    return replace(
        profile,
        prompt=briefing.prompt,
        tools=briefing.tools,
        thread_id=briefing.thread_id,
        agent=briefing.agent,
    )


def customer_phone(call: Call) -> str:
    """The other side's number, or nothing where it is withheld or no number (“anonymous”)."""
    number = call.from_number if call.is_inbound else call.to_number
    return number if number.startswith("+") else ""


def _greeting(call: Call, wishes: Wishes) -> str:
    assert call.business is not None
    if call.is_inbound:
        return call.business.greeting
    return wishes.greeting or call.business.outbound_greeting or call.business.greeting
