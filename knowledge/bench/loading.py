"""Many made passages into Postgres at once: by COPY, and without the shared index meanwhile.

The product's own way embeds and stores document by document; a hundred thousand passages would
take it an hour. What is loaded here looks the same afterwards, indexes and all.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from knowledge.embeddings import Matrix
from knowledge.enums import DocumentStatus, Origin, PassageKind
from knowledge.models import Document, Passage, PassageEmbedding
from knowledge.search.indexes import PREFIX
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id

PASSAGES_A_DOCUMENT = 50
PASSAGE_COLUMNS = (
    *("id", "public_id", "business_id", "document_id", "version", "position"),
    *("kind", "text", "heading", "tokens", "created_at"),
)
EMBEDDING_COLUMNS = ("passage_id", "business_id", "model", "embedding")
MEMORY_TO_BUILD = "1GB"


def load(business: Business, model: str, texts: Sequence[str], vectors: Matrix) -> None:
    """Ready documents with these texts as passages, and a vector (a row) for each."""
    documents = _documents(business, -(-len(texts) // PASSAGES_A_DOCUMENT))
    ids = _next_ids(Passage._meta.db_table, len(texts))
    now = timezone.now()
    passages = (
        (
            *(id_, public_id(), business.pk, documents[i // PASSAGES_A_DOCUMENT].pk),
            *(1, i % PASSAGES_A_DOCUMENT, PassageKind.TEXT.value, text, "Made"),
            *(len(text) // 4, now),
        )
        for i, (id_, text) in enumerate(zip(ids, texts, strict=True))
    )
    _copy(Passage._meta.db_table, PASSAGE_COLUMNS, passages)
    rows = zip(ids, map(written, vectors), strict=True)
    embeddings = ((id_, business.pk, model, vector) for id_, vector in rows)
    _copy(PassageEmbedding._meta.db_table, EMBEDDING_COLUMNS, embeddings)


def _documents(business: Business, count: int) -> list[Document]:
    common: dict[str, Any] = {
        "business": business,
        "origin": Origin.TEXT,
        "version": 1,
        "status": DocumentStatus.READY,
    }
    made = [Document(title=f"Made {public_id()}", **common) for _ in range(count)]
    return Document.objects.bulk_create(made)


def _next_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [id_ for (id_,) in cursor.fetchall()]


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def written(vector: Any) -> str:
    """A vector as Postgres reads it."""
    return f"[{','.join(map(repr, vector.tolist()))}]"


@contextmanager
def without_shared_indexes() -> Iterator[None]:
    """The indexes of all businesses' vectors are gone meanwhile, and built anew at the end.

    A vector that is put into an HNSW index by itself costs many times what it costs in a build.
    """
    definitions = _shared_indexes()
    for name in definitions:
        _run(f'DROP INDEX "{name}"')
    yield
    _run(f"SET maintenance_work_mem = '{MEMORY_TO_BUILD}'")
    for definition in definitions.values():
        _run(definition)
    _run("RESET maintenance_work_mem")


def _shared_indexes() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
            " AND indexdef LIKE '%% USING hnsw %%' AND NOT starts_with(indexname, %s)",
            [PassageEmbedding._meta.db_table, PREFIX],
        )
        return dict(cursor.fetchall())


def settle() -> None:
    """What the database does by itself some time after much was stored."""
    for model in (Document, Passage, PassageEmbedding):
        _run(f"VACUUM (ANALYZE) {model._meta.db_table}")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
