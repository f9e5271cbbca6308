"""The words of a call while it runs: what is being said, and what is settled.

An utterance gets its place (``sequence``) when its speaker begins, so that the transcript keeps
the order of speaking even where a transcription comes late. The agent's words are settled when
the caller has heard them, and cut to those heard when the caller did not listen to the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from calls.live.events import RecordInterim, RecordUtterance, Speaker
from salesdesk.lib.sources import Citation, Sources

Record = RecordUtterance | RecordInterim


@dataclass(slots=True)
class CallerSpeech:
    sequence: int
    start_ms: int
    end_ms: int
    overlapping: bool
    backchannel: bool = False


@dataclass(slots=True)
class AgentItem:
    sequence: int
    start_ms: int | None = None
    audio_ms: int = 0
    pieces: list[tuple[int, str]] = field(default_factory=list)
    aligned: bool = True
    done: bool = False
    metadata: dict[str, object] = field(default_factory=dict)
    sources: list[tuple[int, Sources]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(piece for _, piece in self.pieces).strip()


class Transcript:
    def __init__(self, next_sequence: int = 1) -> None:
        self._next_sequence = next_sequence
        self.speeches: dict[str, CallerSpeech] = {}
        self.items: dict[str, AgentItem] = {}
        self._told: list[Sources] = []

    def next_sequence(self) -> int:
        self._next_sequence += 1
        return self._next_sequence - 1

    # ------------------------------------------------------------ the caller

    def caller_started(self, item_id: str, at_ms: int, *, overlapping: bool) -> CallerSpeech:
        speech = CallerSpeech(self.next_sequence(), at_ms, at_ms, overlapping)
        self.speeches[item_id] = speech
        return speech

    def caller_interim(self, item_id: str, text: str) -> list[RecordInterim]:
        speech = self.speeches.get(item_id)
        if speech is None or not text.strip():
            return []
        return [RecordInterim(speech.sequence, Speaker.CALLER, text.strip())]

    def caller_final(self, item_id: str, text: str, confidence: float | None) -> list[Record]:
        """Settles a stretch of speech; one without words takes back what was shown of it."""
        speech = self.speeches.pop(item_id, None)
        if speech is None:
            return []
        if not text.strip():
            return [RecordInterim(speech.sequence, Speaker.CALLER, "")]
        metadata: dict[str, object] = {"backchannel": True} if speech.backchannel else {}
        if speech.overlapping and not speech.backchannel:
            metadata["barge_in"] = True
        return [
            RecordUtterance(
                speech.sequence,
                Speaker.CALLER,
                text.strip(),
                speech.start_ms,
                max(speech.start_ms, speech.end_ms),
                confidence=confidence,
                metadata=metadata,
            )
        ]

    # ------------------------------------------------------------ the agent

    def agent_item(self, item_id: str) -> AgentItem:
        item = self.items.get(item_id)
        if item is None:
            item = self.items[item_id] = AgentItem(self.next_sequence())
            item.sources = [(0, sources) for sources in self._told]
            self._told = []
        return item

    def agent_text(
        self, item_id: str, text: str, *, aligned: bool, sources: Sources | None = None
    ) -> RecordInterim:
        """A further piece of the item, after the audio that it has so far."""
        item = self.agent_item(item_id)
        item.pieces.append((item.audio_ms, text))
        item.aligned = item.aligned and aligned
        if sources is not None:
            item.sources.append((item.audio_ms, sources))
        return RecordInterim(item.sequence, Speaker.AGENT, item.text)

    def agent_was_told(self, sources: Sources) -> None:
        """What a tool found: the next item that the agent begins rests on it."""
        self._told.append(sources)

    def settle_agent(self, item_id: str, heard_ms: int) -> tuple[str | None, list[Record]]:
        """Settle the item, of which ``heard_ms`` were heard.

        Returns the words heard where those are not all (``None`` otherwise), and what to record.
        An item of which nothing was heard leaves no utterance.
        """
        item = self.items.pop(item_id)
        if item.done and heard_ms >= item.audio_ms:
            return None, [self._agent_record(item, item.text, heard_ms)]
        text = heard_text(item, heard_ms)
        if not text:
            return "", [RecordInterim(item.sequence, Speaker.AGENT, "")]
        item.metadata["full_text"] = item.text
        return text, [self._agent_record(item, text, heard_ms, interrupted=True)]

    def _agent_record(
        self, item: AgentItem, text: str, heard_ms: int, *, interrupted: bool = False
    ) -> Record:
        if not text:
            return RecordInterim(item.sequence, Speaker.AGENT, "")
        start = item.start_ms or 0
        heard = [sources for at_ms, sources in item.sources if at_ms < max(heard_ms, 1)]
        item.metadata |= merged(heard).as_metadata() if heard else {}
        return RecordUtterance(
            item.sequence,
            Speaker.AGENT,
            text,
            start,
            start + heard_ms,
            interrupted=interrupted,
            metadata=item.metadata,
        )


def merged(several: Sequence[Sources]) -> Sources:
    """All their citations, in order and each once; the times of the first, which began it."""
    citations: list[Citation] = []
    for sources in several:
        citations += [each for each in sources.citations if each not in citations]
    return replace(several[0], citations=tuple(citations))


def heard_text(item: AgentItem, heard_ms: int) -> str:
    """The item's words that fall into the first ``heard_ms`` of its audio; "" while it has none."""
    if not item.pieces:
        return ""
    pieces = item.pieces if item.aligned else [(0, "".join(text for _, text in item.pieces))]
    ends = [start for start, _ in pieces[1:]] + [item.audio_ms]
    heard = (
        _first_words(text, heard_ms - start, end - start)
        for (start, text), end in zip(pieces, ends, strict=True)
    )
    return "".join(heard).strip()


def _first_words(text: str, heard_ms: int, span_ms: int) -> str:
    """As many whole words of ``text``, spread evenly over ``span_ms``, as were begun and ended."""
    if heard_ms >= span_ms > 0:
        return text
    if heard_ms <= 0 or span_ms <= 0:
        return ""
    characters = len(text) * heard_ms // span_ms
    cut = text.rfind(" ", 0, characters + 1)
    return text[: max(cut, 0)]
