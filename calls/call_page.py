"""What the page of one call shows: the reads behind its views and its live socket."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateformat import format as date_format

from calls.cues import cue_for, playbook_for
from calls.forms import LineForm, NoteForm, NoteSearchForm
from calls.models import Call, CallNote
from calls.templatetags.calls import engine_label, where_it_rang
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, abilities_in
from salesdesk.assistant.memory.known import known_of
from salesdesk.lib.phone import for_people

MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class May:
    """What somebody who sees a call may do about it."""

    user_id: int | None
    abilities: frozenset[Ability]

    @classmethod
    def of(cls, user: Visitor, call: Call) -> "May":
        return cls(user.pk, abilities_in(user, call.business_id))

    @property
    def control(self) -> bool:
        return Ability.CONTROL_CALLS in self.abilities

    @property
    def place_calls(self) -> bool:
        return Ability.PLACE_CALLS in self.abilities

    @property
    def write_notes(self) -> bool:
        return Ability.WRITE_NOTES in self.abilities

    def change(self, note: CallNote) -> bool:
        is_theirs = note.author_id == self.user_id or Ability.MANAGE_NOTES in self.abilities
        return self.write_notes and is_theirs


def call_context(user: Visitor, call: Call, query: QueryDict) -> dict[str, Any]:
    """The frame around transcript or history."""
    may = May.of(user, call)
    return {
        **header_context(call),
        **known_context(call),
        **notes_context(may, call, query),
        "may": may,
        "cue": cue_for(call, playbook_for(call, may.abilities)),
        "note_form": NoteForm(),
        "line_form": LineForm(),
    }


def header_context(call: Call) -> dict[str, Any]:
    return {"call": call, "agent": agent_state(call), "facts": facts_of(call)}


def known_context(call: Call) -> dict[str, Any]:
    """What the agents know and did."""
    return {"call": call, "known": known_of(call.business_id, call.public_id)}


def facts_of(call: Call) -> list[tuple[str, str]]:
    """What is known of the call besides its header, as pairs of term and value."""
    facts = [
        ("From", for_people(call.from_number)),
        ("To", for_people(call.to_number)),
        ("Answered", _time(call, call.answered_at)),
    ]
    if not call.is_under_way:
        facts.append(("Ended", _time(call, call.ended_at)))
    if call.end_reason:
        facts.append(("How it ended", call.get_end_reason_display()))
    facts.append(("Engine", engine_label(call.engine)))
    if call.placed_by:
        facts.append(("Placed by", str(call.placed_by)))
    return facts


def _time(call: Call, moment: datetime | None) -> str:
    return date_format(where_it_rang(moment, call), "g:i:s A") if moment else ""


def agent_state(call: Call) -> str:
    """``on``, ``paused``, or ``off`` while no agent is on the call."""
    if not call.is_under_way or not call.media_streams.live().exists():
        return "off"
    return "paused" if call.agent_paused else "on"


def notes_context(may: May, call: Call, query: QueryDict) -> dict[str, Any]:
    """``notes``: the newest that the query asks for, each with whether it may be changed."""
    form = NoteSearchForm(query)
    search = form.cleaned_data["note_search"] if form.is_valid() else ""
    notes = call.notes.mentioning(search) if search else call.notes.all()
    shown = notes.select_related("author")[:MOST_NOTES]
    return {
        "call": call,
        "note_search_form": form,
        "is_note_search": bool(search),
        "notes": [(note, may.change(note)) for note in shown],
    }


def history_context(call: Call) -> dict[str, Any]:
    return {"events": call.events.select_related("user", "call__placed_by")}
