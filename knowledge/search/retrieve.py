"""Candidates from Postgres: nearest vectors and matching words, in one round trip.

Every part of the statement is bound to one business. Which way it is searched depends on how many
passages the business has; see :mod:`knowledge.search.indexes`. Where the planner would choose
otherwise, since it knows neither how many rows a full-text query finds nor how few are wanted of
them, an ``OFFSET 0`` or a ``LIMIT`` in a subquery decides; measured in docs/decisions.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connection

from knowledge.embeddings import Vector
from knowledge.embeddings.base import embedder
from knowledge.models import Passage
from knowledge.search.indexes import Path, path_for
from knowledge.search.words import words_of
from knowledge.types import Filters
from salesdesk.businesses.models import Business

CANDIDATES = 40
ENOUGH_STRICT = 10
QUERIES = ("strict", "loose")
ITERATIVE = "SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.ef_search = 120;"
"""For an index that other businesses share: go on until enough are ours. See docs/decisions.md."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer, with its place on either path (from 1) where it was found.

    ``similarity`` is cosine, known for all passages that the model has embedded; ``words`` is the
    weighted rank of the full-text search.
    """

    id: int
    passage_id: str
    document_id: str
    document_pk: int
    title: str
    text: str
    kind: str
    heading: tuple[str, ...]
    page: int | None
    url: str
    version: int
    version_label: str
    type: str
    vendor: str
    tags: tuple[str, ...]
    updated_at: datetime
    similarity: float | None
    words: float | None
    vector_place: int | None
    words_place: int | None


COLUMNS = tuple(field.name for field in fields(Candidate))
HEADING_AT, TAGS_AT = COLUMNS.index("heading"), COLUMNS.index("tags")


@dataclass(frozen=True, slots=True)
class WordQuery:
    """What the full-text search looks for.

    ``strict`` must all be there; if too few passages have that, any of ``loose`` (pairs of a word
    and its weight) is enough, and what has the heaviest stands first.
    """

    strict: tuple[str, ...]
    loose: tuple[tuple[str, float], ...]


def retrieve(
    business: Business,
    *,
    vector: Vector | None,
    model: str,
    words: WordQuery,
    filters: Filters,
    limit: int = CANDIDATES,
) -> list[Candidate]:
    """Up to ``limit`` passages of the business by either path; none of any other business."""
    statement, values = _statement(business, vector, model, words, filters, limit)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        while cursor.description is None and cursor.nextset():
            pass
        return [_candidate(row) for row in cursor.fetchall()]


def _statement(
    business: Business,
    vector: Vector | None,
    model: str,
    words: WordQuery,
    filters: Filters,
    limit: int,
) -> tuple[str, dict[str, Any]]:
    column, dictionary = _language(business)
    filter_sql, filter_values = _filtering(filters)
    path = path_for(business, model)
    by_vector = _by_vector(vector, model, path, filter_sql)
    statement = f"""
        {ITERATIVE if path is Path.SHARED else ""}
        WITH asked AS MATERIALIZED (SELECT %(vector)s::vector AS vector),
        nearest AS MATERIALIZED ({by_vector}),
        {_by_words(words, column, dictionary, path, filter_sql)},
        chosen AS (
            SELECT COALESCE(n.passage_id, w.id) AS id, n.place AS vector_place,
                   w.place AS words_place, w.score
            FROM (SELECT passage_id, row_number() OVER (ORDER BY distance) AS place FROM nearest) n
            FULL JOIN (SELECT id, score, row_number() OVER (ORDER BY score DESC, id) AS place
                       FROM words) w ON w.id = n.passage_id
        )
        SELECT found.*, c.score, c.vector_place, c.words_place
        FROM chosen c
        CROSS JOIN LATERAL (
            SELECT p.id, p.public_id, d.public_id, d.id, d.title, p.text, p.kind, p.heading, p.page,
                   d.url, p.version, d.version_label, d.type, d.vendor, d.tags, d.updated_at,
                   1 - (e.embedding <=> (SELECT vector FROM asked))
            FROM knowledge_passage p
            JOIN knowledge_document d ON d.id = p.document_id AND d.business_id = %(business)s
                 AND d.retired_at IS NULL AND d.version = p.version {filter_sql}
            LEFT JOIN knowledge_passageembedding e ON e.passage_id = p.id AND e.model = %(model)s
            WHERE p.id = c.id AND p.business_id = %(business)s
            LIMIT 1
        ) found
        """  # noqa: S608
    return statement, {
        "business": business.pk,
        "model": model,
        "vector": _as_text(vector),
        "limit": limit,
        "strict": " ".join(_quoted(word) for word in words.strict),
        "loose": " or ".join(_quoted(word) for word, _ in words.loose),
        **filter_values,
        **{f"w{i}": _quoted(word) for i, (word, _) in enumerate(words.loose)},
        **{f"i{i}": weight for i, (_, weight) in enumerate(words.loose)},
    }


def _by_vector(vector: Vector | None, model: str, path: Path, filter_sql: str) -> str:
    """The statement of the nearest passages."""
    if vector is None:
        return "SELECT 0::bigint AS passage_id, 0::float8 AS distance WHERE false"
    cast = f"::vector({embedder(model).dimensions})"
    # Without the cast no index fits, and the business's own passages are compared one by one.
    is_exact = path is Path.EXACT or filter_sql
    column = "e.embedding" if is_exact else f"e.embedding{cast}"
    asked = f"(SELECT vector{cast} FROM asked)"  # noqa: S608
    return f"""SELECT e.passage_id, {column} <=> {asked} AS distance
            FROM knowledge_passageembedding e
            WHERE e.business_id = %(business)s AND e.model = %(model)s
            {_only("e.passage_id", "x.id", filter_sql)}
            ORDER BY {column} <=> {asked} LIMIT %(limit)s"""  # noqa: S608


def _by_words(words: WordQuery, column: str, dictionary: str, path: Path, filter_sql: str) -> str:
    """The common table expressions ``matching`` (what is asked for) and ``words`` (the best)."""
    if not words.loose:
        return "words AS (SELECT 0::bigint AS id, 0::float8 AS score WHERE false)"
    score = " + ".join(
        f"%(i{i})s * ts_rank(p.words, websearch_to_tsquery('{dictionary}', %(w{i})s))"
        for i in range(len(words.loose))
    )
    # The index of all businesses' words would read what the others have, too.
    fence = "OFFSET 0" if path is Path.EXACT else ""
    passages = f"""FROM (SELECT id, {column} AS words FROM knowledge_passage
            WHERE business_id = %(business)s {_only("id", "x.id", filter_sql)} {fence}) p"""  # noqa: S608
    strict, loose = (f"websearch_to_tsquery('{dictionary}', %({query})s)" for query in QUERIES)
    return f"""matching AS MATERIALIZED (
            SELECT CASE WHEN count(*) >= {ENOUGH_STRICT} THEN {strict} ELSE {loose} END AS query
            FROM (SELECT {passages} WHERE p.words @@ {strict} LIMIT {ENOUGH_STRICT}) AS few
        ),
        words AS MATERIALIZED (
            SELECT p.id, ({score})::float8 AS score
            {passages} WHERE p.words @@ (SELECT query FROM matching)
            ORDER BY score DESC, id LIMIT %(limit)s
        )"""  # noqa: S608


def _only(column: str, key: str, filter_sql: str) -> str:
    """The condition that this passage's document passes the filters; empty without any."""
    if not filter_sql:
        return ""
    return f"""AND {column} IN (SELECT {key} FROM knowledge_passage x
               JOIN knowledge_document d ON d.id = x.document_id
               WHERE x.business_id = %(business)s {filter_sql})"""  # noqa: S608


def _filtering(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Conditions on the document ``d``, and their values."""
    given: list[tuple[str, str, Any]] = [
        ("d.vendor = %(vendor)s", "vendor", filters.vendor),
        ("d.type = %(type)s", "type", filters.type),
        ("d.tags @> %(tags)s", "tags", list(filters.tags)),
        ("d.public_id = %(document)s", "document", filters.document_id),
    ]
    used = [(condition, key, value) for condition, key, value in given if value]
    sql = "".join(f" AND {condition}" for condition, _, _ in used)
    return sql, {key: value for _, key, value in used}


def _language(business: Business) -> tuple[str, str]:
    if business.is_english:
        return "search_english", "english"
    return "search_simple", "simple"


def _quoted(word: str) -> str:
    """A word or phrase for ``websearch_to_tsquery``, whose operators it cannot be."""
    return f'"{" ".join(words_of(word))}"'


def _as_text(vector: Vector | None) -> str | None:
    if vector is None:
        return None
    return f"[{','.join(map(repr, vector.tolist()))}]"


def _candidate(row: Sequence[Any]) -> Candidate:
    values = list(row)
    values[HEADING_AT] = tuple(row[HEADING_AT].split(Passage.SEPARATOR)) if row[HEADING_AT] else ()
    values[TAGS_AT] = tuple(row[TAGS_AT])
    return Candidate(*values)
