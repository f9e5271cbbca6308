"""How much of what was sent has the caller heard?

The carrier buffers audio and plays it in real time, so what was sent is not what was heard. Two
things tell: the marks that it echoes when it has played everything before them, and, between
marks, the clock of the caller's own audio, which runs in real time too. Positions are
milliseconds of audio on one axis per call; a clear takes the axis back to where the caller heard
last, and marks sent before it count no more.
"""

from collections import deque
from dataclasses import dataclass

from calls.audio import base64_ms, cut_base64

MARK_EVERY_MS = 200


@dataclass(frozen=True, slots=True)
class Chunk:
    item_id: str
    payload: str
    start: int
    end: int


class Playback:
    """A ledger of one call's outgoing audio. ``now`` is the caller's clock in milliseconds."""

    def __init__(self) -> None:
        self._epoch = 0
        self._sent = 0
        self._marked = 0
        self._anchor = 0
        self._anchor_now = 0
        self._chunks: deque[Chunk] = deque()
        self._spans: dict[str, tuple[int, int]] = {}

    def add(self, item_id: str, payload: str, now: int) -> str | None:
        """Enter audio that is being sent; returns the mark to send after it, when one is due."""
        if self.heard(now) >= self._sent:
            self._anchor, self._anchor_now = self._sent, now
        start = self._sent
        self._sent += base64_ms(payload)
        self._chunks.append(Chunk(item_id, payload, start, self._sent))
        self._spans[item_id] = (self._spans.get(item_id, (start, start))[0], self._sent)
        return self.mark() if self._sent - self._marked >= MARK_EVERY_MS else None

    def mark(self) -> str | None:
        """The mark for all that was sent so far, unless it has one already."""
        if self._marked == self._sent:
            return None
        self._marked = self._sent
        return f"{self._epoch}.{self._sent}"

    def played(self, mark: str, now: int) -> bool:
        """Note an echoed mark; says whether it counted (it does not from before a clear)."""
        epoch, _, position = mark.partition(".")
        if epoch != str(self._epoch) or not position.isdecimal():
            return False
        self._anchor, self._anchor_now = min(int(position), self._sent), now
        while self._chunks and self._chunks[0].end <= self._anchor:
            self._chunks.popleft()
        return True

    def heard(self, now: int) -> int:
        """The position up to which the caller has heard."""
        return min(self._sent, self._anchor + max(0, now - self._anchor_now))

    def is_idle(self, now: int) -> bool:
        return self.heard(now) >= self._sent

    def item_ms(self, item_id: str) -> int:
        """How long the item's audio is, as far as it was sent."""
        start, end = self._spans.get(item_id, (0, 0))
        return end - start

    def heard_ms(self, item_id: str, now: int) -> int:
        """How much of the item the caller has heard."""
        start, end = self._spans.get(item_id, (0, 0))
        return max(0, min(self.heard(now), end) - start)

    def begins_at(self, item_id: str, now: int) -> int:
        """When, on the caller's clock, the item begins (or began) to be heard."""
        start, _ = self._spans.get(item_id, (self._sent, 0))
        return max(0, now + start - self.heard(now))

    def is_marked_heard(self, item_id: str) -> bool:
        """Whether a mark has said that all of the item was played."""
        return self._anchor >= self._spans.get(item_id, (0, 0))[1]

    def clear(self, now: int) -> list[Chunk]:
        """The carrier is told to drop its buffer: returns what the caller has not heard.

        Send the chunks to :meth:`add` again to go on where the caller heard last.
        """
        heard = self.heard(now)
        unheard = [_rest(chunk, heard) for chunk in self._chunks if chunk.end > heard]
        self._chunks.clear()
        for item_id, (start, end) in self._spans.items():
            self._spans[item_id] = (start, max(start, min(end, heard)))
        self._epoch += 1
        self._sent = self._marked = self._anchor = heard
        self._anchor_now = now
        return unheard

    def forget(self, item_id: str) -> None:
        """The item's words are settled; its times are needed no more."""
        self._spans.pop(item_id, None)


def _rest(chunk: Chunk, heard: int) -> Chunk:
    if chunk.start >= heard:
        return chunk
    payload = cut_base64(chunk.payload, heard - chunk.start)
    return Chunk(chunk.item_id, payload, heard, chunk.end)
