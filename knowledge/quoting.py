"""What the documents say to a question, as it can be spoken and cited on a call."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.enums import PassageKind
from knowledge.models import Passage
from knowledge.search.intents import suits
from knowledge.search.pipeline import Answer, answer
from knowledge.types import Citation
from salesdesk.businesses.models import Business
from salesdesk.lib import sources

MOST_SENTENCES = 3
MOST_WORDS = 60
"""About twenty-five seconds of speech: longer answers are not listened to on a telephone."""

_DANGLING = re.compile(
    r"(?:(?:and|but|so|if|when|once|after|until|then|for)\s+)?"
    r"(?:it|its|they|their|them|this|that|these|those|he|she|there it|here)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence for the ear, and the passages that it comes from."""

    sentence: str
    citations: tuple[sources.Citation, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might be said.

    ``opens``: its passage begins with it. ``introduces``: it comes before the document's first
    heading, where a document mostly says what it has to say in short. ``fits``: its document is of
    a kind that answers such questions.
    """

    quote: Quote
    document: str
    opens: bool = False
    introduces: bool = False
    is_row: bool = False
    fits: bool = True

    @property
    def stands_alone(self) -> bool:
        """Whether it can be understood without what the document has before it."""
        return not _DANGLING.match(self.quote.sentence)


def quotes_for(business_id: int, question: str) -> tuple[Quote, ...]:
    """One to three sentences that answer the question, the most fitting first; none if unknown."""
    return quotes_from(answer(Business.objects.get(pk=business_id), question))


def quotes_from(found: Answer) -> tuple[Quote, ...]:
    """The sentences of an answer that can be said on the telephone; none if it is none."""
    if not found.is_answerable:
        return ()
    questions = sum(part.is_answerable for part in found.steps.parts)
    return for_the_telephone(_candidates(found), questions=questions)


def for_the_telephone(candidates: Sequence[Candidate], *, questions: int = 1) -> tuple[Quote, ...]:
    """What is said of candidates that are in order, the most fitting first.

    A single question is answered from one document, which is of the fitting kind where one is
    among them: first its introduction or else the opening of a passage, if there is one, then what
    can be understood by itself; of tables no row but the first. The answers of a compound question
    keep their order.
    """
    if questions > 1:
        return _short_enough(candidates[: max(questions, MOST_SENTENCES)])
    if not candidates:
        return ()
    lead = _lead(candidates)
    rest = [each for each in candidates if each is not lead and _goes_with(each, lead)]
    rest.sort(key=lambda each: not each.opens)
    return _short_enough([lead, *rest][:MOST_SENTENCES])


def _lead(candidates: Sequence[Candidate]) -> Candidate:
    first = next((each for each in candidates if each.fits), candidates[0])
    if first.is_row:
        return first
    same = [each for each in candidates if each.document == first.document and each.stands_alone]
    introductions = [each for each in same if each.introduces]
    openings = [each for each in same if each.opens]
    return next(iter(introductions or openings or same), first)


def _goes_with(each: Candidate, lead: Candidate) -> bool:
    return each.document == lead.document and each.stands_alone and not each.is_row


def _short_enough(chosen: Iterable[Candidate]) -> tuple[Quote, ...]:
    """As many from the beginning as somebody listens to; the first in any case."""
    said: list[Quote] = []
    words = 0
    for each in chosen:
        words += len(each.quote.sentence.split())
        if said and words > MOST_WORDS:
            break
        said.append(each.quote)
    return tuple(said)


def _candidates(found: Answer) -> list[Candidate]:
    passages = {each.passage_id: each for each in found.found}
    candidates = []
    for spoken, citation, source in zip(
        found.spoken, found.citations, sources_of(found), strict=True
    ):
        passage = passages[citation.passage_id]
        is_row = passage.kind == PassageKind.TABLE
        candidates.append(
            Candidate(
                Quote(as_sentence(spoken), (source,)),
                citation.document_id,
                opens=not is_row and passage.text.startswith(citation.sentence),
                introduces=not is_row and len(passage.heading) < 2,
                is_row=is_row,
                fits=suits(found.steps.intents, passage.type),
            )
        )
    return candidates


def as_sentence(spoken: str) -> str:
    """With a capital at its beginning and an end mark, so that voices give it its melody."""
    text = spoken.strip()
    ended = text if text.endswith((".", "!", "?")) else f"{text.rstrip(':;,')}."
    return ended[:1].upper() + ended[1:]


def sources_of(found: Answer) -> tuple[sources.Citation, ...]:
    """The answer's citations as they are kept with what was said."""
    scores = {each.passage_id: each.scores.rerank for each in found.found}
    return tuple(_source(each, scores.get(each.passage_id)) for each in found.citations)


def _source(citation: Citation, score: float | None) -> sources.Citation:
    title = citation.title
    return {
        "passage": citation.passage_id,
        "document": citation.document_id,
        "title": title,
        "heading": Passage.SEPARATOR.join(each for each in citation.heading if each != title),
        "page": citation.page,
        "url": citation.url,
        "version": citation.version,
        "sentence": citation.sentence,
        "score": None if score is None else round(score, 3),
    }
