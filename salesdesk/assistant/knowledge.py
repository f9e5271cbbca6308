"""What an agent asks of a business's documents."""

from dataclasses import dataclass
from typing import Protocol

from salesdesk.assistant.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer that can be spoken as it stands, the most fitting sentence first.

    There are no sentences where the documents do not answer the question.
    """

    sentences: tuple[Sentence, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.sentences)


class Knowledge(Protocol):
    """One business's documents, during one conversation."""

    def expect(self, text: str) -> None:
        """The caller has said this so far: get ready for the question that it may become."""

    async def answer(self, question: str) -> Prepared:
        """What the documents say to this; nothing where they are silent or out of reach."""

    def close(self) -> None:
        """Give up what is under way; safe to call twice."""
