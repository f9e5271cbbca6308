"""From which passages a spoken sentence comes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from salesdesk.assistant.tools.running import Used
from salesdesk.lib.sources import Citation, Sources

LIKENESS_NEEDED = 72.0
"""Of a sentence and a cited one, in percent of shared words: a model puts things its own way."""


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    citations: tuple[Citation, ...]
    sources: Sources


class Attribution:
    """What the searches of one turn have told, to find out what a sentence is taken from."""

    def __init__(self) -> None:
        self._told: list[_Told] = []
        self._in_vain: Sources | None = None

    def add(self, used: Used) -> None:
        if used.sources is None:
            return
        if not used.sources.citations:
            self._in_vain = used.sources
        for sentence in used.result.data.get("sentences", ()):
            citations = tuple(sentence["citations"])
            self._told.append(_Told(sentence["text"], citations, used.sources))
        for citation in used.sources.citations:
            text = str(citation.get("sentence", ""))
            self._told.append(_Told(text, (citation,), used.sources))

    def sources_of(self, sentence: str) -> Sources | None:
        """The passages that say what the sentence says; nothing where none does.

        Of a search that found nothing the first sentence after it tells what it cost.
        """
        exact = next((each for each in self._told if sentence in each.text), None)
        found = exact or _most_like(sentence, self._told)
        if found:
            return replace(found.sources, citations=found.citations)
        in_vain, self._in_vain = self._in_vain, None
        return in_vain if not self._told else None


def _most_like(sentence: str, told: Sequence[_Told]) -> _Told | None:
    scored = [(fuzz.token_set_ratio(sentence, each.text), each) for each in told if each.text]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= LIKENESS_NEEDED else None
