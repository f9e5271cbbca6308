"""Which passage each sentence comes from."""

from collections.abc import Sequence

from knowledge.enums import PassageKind
from knowledge.search.compress import Sentence
from knowledge.search.voice import spoken, spoken_row
from knowledge.types import Citation, Found


def spoken_and_cited(sentences: Sequence[Sentence]) -> list[tuple[str, Citation]]:
    """Each sentence for the ear, with its citation; what has no words is left out."""
    said = [(_say(sentence), cite(sentence)) for sentence in sentences]
    return [(text, citation) for text, citation in said if any(map(str.isalpha, text))]


def _say(sentence: Sentence) -> str:
    head, newline, row = sentence.text.partition("\n")
    is_row = sentence.found.kind == PassageKind.TABLE and newline
    return spoken_row(head, row) if is_row else spoken(sentence.text)


def cite(sentence: Sentence) -> Citation:
    """The sentence as it stands in the document, and where that is."""
    return citation_of(sentence.found, sentence.text)


def citation_of(found: Found, sentence: str) -> Citation:
    return Citation(
        sentence=sentence,
        passage_id=found.passage_id,
        document_id=found.document_id,
        title=found.title,
        heading=found.heading,
        page=found.page,
        url=found.url,
        version=found.version,
    )
