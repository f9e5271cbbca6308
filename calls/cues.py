"""Cue cards: what whoever sells sees of the playbook while a call is under way."""

from collections.abc import Container

from calls.enums import Speaker
from calls.models import Call
from salesdesk.accounts.enums import Ability
from salesdesk.assistant.loop.state import PlaybookSpec, State
from salesdesk.assistant.models import Thread
from salesdesk.assistant.playbooks.following import CALLER, Cue, cue_of, spec_for

MOST_LINES = 200


def playbook_for(call: Call, abilities: Container[Ability]) -> PlaybookSpec:
    """What cue cards of this call are made of; an empty playbook for who gets none."""
    if call.business is None or not call.is_under_way or Ability.USE_ASSISTANT not in abilities:
        return PlaybookSpec()
    return spec_for(call.business)


def cue_for(call: Call, playbook: PlaybookSpec) -> Cue | None:
    """The card for this moment; ``None`` when the call is over or there is no playbook."""
    if not playbook.stages or not call.is_under_way:
        return None
    return cue_of(playbook, _state_of(call), _lines_of(call))


def _state_of(call: Call) -> State:
    stored = Thread.objects.filter(conversation=call.public_id).values_list("state", flat=True)
    return State.from_json(stored.first() or {})


def _lines_of(call: Call) -> list[tuple[str, str]]:
    """The newest lines; what the system said is nobody's."""
    spoken = call.utterances.exclude(speaker=Speaker.SYSTEM).order_by("-sequence")
    newest = spoken.values_list("speaker", "text")[:MOST_LINES]
    return [
        (CALLER if speaker == Speaker.CALLER else speaker, text)
        for speaker, text in reversed(newest)
    ]
