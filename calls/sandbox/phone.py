"""The far end of a call: an ear, a mouth, and the person between them."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from calls.sandbox.hearing import Hearing
from calls.sandbox.performer import Part, Performer
from calls.sandbox.playback import Playback
from calls.sandbox.recording import Recording
from calls.sandbox.timeline import Timeline


class Listener(Protocol):
    """Whatever the network connects the person's voice and keys to."""

    def hear(self, frame: bytes) -> None:
        """Take 20 ms of what the person says."""

    def press(self, key: str) -> None:
        """Take a key."""


class Nobody:
    """Voice and keys are lost, as while an announcement plays."""

    def hear(self, frame: bytes) -> None:
        pass

    def press(self, key: str) -> None:
        pass


class Phone:
    """One person on the line, from the answer to the end of the call.

    ``on_hang_up`` is called when the person hangs up; whoever owns the phone then stops its ticks.
    """

    def __init__(
        self, performer: Performer, timeline: Timeline, on_hang_up: Callable[[], None]
    ) -> None:
        self.ear = Playback()
        self.recording = Recording()
        self.listener: Listener = Nobody()
        self._performer = performer
        self._hearing = Hearing(timeline)
        self._on_hang_up = on_hang_up

    def tick(self) -> None:
        """Twenty milliseconds pass."""
        heard = self.ear.next_frame()
        audible = self._hearing.hear(heard)
        act = self._performer.tick(audible=audible, waiting_ms=self.ear.waiting_ms)
        self.recording.add(said=act.frame, heard=heard)
        self.listener.hear(act.frame)
        if act.key:
            self.listener.press(act.key)
        if act.hangs_up:
            self._on_hang_up()

    async def play(self, mulaw: bytes) -> None:
        """Play an announcement to its end; what is left of it is dropped when cancelled."""
        played = asyncio.Event()
        self.ear.add(mulaw)
        self.ear.mark(played.set)
        try:
            await played.wait()
        except asyncio.CancelledError:
            self.ear.clear()
            raise

    def do_now(self, part: Part) -> None:
        self._performer.do_now(part)

    def put_down(self) -> None:
        """The call is over."""
        self._performer.stop()
        self._hearing.stop()
        self.ear.clear()
