"""From a question to cited passages, and to what may be said; every step kept to be looked at.

understand → expand → retrieve (vectors and words) → fuse → rerank → read → compress → voice → cite.
A compound question is searched part by part, and the parts' findings take turns in the result.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest

from knowledge.embeddings import embedder
from knowledge.embeddings.choice import model_of
from knowledge.models import BusinessKnowledge
from knowledge.search import rerank
from knowledge.search.answerable import answerability, is_answerable
from knowledge.search.cite import spoken_and_cited
from knowledge.search.compress import Sentence, as_context, compressed, sentences_of
from knowledge.search.expand import expanded_terms
from knowledge.search.fuse import fused
from knowledge.search.intents import Intents, intents_of
from knowledge.search.reading import read_closely
from knowledge.search.reranking import reranker
from knowledge.search.retrieve import Candidate, retrieve
from knowledge.search.understand import Understood, understand
from knowledge.search.vocabulary import Vocabulary, vocabulary_of
from knowledge.search.wording import word_query
from knowledge.types import Citation, Filters, Found, Scores
from salesdesk.businesses.models import Business

TOP_K = 5
THRESHOLD = 0.02
TOKEN_BUDGET = 600
MOST_SPOKEN = 4
MOST_RERANKED = 40
NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Part:
    """One question's way through the search; each list best first."""

    question: str
    terms: tuple[str, ...]
    expanded: tuple[str, ...]
    by_vector: tuple[Found, ...]
    by_words: tuple[Found, ...]
    fused: tuple[Found, ...]
    reranked: tuple[Found, ...]
    confidence: float
    is_answerable: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """What became of a question; ``took_ms`` by step."""

    understood: Understood
    intents: Intents
    model: str
    parts: tuple[Part, ...]
    took_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a question.

    ``spoken`` are sentences for the ear, the most fitting first, and ``citations`` their sources,
    one for each. ``context`` is for a model: passages with numbers. All three are empty when the
    documents do not answer. ``confidence`` is the probability that they do, of the surest part.
    """

    question: str
    steps: Steps
    found: tuple[Found, ...]
    is_answerable: bool
    confidence: float
    context: str
    spoken: tuple[str, ...]
    citations: tuple[Citation, ...]


def search(
    business: Business,
    query: str,
    *,
    filters: Filters = NO_FILTERS,
    top_k: int | None = None,
    threshold: float | None = None,
) -> list[Found]:
    """The passages of this business that answer best, best first.

    ``top_k`` and ``threshold`` (0 to 1) are the business's own where not given. Raises
    :class:`~salesdesk.lib.errors.ProviderError` when the question cannot be embedded.
    """
    steps = run(business, query, filters=filters)
    limit, least = _limits(business, top_k, threshold)
    return list(_merged(steps.parts, limit, least))


def answer(
    business: Business,
    question: str,
    *,
    filters: Filters = NO_FILTERS,
    token_budget: int = TOKEN_BUDGET,
) -> Answer:
    """What the documents say to the question, ready to be spoken or given to a model.

    Raises :class:`~salesdesk.lib.errors.ProviderError` when the question cannot be embedded.
    """
    steps = run(business, question, filters=filters)
    found = _merged(steps.parts, *_limits(business, None, None))
    known = [part for part in steps.parts if part.is_answerable]
    with _timed(steps.took_ms, "compress"):
        context, said = _told(business, steps, known, found, token_budget)
    return Answer(
        question=question,
        steps=steps,
        found=found,
        is_answerable=bool(known and said),
        confidence=max((part.confidence for part in steps.parts), default=0.0),
        context=context,
        spoken=tuple(text for text, _ in said),
        citations=tuple(citation for _, citation in said),
    )


def run(business: Business, question: str, *, filters: Filters = NO_FILTERS) -> Steps:
    """Every step up to the reranked passages of each part."""
    took: dict[str, float] = {}
    with _timed(took, "understand"):
        vocabulary = vocabulary_of(business)
        understood = understand(question, vocabulary)
        intents = intents_of(understood.text)
    model = model_of(business)
    parts = tuple(
        _search_part(business, text, vocabulary, model, filters, took) for text in understood.parts
    )
    return Steps(understood, intents, model, parts, took)


def _search_part(
    business: Business,
    text: str,
    vocabulary: Vocabulary,
    model: str,
    filters: Filters,
    took: dict[str, float],
) -> Part:
    with _timed(took, "expand"):
        words = word_query(text, vocabulary)
    with _timed(took, "embed"):
        vector = embedder(model).embed_query(text) if text.strip() else None
    with _timed(took, "retrieve"):
        candidates = retrieve(business, vector=vector, model=model, words=words, filters=filters)
    with _timed(took, "fuse"):
        by_vector, by_words, both = fuse(candidates)
    with _timed(took, "rerank"):
        query = rerank.query_for(text, vocabulary)
        judged = reranker().judge(query, [candidate for candidate, _ in both[:MOST_RERANKED]])
    with _timed(took, "read"):
        if _is_read(business):
            judged = read_closely(query, judged)
        confidence = answerability(query, judged, vocabulary)
    fused_scores = {candidate.id: score for candidate, score in both}

    def found(candidate: Candidate, score: float | None = None) -> Found:
        return found_from(candidate, fused_scores[candidate.id], score)

    return Part(
        question=text,
        terms=query.terms,
        expanded=expanded_terms(text),
        by_vector=tuple(map(found, by_vector)),
        by_words=tuple(map(found, by_words)),
        fused=tuple(found(candidate) for candidate, _ in both),
        reranked=tuple(found(one.candidate, one.score) for one in judged),
        confidence=confidence,
        is_answerable=is_answerable(confidence),
    )


def _is_read(business: Business) -> bool:
    """Not after a chat model, which has read the passages; and only English can be read."""
    return business.is_english and isinstance(reranker(), rerank.LocalReranker)


def candidates_for(
    business: Business, text: str, vocabulary: Vocabulary, *, filters: Filters
) -> list[Candidate]:
    """What the reranker is given for one question, best fused first."""
    model = model_of(business)
    candidates = retrieve(
        business,
        vector=embedder(model).embed_query(text),
        model=model,
        words=word_query(text, vocabulary),
        filters=filters,
    )
    return [candidate for candidate, _ in fuse(candidates)[2][:MOST_RERANKED]]


def fuse(
    candidates: Sequence[Candidate],
) -> tuple[list[Candidate], list[Candidate], list[tuple[Candidate, float]]]:
    """The candidates in the order of the vectors, of the words, and of both with their scores."""
    by_vector = sorted(
        (c for c in candidates if c.vector_place is not None), key=lambda c: c.vector_place or 0
    )
    by_words = sorted(
        (c for c in candidates if c.words_place is not None), key=lambda c: c.words_place or 0
    )
    by_id = {candidate.id: candidate for candidate in candidates}
    both = fused([[c.id for c in by_vector], [c.id for c in by_words]])
    return by_vector, by_words, [(by_id[id_], score) for id_, score in both.items()]


def found_from(candidate: Candidate, fused_score: float, rerank_score: float | None) -> Found:
    return Found(
        passage_id=candidate.passage_id,
        document_id=candidate.document_id,
        title=candidate.title,
        text=candidate.text,
        kind=candidate.kind,
        heading=candidate.heading,
        page=candidate.page,
        url=candidate.url,
        version=candidate.version,
        version_label=candidate.version_label,
        type=candidate.type,
        vendor=candidate.vendor,
        tags=candidate.tags,
        scores=Scores(candidate.similarity, candidate.words, fused_score, rerank_score),
    )


def _limits(business: Business, top_k: int | None, threshold: float | None) -> tuple[int, float]:
    tuned = BusinessKnowledge.objects.filter(business=business).first()
    if top_k is None:
        top_k = tuned.top_k if tuned else TOP_K
    if threshold is None:
        threshold = tuned.threshold if tuned else None
    return top_k, THRESHOLD if threshold is None else threshold


def _merged(parts: Sequence[Part], limit: int, least: float) -> tuple[Found, ...]:
    """The parts' best take turns; each passage once, none below ``least``."""
    turns = zip_longest(*(part.reranked for part in parts))
    in_turn = (found for turn in turns for found in turn if found is not None)
    good = (found for found in in_turn if (found.scores.rerank or 0.0) >= least)
    return tuple({found.passage_id: found for found in good}.values())[:limit]


def _told(
    business: Business,
    steps: Steps,
    known: Sequence[Part],
    found: Sequence[Found],
    token_budget: int,
) -> tuple[str, list[tuple[str, Citation]]]:
    """The context for a model and the cited sentences for the ear, of the parts that are known."""
    if not known:
        return "", []
    vocabulary = vocabulary_of(business)
    share = token_budget // len(known)
    told: list[Sentence] = []
    turns: list[list[Sentence]] = []
    for part in known:
        mine = [one for one in found if one in part.reranked]
        sentences = sentences_of(rerank.query_for(part.question, vocabulary), mine)
        told += compressed(sentences, share)
        turns.append(sentences[:MOST_SPOKEN])
    in_turn = [one for turn in zip_longest(*turns) for one in turn if one is not None]
    unique = list({(one.found.passage_id, one.place): one for one in in_turn}.values())
    return as_context(told), spoken_and_cited(unique[:MOST_SPOKEN])


@contextmanager
def _timed(took: dict[str, float], step: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    took[step] = round(took.get(step, 0.0) + (time.perf_counter() - started) * 1000, 2)
