"""``<Dial><Conference>``: calls that meet in a room by its name, where each hears all others.

Source: twilio.com/docs/voice/twiml/conference. Nothing is played to who waits alone: the sandbox
has no music, and ``beep`` and ``waitUrl`` are read only.
"""

import asyncio
import audioop
from collections import deque
from collections.abc import Callable
from functools import reduce

from calls.audio import MULAW_SILENCE, mulaw_from_pcm16, pcm16_from_mulaw
from calls.sandbox.call import Call, Status
from calls.sandbox.callbacks import Callbacks, CallbackTarget
from calls.sandbox.phone import Nobody
from calls.sandbox.playback import SILENT_FRAME
from calls.sandbox.sids import new_sid
from calls.sandbox.sounds import key_tones
from calls.sandbox.stage import Document, Outcome, Source, Stage
from calls.sandbox.ticker import Ticker
from calls.sandbox.timeline import Kind
from calls.sandbox.twiml import Conference, Dial

EVENTS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
}
"""As the callback tells them, and as TwiML asks for them."""
ANSWERED = "answered"


class Member:
    """One call in the room: what it says waits here for the next mixing."""

    def __init__(self, call: Call, noun: Conference) -> None:
        self.call = call
        self.noun = noun
        self.phone = call.answer()
        self._said: deque[bytes] = deque()

    def hear(self, frame: bytes) -> None:
        self._said.append(SILENT_FRAME if self.noun.muted else frame)

    def press(self, key: str) -> None:
        tones = key_tones(key)
        size = len(SILENT_FRAME)
        for start in range(0, len(tones), size):
            self.hear(tones[start : start + size].ljust(size, MULAW_SILENCE))

    def next_frame(self) -> bytes:
        return self._said.popleft() if self._said else SILENT_FRAME


class Room:
    """A conference under way. It starts when somebody enters for whom it starts, and is over when
    somebody leaves with whom it ends, or the last one leaves."""

    def __init__(self, name: str, ticker: Ticker, on_over: Callable[[], None]) -> None:
        self.sid = new_sid("CF")
        self.name = name
        self.has_started = False
        self.over = asyncio.Event()
        self._members: list[Member] = []
        self._callbacks: Callbacks | None = None
        self._ticker = ticker
        self._on_over = on_over

    # ------------------------------------------------------------ coming and going

    def enter(self, member: Member, stage: Stage, document: Document) -> None:
        self._members.append(member)
        member.phone.listener = member
        self._listen_for(member, stage, document)
        self._tell("participant-join", member.call)
        if member.noun.starts and not self.has_started:
            self.has_started = True
            self._ticker.add(self)
            self._tell("conference-start", member.call)

    def leave(self, member: Member) -> None:
        self._members.remove(member)
        member.phone.listener = Nobody()
        member.phone.ear.clear()
        self._tell("participant-leave", member.call)
        ends = member.noun.ends and self.has_started
        if (ends or not self._members) and not self.over.is_set():
            self.over.set()
            self._ticker.remove(self)
            self._on_over()
            self._tell("conference-end", member.call)

    # ------------------------------------------------------------ mixing

    def tick(self) -> None:
        """Twenty milliseconds of everybody, for all others."""
        said = [(member, member.next_frame()) for member in self._members]
        for member in self._members:
            member.phone.ear.add(mix([frame for other, frame in said if other is not member]))

    def fail(self, error: Exception) -> None:
        self.over.set()

    # ------------------------------------------------------------ telling

    def _listen_for(self, member: Member, stage: Stage, document: Document) -> None:
        """Who asks first for callbacks gets those of the whole conference."""
        noun = member.noun
        if self._callbacks is None and noun.status_callback:
            url = document.absolute(noun.status_callback)
            target = CallbackTarget(url, noun.status_callback_method, noun.status_callback_events)
            self._callbacks = Callbacks(stage.webhooks, target, member.call.notify)

    async def delivered(self) -> None:
        """Wait until every callback sent so far has arrived or was given up."""
        if self._callbacks is not None:
            await self._callbacks.delivered()

    def _tell(self, event: str, call: Call) -> None:
        call.timeline.add(Kind.CONFERENCE, name=self.name, event=event)
        if self._callbacks is None:
            return
        told = {
            "AccountSid": call.parties.account_sid,
            "CallSid": call.sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": event,
        }
        self._callbacks.send(EVENTS[event], told)


def mix(frames: list[bytes]) -> bytes:
    """Mu-law frames at once; one that is alone with silence stays as it is, byte for byte."""
    sounding = [frame for frame in frames if frame != SILENT_FRAME]
    if len(sounding) < 2:
        return sounding[0] if sounding else SILENT_FRAME
    linear = [pcm16_from_mulaw(frame) for frame in sounding]
    return mulaw_from_pcm16(reduce(lambda one, other: audioop.add(one, other, 2), linear))


async def confer(stage: Stage, verb: Dial, noun: Conference, document: Document) -> Outcome:
    """Be in the room until it is over, or the call goes elsewhere, then request the action."""
    room, member = stage.room(noun.name), Member(stage.call, noun)
    room.enter(member, stage, document)
    try:
        async with asyncio.timeout(verb.time_limit):
            await room.over.wait()
    except TimeoutError:
        stage.call.end(Status.COMPLETED, by="carrier")
    except asyncio.CancelledError:
        if verb.action and stage.call.is_ending:
            stage.call.request_when_over(document.absolute(verb.action), verb.method, {})
        raise
    finally:
        room.leave(member)
    if not verb.action:
        return None
    extra = {"DialCallStatus": ANSWERED, "DialBridged": "true"}
    return Source(document.absolute(verb.action), verb.method, extra=extra)
