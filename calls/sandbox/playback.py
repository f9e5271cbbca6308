"""The audio that waits to be played into one ear, and the marks between it. Pure: no clock."""

from collections import deque
from collections.abc import Callable

from calls.audio import MULAW_BYTES_PER_MS, MULAW_FRAME_BYTES, MULAW_SILENCE

SILENT_FRAME = MULAW_SILENCE * MULAW_FRAME_BYTES


class Playback:
    """A queue of mu-law bytes, taken out 20 ms at a time.

    A mark is reached when every byte added before it has been played, which is known when the
    following frame is asked for: the frame handed out last has then been heard to its end.
    """

    def __init__(self) -> None:
        self._audio = bytearray()
        self._marks: deque[tuple[int, Callable[[], None]]] = deque()
        self._added = 0
        self._played = 0

    @property
    def waiting_ms(self) -> int:
        return len(self._audio) // MULAW_BYTES_PER_MS

    def add(self, mulaw: bytes) -> None:
        self._audio += mulaw
        self._added += len(mulaw)

    def mark(self, on_reached: Callable[[], None]) -> None:
        """Call ``on_reached`` when what was added so far has been played, or cleared."""
        self._marks.append((self._added, on_reached))

    def clear(self) -> None:
        """Drop all that waits; the marks in it are reached at once, in order."""
        self._audio.clear()
        self._played = self._added
        self._reach_marks()

    def next_frame(self) -> bytes:
        """The next 20 ms, filled up with silence (``SILENT_FRAME`` itself when nothing waits)."""
        self._reach_marks()
        if not self._audio:
            return SILENT_FRAME
        frame = bytes(self._audio[:MULAW_FRAME_BYTES])
        del self._audio[:MULAW_FRAME_BYTES]
        self._played += len(frame)
        return frame.ljust(MULAW_FRAME_BYTES, MULAW_SILENCE)

    def _reach_marks(self) -> None:
        while self._marks and self._marks[0][0] <= self._played:
            _, on_reached = self._marks.popleft()
            on_reached()
