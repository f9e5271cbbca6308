"""What the documents say to a question, as it can be spoken and cited on a call."""

from dataclasses import dataclass

from knowledge.models import Passage
from knowledge.types import Citation
from salesdesk.businesses.models import Business
from salesdesk.lib import sources

MOST_SENTENCES = 3
MOST_WORDS = 60
"""About twenty-five seconds of speech: longer answers are not listened to on a telephone."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence for the ear, and the passages that it comes from."""

    sentence: str
    citations: tuple[sources.Citation, ...]


def quotes_for(business_id: int, question: str) -> tuple[Quote, ...]:
    """One to three sentences that answer the question, the most fitting first; none if unknown."""
    from knowledge.search.pipeline import answer

    return quotes_of(answer(Business.objects.get(pk=business_id), question))


def quotes_of(found: "Answer") -> tuple[Quote, ...]:
    if not found.is_answerable:
        return ()
    cited = zip(found.spoken, found.citations, strict=True)
    quotes = [Quote(sentence, (as_source(citation),)) for sentence, citation in cited]
    return _short_enough(quotes)


def _short_enough(quotes: list[Quote]) -> tuple[Quote, ...]:
    """As many from the beginning as somebody listens to; the first in any case."""
    words = 0
    for count, quote in enumerate(quotes[:MOST_SENTENCES]):
        words += len(quote.sentence.split())
        if count and words > MOST_WORDS:
            return tuple(quotes[:count])
    return tuple(quotes[:MOST_SENTENCES])


def as_source(citation: Citation) -> sources.Citation:
    """A citation as it is kept with what was said."""
    return {
        "passage": citation.passage_id,
        "document": citation.document_id,
        "title": citation.title,
        "heading": Passage.SEPARATOR.join(citation.heading),
        "page": citation.page,
        "url": citation.url,
        "version": citation.version,
        "sentence": citation.sentence,
    }
