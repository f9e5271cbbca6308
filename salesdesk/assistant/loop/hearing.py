"""Text that comes in pieces, given on in whole sentences."""

from collections.abc import Iterator

from salesdesk.assistant.loop.sentences import split_sentences


class SentenceStream:
    """Collects pieces of text; gives each sentence as soon as it is surely at its end.

    A sentence is at its end when another one, or a line break, has begun after it.
    """

    def __init__(self) -> None:
        self._waiting = ""

    def feed(self, piece: str) -> Iterator[str]:
        self._waiting += piece
        done, _, rest = self._waiting.rpartition("\n")
        yield from split_sentences(done)
        sentences = split_sentences(rest)
        yield from sentences[:-1]
        self._waiting = rest[self._start_of_last(rest, sentences) :]

    def end(self) -> Iterator[str]:
        """What is left, whether it has an end mark or not."""
        waiting, self._waiting = self._waiting, ""
        yield from split_sentences(waiting)

    @staticmethod
    def _start_of_last(rest: str, sentences: list[str]) -> int:
        return rest.rfind(sentences[-1]) if len(sentences) > 1 else 0
