"""The socket of the page of one call."""

from typing import Any

from django.urls import reverse

from calls import call_page, push
from calls.consumers.base import CallPageSocket
from calls.cues import cue_for, playbook_for
from calls.enums import Speaker
from calls.forms import TranscriptForm
from calls.models import Call
from calls.permissions import get_call_for
from calls.transcripts import Change, TranscriptView, changes_after, newest_window
from salesdesk.accounts.permissions import abilities_in
from salesdesk.lib.fragments import insert, update

KNOWN = {
    "known-requests": "requests",
    "known-facts": "facts",
    "known-hand-overs": "hand_overs",
    "tool-uses": "uses",
}
"""The parts of “What we know” that change, by the id of their root."""


class CallSocket(CallPageSocket):
    """The page of one call: `?after=` is the transcript version that it shows.

    `?speaker=` and `?search=` filter the transcript; a filtered one is rendered whole each time.
    `?show=history` is the page with the history instead. `?again` is a reconnect.
    """

    async def connect(self) -> None:
        self.call_id = self.scope["url_route"]["kwargs"]["call_id"]
        self.interims: dict[int, dict[str, Any]] = {}
        self.finals: set[int] = set()
        self.interim_html = ""
        self.known_html: dict[str, str] = {}
        self.cue_html = ""
        self.is_first = True
        await super().connect()

    def groups_to_join(self) -> set[str]:
        get_call_for(self.user, self.call_id)
        return {push.news_group(self.call_id)}

    def page_path(self) -> str:
        return reverse("calls:detail", args=[self.call_id])

    def note(self, message: dict[str, Any]) -> str:
        match message["event"]:
            case "interaction.added":
                self.interims.pop(message["sequence"], None)
                self.finals.add(message["sequence"])
                return "lines"
            case "note.changed":
                return "notes"
            case "known.changed":
                return "known"
            case _:
                return "call"

    async def call_interim(self, message: dict[str, Any]) -> None:
        """Kept by sequence until the utterance of that sequence comes; empty text takes it back."""
        sequence, speaker = message["sequence"], message["speaker"]
        if sequence in self.finals or speaker not in Speaker.values:
            return
        if message["text"]:
            name = Speaker(speaker).label
            self.interims[sequence] = {"speaker": speaker, "name": name, "text": message["text"]}
        else:
            self.interims.pop(sequence, None)
        self.stale.add("interim")
        self.news.set()

    def read_changes(self, stale: set[str]) -> list[str]:
        call = get_call_for(self.user, self.call_id)
        if self.is_first:
            self._begin(call)
            stale = (
                stale | {"call", "lines", "known"} | ({"notes"} if "again" in self.query else set())
            )
        fragments = self._about_call(call) if "call" in stale else []
        fragments += self._known(call) if "known" in stale else []
        fragments += self._cue(call) if stale & {"call", "known", "lines"} else []
        if not self.shows_history:
            fragments += self._lines(call) if "lines" in stale else []
            fragments += self._interims(call)
        if "notes" in stale:
            context = {"call": call, "changed": True}
            fragments.append(update(self.render("call.html#notes_news", context), "notes-news"))
        return ["\n".join(fragments)] if fragments else []

    def _begin(self, call: Call) -> None:
        """The playbook is the one of this moment, as a reload shows another."""
        self.is_first = False
        self.playbook = playbook_for(call, abilities_in(self.user, call.business_id))
        self.shows_history = self.query.get("show") == "history"
        self.seen = _version(self.query.get("after", ""))
        form = TranscriptForm(self.query)
        self.view = form.view() if form.is_valid() else TranscriptView()

    def _about_call(self, call: Call) -> list[str]:
        context = call_page.header_context(call)
        fragments = [
            update(self.render("call.html#header", context), "call-header"),
            update(self.render("call.html#details", context), "call-details"),
        ]
        if self.shows_history:
            history = {"call": call, **call_page.history_context(call)}
            fragments.append(update(self.render("call.html#history", history), "history"))
        return fragments

    def _known(self, call: Call) -> list[str]:
        """The parts of “What we know” that have changed: the others may have been opened."""
        context = call_page.known_context(call)
        html = {id_: self.render(f"known.html#{part}", context) for id_, part in KNOWN.items()}
        changed = [id_ for id_ in KNOWN if html[id_] != self.known_html.get(id_)]
        self.known_html = html
        return [update(html[id_], id_) for id_ in changed]

    def _cue(self, call: Call) -> list[str]:
        """The cue card, for who has one, when it says something else than before."""
        if not self.playbook.stages:
            return []
        html = self.render("cue.html#cue", {"cue": cue_for(call, self.playbook)})
        if html == self.cue_html:
            return []
        self.cue_html = html
        return [update(html, "call-cue")]

    # ------------------------------------------------------------ transcript

    def _lines(self, call: Call) -> list[str]:
        changed = None if self.view.is_filtered else changes_after(call, self.seen)
        if changed is None:
            return self._whole_window(call)
        if not changed:
            return []
        fragments = [self._line(change) for change in changed]
        return [*fragments, self._seen(max(change.line.version for change in changed))]

    def _line(self, change: Change) -> str:
        html = self.render("call.html#line", {"line": change.line})
        if change.line.created_version <= self.seen:
            return update(html, f"utterance-{change.line.public_id}")
        before = f"utterance-{change.follows}" if change.follows else "transcript-start"
        return insert(html, f"afterend:#{before}")

    def _whole_window(self, call: Call) -> list[str]:
        window = newest_window(call, self.view)
        html = self.render("call.html#earlier", {"window": window})
        return [insert(html, "innerHTML:#transcript-lines"), self._seen(window.version)]

    def _seen(self, version: int) -> str:
        self.seen = max(self.seen, version)
        return update(
            self.render("call.html#version", {"version": self.seen}), "transcript-version"
        )

    def _interims(self, call: Call) -> list[str]:
        """What is being spoken now, where the page's filter lets it through."""
        spoken = sorted(self.interims.items()) if call.is_under_way else []
        shown = [each for _, each in spoken if self._is_shown(each["speaker"])]
        html = self.render("call.html#interim", {"interims": shown})
        if html == self.interim_html:
            return []
        self.interim_html = html
        return [update(html, "transcript-interim")]

    def _is_shown(self, speaker: str) -> bool:
        return not self.view.search and self.view.speaker in ("", speaker)


def _version(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
